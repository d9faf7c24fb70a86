/** Numbers that kernels print, in words. */

const errnos: Readonly<Record<number, string>> = {
  1: 'not permitted',
  2: 'no such file',
  5: 'input/output error',
  6: 'no such device or address',
  8: 'not a program for this machine',
  12: 'out of memory',
  13: 'permission denied',
  16: 'busy',
  19: 'no such device',
  20: 'not a directory',
  21: 'a directory',
  22: 'invalid argument',
  26: 'the program is being written to',
  28: 'no space left',
  30: 'read-only file system',
  36: 'name too long',
  38: 'not in this kernel',
  40: 'too many symbolic links',
  74: 'its checksums are wrong',
  80: 'a library is damaged',
  117: 'the file system is damaged',
};

/** What an error number of the kernel means; its sign makes no difference. */
export const errnoWords = (errno: number): string => errnos[Math.abs(errno)] ?? 'see errno(3)';

const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL, an instruction that this processor has not',
  5: 'SIGTRAP',
  6: 'SIGABRT, it gave up itself',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV, a wild pointer',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  31: 'SIGSYS, a system call that is not allowed',
};

const exits: Readonly<Record<number, string>> = {
  0: 'it simply returned, as if its work were done',
  101: 'a panic of a Rust program, or a failed exec',
  126: 'a shell found the program but could not run it',
  127: 'a shell or exec did not find the program',
};

/** How process 1 ended, out of the number that the kernel prints. */
export interface EndOfInit {
  /** Number of the signal, 0 for an ordinary exit. */
  readonly signal: number;
  readonly exitCode: number;
  readonly words: string;
}

/** The `exitcode=0x...` of "Attempted to kill init!": the wait status of process 1 (low seven bits: signal). */
export function endOfInit(status: number): EndOfInit {
  const signal = status & 0x7f;
  const exitCode = (status >> 8) & 0xff;
  if (signal !== 0)
    return { signal, exitCode, words: `killed by signal ${signal} (${signals[signal] ?? 'see signal(7)'})` };
  const known = exits[exitCode];
  return { signal, exitCode, words: `ended with exit code ${exitCode}${known === undefined ? '' : ` (${known})`}` };
}

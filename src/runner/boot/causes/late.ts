/** What consoles say when the root file system is mounted and its init cannot be started, and what it means. */
import { always, type Cause, rebuildImage, starting } from './cause.ts';

/** Rows in the order in which a start can fail. */
export const lateCauses: readonly Cause[] = [
  {
    id: 'missing-loader',
    where: 'root file system',
    phase: 'start',
    shows: /^BOOTPLAN-INIT: loader (\S+): errno 2 .*$/,
    cause: ([, loader]) =>
      `The init is a dynamic program and its loader ${loader} is not in the root file system (errno 2).`,
    fix: ([, loader]) => [
      `Add the package that has ${loader} and the libraries, or link the init statically.`,
      'Verify: `readelf -l` of the init names the loader.',
      rebuildImage,
    ],
  },
  {
    id: 'missing-interpreter',
    where: 'root file system',
    phase: 'start',
    shows: /^BOOTPLAN-INIT: exec (\S+): errno 2 .*$/,
    with: /^BOOTPLAN-INIT: the interpreter of /,
    cause: ([, program], console) => {
      const [, dos, interpreter] =
        /the interpreter of \S+?( \(its lines end in CR LF\))?:\n+BOOTPLAN-INIT: exec (\S+):/.exec(console) ?? [];
      return dos === undefined
        ? `${program} is a script, and its interpreter ${interpreter ?? ''} is not in the root file system (errno 2).`
        : `${program} is a script whose lines end in CR LF: its interpreter would be ${interpreter ?? ''} with a carriage return (errno 2).`;
    },
    fix: always(
      'Add the package of the interpreter, or correct the #! line; its line must end in LF alone.',
      rebuildImage,
    ),
  },
  {
    id: 'init-not-found',
    where: 'root file system',
    phase: 'start',
    grade: 'effect',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>2) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-no-program',
    where: 'root file system',
    phase: 'start',
    shows:
      /^BOOTPLAN-INIT: (\S+) is (empty|a directory|no regular file|damaged|for this machine, and damaged|no ELF file, and no script with #!)$/,
    cause: ([, program, what]) =>
      `${program} cannot be started: it is ${what!.replace('for this machine, and damaged', 'a program for this machine, but damaged or cut off')}.`,
    fix: ([, program]) => [
      `Look at it: \`ls -l .${program}\` and \`file .${program}\` in the root file system.`,
      'A script needs #! and its interpreter in the first line; a program must be there whole: build its package again.',
      rebuildImage,
    ],
  },
  {
    id: 'init-wrong-architecture',
    where: 'root file system',
    phase: 'start',
    grade: 'effect',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>8) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-permitted',
    where: 'root file system',
    phase: 'start',
    grade: 'effect',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>13) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    phase: 'start',
    grade: 'summary',
    shows: /^BOOTPLAN-INIT: exec (?<program>\S+): errno (?<errno>\d+) .*$/,
    ...starting('root file system'),
  },
  {
    id: 'initramfs-init',
    where: 'initramfs',
    phase: 'start',
    shows:
      /^.*(?:Failed to execute|Couldn't execute|Cannot execute) (?<program>\/(?:init|linuxrc))(?: \(error -(?<errno>\d+)\).*|\.? *(?:Attempting defaults\.\.\.)?)$/,
    ...starting('initramfs'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    phase: 'start',
    shows:
      /^.*Failed to execute (?<program>(?!\/(?:init|linuxrc)\b(?!\/))\/\S+?)(?: \(error -(?<errno>\d+)\).*|\.? *(?:Attempting defaults\.\.\.)?)$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    phase: 'start',
    shows:
      /^.*(?:Requested init|Starting init:) (?<program>\S+) (?:failed|exists but couldn't execute it) \(error -(?<errno>\d+)\).*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-not-started',
    where: 'root file system',
    phase: 'start',
    shows:
      /^.*(?:run-init|switch_root|chroot|exec|kinit|systemd\[1\])(?:\[\d+\])?: (?:line \d+: )?(?:(?:can't|cannot|failed to|[Ff]ailed to|could not|[Uu]nable to) (?:execute|run(?: command)?|exec|start|spawn) )?['‘`"]?(?<program>\/[^\s'’":,]+)['’"]?(?:, giving up)?: (?<why>No such file or directory|Permission denied|Exec format error|Text file busy|Not a directory|Is a directory|Too many levels of symbolic links|Accessing a corrupted shared library|Input\/output error|Operation not permitted).*$/,
    ...starting('root file system'),
  },
  {
    id: 'init-wrong-architecture',
    where: 'root file system',
    phase: 'start',
    shows: /^.*(modprobe:? binfmt-(?:464c|4c46)|binfmt-(?:464c|4c46)).*$/,
    cause: () =>
      'The init is an ELF program of another architecture or word size than the kernel: the kernel looks for a module that could start it (binfmt-464c).',
    fix: always(
      'A 64-bit system needs a 64-bit kernel; a 32-bit one on a 64-bit kernel needs CONFIG_IA32_EMULATION (COMPAT).',
      "`file ./sbin/init` in the root file system; its architecture must be the kernel's.",
      rebuildImage,
    ),
  },
  {
    id: 'no-init',
    where: 'root file system',
    phase: 'start',
    grade: 'summary',
    shows: /^.*(Kernel panic - not syncing: (?:No working init found|No init found)|No init found\. Try passing).*$/,
    cause: ([, said]) =>
      `The root file system is mounted, but has no init: ${said!.startsWith('Kernel') ? 'the kernel' : 'the initramfs'} tried /sbin/init, /etc/init, /bin/init and /bin/sh (errno 2, no such file).`,
    fix: always(
      'Add the package with the init, or name another with init= on the kernel command line.',
      'If the files are there: their loader may be missing; `readelf -l` of the program names it.',
      rebuildImage,
    ),
  },
];

/** What consoles say when a program of the root file system, or the kernel under it, fails, and what it means. */

import { always, type Cause, rebuildImage, rootMounted } from './cause.ts';
import { endOfInit } from './exit-status.ts';
import { lastWords } from './last-words.ts';

function adviceOnEnd(status: number): readonly string[] {
  const { signal, exitCode } = endOfInit(status);
  const first =
    signal === 4
      ? 'It was built for a newer processor: give QEMU another (-cpu max), or build for the older one.'
      : signal !== 0
        ? 'Run the same program under the same kernel by hand: `chroot ROOT /sbin/init` in a virtual machine, with a debugger.'
        : exitCode === 127 || exitCode === 101
          ? 'It could not run another program: check that program, its loader and its architecture with `file`.'
          : 'An init must never return. If it is a script, its last line must exec or wait, or power the machine off.';
  return [first, 'The lines of the console just before say what it did last.', rebuildImage];
}

/** What the init of an initramfs runs is no longer its own. */
const handedOver = new RegExp(
  `${rootMounted.source}|Begin: Running \\/scripts\\/init-bottom|^systemd\\[1\\]: |(?:run-init|switch_root): `,
);

const initEnded: Pick<Cause, 'phase' | 'grade' | 'shows' | 'cause' | 'fix'> = {
  phase: 'init',
  grade: 'summary',
  shows: /^.*Attempted to kill init!(?: exitcode=0x(?<status>[0-9a-f]+))?.*$/,
  cause: ({ groups, index }, console) => {
    const status = groups?.status;
    const how = status === undefined ? 'this kernel does not say how' : endOfInit(Number.parseInt(status, 16)).words;
    const said = lastWords(console, index);
    return `The init ended, and nothing may take its place: ${how}${said === undefined ? '' : `; the last it complained of was "${said}"`}.`;
  },
  fix: ({ groups }) => adviceOnEnd(Number.parseInt(groups?.status ?? '0', 16)),
};

/** The rows of this file, in no order that matters. */
export const userlandCauses: readonly Cause[] = [
  {
    id: 'missing-library',
    where: 'root file system',
    phase: 'init',
    shows: /^.*?(?<!\S)(\S+): error while loading shared libraries: (\S+): (.*)$/,
    cause: ([, program, library, why]) => `${program} lacks the library ${library}: ${why}.`,
    fix: ([, , library]) => [`Add the package that has ${library}, of the machine's architecture.`, rebuildImage],
  },
  {
    id: 'missing-library',
    where: 'root file system',
    phase: 'init',
    shows: /^.*?(Error loading shared library (\S+): (.*?) \(needed by (\S+)\)).*$/,
    cause: ([, , library, why, program]) => `${program} lacks the library ${library}: ${why}.`,
    fix: ([, , library]) => [`Add the package that has ${library}, of the machine's architecture.`, rebuildImage],
  },
  {
    id: 'missing-library',
    where: 'root file system',
    phase: 'init',
    shows:
      /^(?!.*while loading shared libraries).*?(?<![^\s:])(?<program>[^\s:]+): (?:can't load library '(?<a>[^']+)'|(?<b>\S+\.so\S*): cannot (?:read|open|map) .*).*$/,
    cause: ({ groups }) => `${groups!.program} cannot load the library ${groups!.a ?? groups!.b}.`,
    fix: ({ groups }) => [
      `Add the package that has ${groups!.a ?? groups!.b}, whole and of the machine's architecture.`,
      rebuildImage,
    ],
  },
  {
    id: 'missing-symbol',
    where: 'root file system',
    phase: 'init',
    shows:
      /^.*?(?<![^\s:])((?<program>[^\s:]+): can't resolve symbol '(?<symbol>[^']+)'|Inconsistency detected by ld\.so: .*).*$/,
    cause: ({ 1: said, groups }) =>
      `${groups!.program ?? 'A program'} and its libraries do not fit each other: "${said}".`,
    fix: always('Program, loader (ld.so) and C library must come from the same archive.', rebuildImage),
  },
  {
    id: 'missing-symbol',
    where: 'root file system',
    phase: 'init',
    shows:
      /^.*?(?:Error relocating (?<a>\S+): (?<b>\S+): symbol not found|(?<![^\s:])(?<c>[^\s:]+): symbol lookup error: (?:\S+: )?(?<d>undefined symbol: \S+|\S+)|(?<![^\s:])(?<e>[^\s:]+): (?:\S+: )?(?<f>version `\S+' not found)).*$/,
    cause: ({ groups: { a, b, c, d, e, f } = {} }) =>
      `${a ?? c ?? e} and its libraries do not fit each other: ${b === undefined ? (d ?? f) : `undefined symbol: ${b}`}.`,
    fix: ({ groups: { a, c, e } = {} }) => [
      `${a ?? c ?? e} was built against another version of a library than the image has: both must come from the same archive.`,
      rebuildImage,
    ],
  },
  {
    id: 'wrong-architecture',
    where: 'root file system',
    phase: 'init',
    shows:
      /^.*?(?:can't execute '(?<a>[^']+)': Exec format error|(?<!can't run '\S*)(?<b>\/[^\s'":]+)'?: (?:cannot execute binary file: )?Exec format error).*$/,
    cause: ({ groups }) => `${groups!.a ?? groups!.b} was built for another architecture (errno 8).`,
    fix: ({ groups }) => [
      `Look at it with \`file\`: ${groups!.a ?? groups!.b}.`,
      'Rebuild the package that has it; the check of `bootplan image` names every such file.',
      rebuildImage,
    ],
  },
  {
    id: 'init-script-missing',
    where: 'root file system',
    phase: 'init',
    shows: /^.*can't run '([^']+)': (.*)$/,
    cause: ([, program, why]) => `init cannot run ${program}: ${why}.`,
    fix: ([, program]) => [
      `Is ${program} in the image, executable, and is the interpreter of its #! line there? See etc/inittab.`,
      rebuildImage,
    ],
  },
  {
    id: 'kernel-fault',
    where: 'kernel',
    phase: 'fault',
    shows:
      /^(?!.*traps: ).*(BUG: (?:unable to handle|kernel NULL pointer|stack guard page).*|Oops(?:: .*| ?\[#\d+\].*)|general protection fault.*|kernel BUG at .*|Unable to handle kernel .*|Internal error: .*\[#\d+\].*)$/,
    cause: ([, said]) => `The kernel itself failed: "${said}".`,
    fix: always(
      'Try another kernel, another machine (-M) or --accel tcg; a fault that comes back is a fault of the kernel or of its modules.',
    ),
  },
  {
    id: 'kernel-fault',
    where: 'kernel',
    phase: 'init',
    grade: 'effect',
    shows:
      /^(?!.*traps: ).*((?<![A-Z])BUG: (?!unable to handle|kernel NULL pointer|stack guard page).*|soft lockup.*|hard LOCKUP.*|self-detected stall.*|detected stalls on CPUs.*)$/,
    cause: ([, said]) => `The kernel itself failed: "${said}".`,
    fix: always(
      'Try another kernel, another machine (-M) or --accel tcg; a fault that comes back is a fault of the kernel or of its modules.',
      'A stall may be a slow host: give the machine longer, bootplan boot --timeout SECONDS.',
    ),
  },
  {
    id: 'kernel-too-old',
    where: 'kernel',
    phase: 'init',
    shows:
      /^.*(?:FATAL: kernel too old|FATAL: cannot determine kernel version|[Ff]atal: kernel .* too old|requires (?:a )?(?:newer )?kernel \(?\d\S* or (?:later|newer)).*$/,
    cause: () => 'The kernel is older than the C library of the image was built for.',
    fix: always(
      'Take a newer kernel, or build the C library for the older one (glibc: --enable-kernel).',
      rebuildImage,
    ),
  },
  {
    id: 'command-missing',
    where: 'root file system',
    phase: 'init',
    shows: /^(?:[^:\n]*: ){0,2}(?:line )?\d*:? ?([\w./+-]+): (?:command )?not found$/,
    with: /Attempted to kill init! exitcode=0x00007f00/,
    cause: ([, program]) => `The init is a script, did not find ${program}, and ended.`,
    fix: ([, program]) => [
      `Add the package that has ${program} to the image, or correct PATH in the script; when it is there, add its loader, or what the first line of the script names.`,
      rebuildImage,
    ],
  },
  {
    id: 'init-ended',
    where: 'root file system',
    ...initEnded,
  },
  {
    id: 'init-ended',
    where: 'initramfs',
    ...initEnded,
    with: /Run \/init as init process|^Usage: switch_root/,
    past: handedOver,
  },
  {
    id: 'init-frozen',
    where: 'root file system',
    phase: 'init',
    grade: 'effect',
    shows:
      /^.*(\[!{3,}\] .*|(?:Unable|Failed) to load SELinux [Pp]olicy.*|systemd\[1\]: (?:Freezing execution|.*, freezing).*)$/,
    cause: ([, said]) => `systemd gave up as init: "${said!.replace(/^\[!+\] /, '')}".`,
    fix: always(
      'What it names must be in the image: its own files, /etc/machine-id, mount points, the policy of SELinux.',
      'systemd.log_level=debug on the kernel command line says more.',
      rebuildImage,
    ),
  },
];

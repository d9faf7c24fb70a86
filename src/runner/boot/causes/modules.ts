/** What consoles say when the kernel does not take a module, and what it means. */
import { always, type Cause, rebuildInitramfs, rootMounted } from './cause.ts';
import { errnoWords } from './exit-status.ts';

/** A driver that is missing matters where the root is never found: a guest that has it got past these. */
export const moduleCauses: readonly Cause[] = [
  {
    id: 'module-of-other-kernel',
    where: 'initramfs',
    phase: 'driver',
    shows:
      /^.*?(\S+): (version magic '([^']*)' should be '([^']*)'|disagrees about version of symbol \S+|module_layout: .*|.*Invalid relocation target.*|[Ii]nvalid module format|no symbol version for \S+|unknown relocation.*).*$/,
    past: rootMounted,
    cause: ([, module, said]) => `The kernel module ${module} was made for another kernel: ${said}.`,
    fix: always('Kernel and modules must come from the same package.', rebuildInitramfs),
  },
  {
    id: 'module-of-other-kernel',
    where: 'initramfs',
    phase: 'driver',
    shows: /^.*?(?:could not|can't|cannot) insert (?:module )?'?(?<module>\S+?)'?: (?<said>[Ee]xec format error).*$/,
    past: rootMounted,
    cause: ({ groups }) => `The kernel module ${groups!.module} was made for another kernel: ${groups!.said}.`,
    fix: always('Kernel and modules must come from the same package.', rebuildInitramfs),
  },
  {
    id: 'module-order',
    where: 'initramfs',
    phase: 'driver',
    grade: 'effect',
    shows: /^.*?(?:could not|can't|cannot) insert (?:module )?'?(?<module>\S+?)'?: [Uu]nknown symbol in module.*$/,
    past: rootMounted,
    cause: ({ groups }) =>
      `The kernel module ${groups!.module} needs symbols of another that was not loaded before it: wrong order, or that module is missing.`,
    fix: ({ groups }) => [
      `\`modinfo -F depends ${groups!.module}\` names what must come before it; modprobe loads it by itself, insmod does not.`,
      rebuildInitramfs,
    ],
  },
  {
    id: 'module-wrong-kind',
    where: 'initramfs',
    phase: 'driver',
    shows: /^BOOTPLAN-INIT: module (\S+?)(?:\.ko)? refused: errno (8|22) .*$/,
    past: rootMounted,
    cause: ([, module, errno]) =>
      `The kernel refused the module ${module} (errno ${errno}): made for another kernel or machine, or damaged.`,
    fix: ([, module]) => [`Look at it: \`file ${module}.ko\` and \`modinfo ${module}.ko\`.`, rebuildInitramfs],
  },
  {
    id: 'module-unsigned',
    where: 'initramfs',
    phase: 'driver',
    shows:
      /^.*(Loading of (?:unsigned module|module with unavailable key) is rejected|Key was rejected by service|Required key not available|unsigned module loading is restricted|PKCS#7 signature not signed with a trusted key|signature (?:verification|is) (?:failed|not).*module).*$/,
    past: rootMounted,
    cause: ([, said]) =>
      `The kernel takes signed modules alone, and one is not signed by its key, or was changed since: "${said}".`,
    fix: always(
      'Take kernel and modules from the same package, unchanged; Secure Boot switches this on (lockdown).',
      'Or start the kernel with module.sig_enforce=0, where its configuration allows that.',
      rebuildInitramfs,
    ),
  },
  // A module that was refused leaves its symbols out of those after it.
  {
    id: 'module-order',
    where: 'initramfs',
    phase: 'driver',
    grade: 'effect',
    shows: /^.*?(\S+): Unknown symbol (\S+) \(err (?:-2|0)\).*$/,
    past: rootMounted,
    cause: ([, module, symbol]) =>
      `The kernel module ${module} was loaded before the one that has ${symbol}: wrong order, or that module is missing.`,
    fix: ([, module]) => [
      `\`modinfo -F depends ${module}.ko\` names what must come before it; the order of modules.list must follow.`,
      rebuildInitramfs,
    ],
  },
  {
    id: 'module-missing',
    where: 'initramfs',
    phase: 'driver',
    shows:
      /^.*?(?:can't change directory to '(?:\/lib\/modules\/)?|(?:[Cc]ould not|can't) (?:open|load) (?:moddep file )?'?\/(?:usr\/)?lib\/modules\/)([^'/\s]+)(?:'.*|\/modules\.dep\S*.*)$/,
    past: rootMounted,
    cause: ([, release]) => `There are no modules for the kernel ${release} in the initramfs.`,
    fix: always('Kernel and initramfs must be made from the same kernel package.', rebuildInitramfs),
  },
  {
    id: 'module-missing',
    where: 'initramfs',
    phase: 'driver',
    shows: /^(?!.*\.ko refused).*?(\S+?\.ko(?:\.xz|\.zst|\.gz)?)(?:: | ).*?errno[ =:]*-?(2)\b.*$/,
    past: rootMounted,
    cause: ([, module]) => `The kernel module ${module} is not in the initramfs (errno 2, ${errnoWords(2)}).`,
    fix: ([, module]) => [
      `Does the kernel package have it? \`dpkg-deb -c KERNEL.deb | grep ${module}\`; a driver that is built in must not be listed.`,
      rebuildInitramfs,
    ],
  },
  {
    id: 'module-missing',
    where: 'initramfs',
    phase: 'driver',
    shows:
      /^.*(?:modprobe: (?:FATAL: )?[Mm]odule (\S+?) not found|(?:can't|could not|cannot) (?:insert|load|open) (?:module '?(\S+?)'?|'?(\S+?\.ko(?:\.\w+)?)'?): No such file).*$/,
    past: rootMounted,
    cause: ([, a, b, c]) => `The kernel module ${a ?? b ?? c} is not in the initramfs.`,
    fix: always('Add it with all that it depends on.', rebuildInitramfs),
  },
];

/** What the end of a console means when no line of it names a failure. */
import { always, type Cause, rebuildImage } from './cause.ts';

const waitLonger = 'Was the machine only slow to come so far? Give it longer: --timeout SECONDS.';

const nameConsole =
  'The command line of the kernel must name the console of this machine: console=ttyS0 (arm64: console=ttyAMA0).';

/** Tried when nothing better explains the console: how far the guest came is all there is to say. */
export const lastCauses: readonly Cause[] = [
  {
    id: 'shell-without-test',
    where: 'self-test',
    phase: 'system',
    shows:
      /^(?:.*[\s:])?(can't access tty; job control turned off|Please press Enter to activate this console\.|\S+ login:) *$/,
    cause: ([, said]) => `The system came up as far as a shell or a login ("${said}"), but no self-test answered.`,
    fix: always(
      'A system passes when it prints a line BOOTPLAN-OK: start the self-test from its start script (etc/inittab, etc/rcS).',
      'The guest of the mini-distribution tests itself when the machine has the port bootplan.verdict.',
    ),
  },
  {
    id: 'kernel-silent',
    where: 'kernel',
    phase: 'kernel',
    shows:
      /^.*(EFI stub: (?!ERROR).*|Loading initial ramdisk.*|Loading \S.*\.\.\. ?(?:ok)?|Starting kernel \.\.\.|BdsDxe: starting .*|Booting `.*'|.*[Bb]ooting the kernel\.?|Boot HART MEDELEG.*)\s*(?![\s\S])/,
    cause: ([, said]) =>
      `The kernel was loaded ("${said!.trim()}") and said nothing: it has no console here, or stopped at once.`,
    fix: always(
      nameConsole,
      'With earlycon (arm64) or earlyprintk=serial (amd64) there it speaks sooner.',
      'Is the kernel for the architecture of the machine, and whole? Has the machine memory enough (--memory MIB)?',
      waitLonger,
      rebuildImage,
    ),
  },
  {
    id: 'loader-silent',
    where: 'boot loader',
    phase: 'loader',
    shows: /^.*(Booting from (?:Hard Disk|ROM|DVD\/CD|Floppy)\.*)\s*(?![\s\S])/,
    cause: ([, said]) => `The firmware started what is on the disk ("${said}"), and nothing more came.`,
    fix: always(
      'Does the boot loader speak on the serial line (SERIAL in syslinux.cfg), and does its code in the first sector fit its files?',
      nameConsole,
      waitLonger,
      rebuildImage,
    ),
  },
  {
    id: 'wrong-console',
    where: 'kernel',
    phase: 'kernel',
    shows:
      /^.*((?:legacy )?bootconsole \[\S+\] disabled|console \[(?!ttyS|ttyAMA|hvc)\w+\] enabled(?:, bootconsole disabled)?)\s*(?![\s\S])/,
    cause: ([, said]) => `The kernel went on to a console that is not this one ("${said}").`,
    fix: always(nameConsole, 'The last console= of several is the one that programs get.', rebuildImage),
  },
];

/** Tried last of all. */
export const endCauses: readonly Cause[] = [
  {
    id: 'stopped',
    where: 'unknown',
    phase: 'machine',
    shows: /^(qemu-system-\S+: terminating on signal .*)$/,
    cause: () => 'The machine was stopped from outside, before the guest had passed or failed.',
    fix: always('Read the end of the console: what was it waiting for?', 'Give it longer: --timeout SECONDS.'),
  },
  {
    id: 'ended-without-verdict',
    where: 'self-test',
    phase: 'system',
    shows: /^.*(reboot: (?:Power down|Restarting system|System halted)|The system is going down NOW).*$/,
    cause: ([, said]) => `The system came up and ended ("${said}") without a verdict: no self-test answered.`,
    fix: always(
      'A system passes when it prints a line BOOTPLAN-OK: start the self-test from its start script (etc/inittab, etc/rcS).',
      'If it did start, the lines above the end say what it did last.',
    ),
  },
];

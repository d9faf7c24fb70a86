/** What the end of a console means when no line of it names a failure. */
import { always, type Cause, isRooted, rebuildImage } from './cause.ts';

const waitLonger = 'Was the machine only slow to come so far? Give it longer: bootplan boot --timeout SECONDS.';

const nameConsole =
  'The command line of the kernel must name the console of this machine: console=ttyS0 (arm64: console=ttyAMA0).';

/** Tried when nothing better explains the console: how far the guest came is all there is to say. */
export const lastCauses: readonly Cause[] = [
  {
    id: 'shell-without-test',
    where: 'self-test',
    phase: 'system',
    shows:
      /^(?:.*[\s:])?(can't access tty; job control turned off|BusyBox v\S+ .*built-in shell \(ash\)|Please press Enter to activate this console\.|(?:\S+ )?login:) *$/,
    cause: ([, said], console) =>
      isRooted(console) || /login:/.test(said!)
        ? `The system came up as far as a shell or a login ("${said}"), but no self-test answered.`
        : `A shell waits ("${said}"), but no self-test answered, and no root file system is seen to be mounted.`,
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
  {
    id: 'flood',
    where: 'unknown',
    phase: 'machine',
    shows: /^(the guest wrote more than \d+ MiB, and was ended)$/,
    cause: ([, said]) => `Something in the guest talks without end: ${said}.`,
    fix: always(
      'Read the end of the console: what is it that comes again and again, a driver or a program that is started anew?',
      'quiet or loglevel=3 on the kernel command line silences the kernel.',
    ),
  },
  {
    id: 'device-awaited',
    where: 'root file system',
    phase: 'root-device',
    shows: /^.*?(A start job is running for (?:\/dev\/\S+|dev-\S+|.*\.device)).*$/,
    cause: ([, said]) => `The guest waits for a device that does not appear ("${said}").`,
    fix: always(
      'Is it the root (root=), or a line of etc/fstab? Its driver may be missing, or its UUID be another.',
      waitLonger,
      rebuildImage,
    ),
  },
  {
    id: 'device-awaited',
    where: 'initramfs',
    phase: 'root-device',
    shows:
      /^.*(Waiting for (?:root (?:file ?system|device)|\/dev\/\S+|\S+ to (?:appear|settle))|Starting dracut initqueue hook|Scanning for .* filesystems)[ .]*(?:\n *)*(?![\s\S])/,
    cause: ([, said]) => `The initramfs waits for the root device, and it does not appear ("${said}").`,
    fix: always(
      'Is root= right, and is the driver of the disk in the initramfs (virtio_blk, virtio_pci, sd_mod, ata_piix, nvme)?',
      waitLonger,
      rebuildImage,
    ),
  },
  {
    id: 'service-failed',
    where: 'root file system',
    phase: 'outcome',
    shows: /^.*?((?<=\[FAILED\] |systemd\[1\]: )Failed to start .*|\* ERROR: (?:cannot start|\S+ failed to start).*)$/,
    cause: ([, said]) => `No self-test answered, and a service did not start: "${said}".`,
    fix: always(
      'The lines of the console around it, or `journalctl -b` in the guest, say why.',
      'Is the self-test, or what it needs, among what did not start?',
      rebuildImage,
    ),
  },
  {
    id: 'init-silent',
    where: 'root file system',
    phase: 'init',
    shows:
      /^.*(?:Run (\/\S+) as init process|Freeing unused kernel (?:image \(initmem\) )?memory: .*|Write protecting the kernel .*)(?:\n *(?:with arguments:|with environment:|\/\S+|HOME=\S*|TERM=\S*|BOOT_IMAGE=\S*|random: .*)? *)*(?![\s\S])/,
    cause: ([, program]) =>
      `The kernel started ${program ?? 'its first program'}, and nothing more was said: it has no console here, waits, or stopped at once.`,
    fix: always(
      nameConsole,
      'The last console= of several is the one that programs get; dev/console must be there when the first program starts.',
      waitLonger,
      rebuildImage,
    ),
  },
  {
    id: 'kernel-stopped',
    where: 'kernel',
    phase: 'outcome',
    grade: 'noise',
    shows:
      /^.*?(Linux version \d\S*)(?![\s\S]*(?:Run \/\S+ as init|VFS: Mounted|Freeing (?:unused|init)|systemd\[|Begin: |dracut|login:|BOOTPLAN|[Pp]anic|INIT:|init started|Init \d|\(initramfs\)|reboot: |terminating on signal|sh: |mount: ))/,
    cause: ([, said]) => `The kernel (${said}) started, and the console ends before its first program.`,
    fix: always(
      'The last line of the console says how far it came: the driver that speaks there, or the one after it.',
      nameConsole,
      'Try another machine (-M), processor (-cpu max) or --accel tcg.',
      waitLonger,
    ),
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
    fix: always(
      'Read the end of the console: what was it waiting for?',
      'Give it longer: bootplan boot --timeout SECONDS.',
    ),
  },
  {
    id: 'ended-without-verdict',
    where: 'self-test',
    phase: 'system',
    shows: /^.*(reboot: (?:Power down|Restarting system|System halted)|The system is going down NOW).*$/,
    cause: ([, said], console) =>
      isRooted(console)
        ? `The system came up and ended ("${said}") without a verdict: no self-test answered.`
        : `The guest ended ("${said}") without a verdict, and no root file system is seen to be mounted.`,
    fix: always(
      'A system passes when it prints a line BOOTPLAN-OK: start the self-test from its start script (etc/inittab, etc/rcS).',
      'If it did start, the lines above the end say what it did last.',
    ),
  },
];

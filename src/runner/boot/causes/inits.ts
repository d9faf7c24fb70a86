/** What init systems say when they refuse, or have nothing to start, and what it means. */
import { always, type Cause, loggedIn, rebuildImage, rebuildInitramfs, rootMounted } from './cause.ts';

const syntax = (where: 'initramfs' | 'root file system'): Pick<Cause, 'where' | 'phase' | 'cause' | 'fix'> => ({
  where,
  phase: 'init',
  cause: ({ 1: said, groups }) =>
    `${groups!.script} has a syntax error${groups!.line === undefined ? '' : ` in line ${groups!.line}`}: the shell that is there cannot read it ("${said}").`,
  fix: ({ groups }) => [
    `Is ${groups!.script} written for another shell (bash, where sh is dash or busybox)? \`sh -n\` of that shell shows it; or name the right one in its #! line, and add it.`,
    'Lines that end in CR LF give the same.',
    where === 'initramfs' ? rebuildInitramfs : rebuildImage,
  ],
});

/** systemd says what it misses in the lines before it freezes. */
const systemdRefused =
  /^.*?((?:systemd\[1\]: |\[!+\] )?(?:Failed to mount (?!API)\S+ (?:\(type \S+\) )?(?:at|on|to) \/(?:sys|proc|dev|run)\S*.*|Failed to mount \/(?:sys|proc|dev|run)\/?\S* .*|Refusing to run under cgroup v1.*|Failed to allocate manager object.*|Failed to (?:load|start|isolate|enqueue) (?:early |the )?default target.*|Unit default\.target not found.*|Failed to load rescue target.*|Caught <\w+>.*|Failed to (?:create|open|set up|initialize) \S*cgroup.*|Failed to (?:load|initialize) (?:SELinux|SMACK|IMA|AppArmor) .*|System cannot boot: .*|Trying to run as user instance.*|Couldn't find an alternative telinit.*|Explicit --user argument required.*|Failed to create \/init\.scope.*|Failed to fully start up daemon.*|Cannot determine cgroup we are running in.*|Required cgroup .*|systemd needs .*))$/;

/** The rows of this file, in no order that matters. */
export const initCauses: readonly Cause[] = [
  {
    id: 'init-syntax',
    ...syntax('initramfs'),
    shows:
      /^.*?((?<script>\/init|\/linuxrc): (?:(?:line )?(?<line>\d+): ?)?.*(?:[Ss]yntax error|[Bb]ad substitution|unexpected (?:end of file|EOF|token)|not a valid identifier).*)$/,
  },
  {
    id: 'init-syntax',
    ...syntax('root file system'),
    shows:
      /^.*?((?<script>\/\S+\/(?:init|rcS?|rc\.\w+|inittab|linuxrc|\w+\.sh)): (?:(?:line )?(?<line>\d+): ?)?.*(?:[Ss]yntax error|[Bb]ad substitution|unexpected (?:end of file|EOF|token)).*)$/,
  },
  {
    id: 'init-frozen',
    where: 'root file system',
    phase: 'init',
    shows: systemdRefused,
    with: /\[!{3,}\]|[Ff]reezing|Refusing to run|cannot boot:|Halting|user instance|telinit|--user argument/,
    cause: ([, said]) => `systemd refused to run as init: "${said}".`,
    fix: always(
      'It needs from the kernel: cgroup v2 (CONFIG_CGROUPS), devtmpfs, tmpfs, proc, sysfs, and the mount points /proc /sys /dev /run in the image.',
      'And from the image: default.target, its own libraries, /etc/machine-id (may be empty), the policy of SELinux where the kernel enforces one.',
      'systemd.log_level=debug on the kernel command line says more.',
      rebuildImage,
    ),
  },
  {
    id: 'no-inittab',
    where: 'root file system',
    phase: 'init',
    shows:
      /^.*?(INIT: No inittab file found.*|INIT: .*inittab.*(?:missing|bad|invalid|unknown|No such).*|INIT: no more processes left in this runlevel.*|init: (?:can't open|cannot open) ['"]?\/etc\/inittab['"]?.*)$/,
    cause: ([, said]) => `sysvinit has nothing to start: etc/inittab is missing, empty or wrong ("${said}").`,
    fix: always(
      'Put /etc/inittab into the image: a line with initdefault, one with sysinit, one with respawn for the terminal, `S0:2345:respawn:/sbin/getty -L ttyS0 115200 vt100`.',
      rebuildImage,
    ),
  },
  {
    id: 'no-inittab',
    where: 'root file system',
    phase: 'init',
    grade: 'effect',
    shows: /^(Enter runlevel:) *$/,
    cause: ([, said]) =>
      `sysvinit asks a person what to start ("${said}"): etc/inittab is missing, or has no initdefault.`,
    fix: always('Put /etc/inittab into the image, with a line `id:2:initdefault:`.', rebuildImage),
  },
  {
    id: 'init-refused',
    where: 'root file system',
    phase: 'init',
    shows:
      /^.*?((?:runit|runsvdir|runsv|s6-[\w-]+|export|importas|execlineb|openrc-init|openrc-run|finit|dinit|nosh|upstart|init): (?:fatal|panic|FATAL|ERROR|Error|[Cc]ould not find service description|unable to (?:open|exec|start|find)|[Nn]o such service|must be (?:run as|superuser)).*|(?:INIT|init): (?:cannot execute|PANIC|Failed to spawn|must be).*|dinit: .*(?:[Ss]ervice|boot).*(?:not found|[Ff]ailed|[Cc]ould not).*|[ \t]*\* (?:Runlevel \S+ does not exist|Could not .*runlevel).*|General error mounting filesystems.*|mountall: .*(?:fail|Could not).*|init: (?:bad|No) (?:config|inittab).*)$/,
    cause: ([, said]) => `The init refuses, or does not find what it is to start: "${said!.trim()}".`,
    fix: always(
      'What the line names must be in the image, may be executed, and needs its interpreter: `ls -l`, and its first line.',
      'An init must be process 1, and have /proc, /sys, /dev and /run: see its start script.',
      rebuildImage,
    ),
  },
  {
    id: 'no-terminal',
    where: 'root file system',
    phase: 'outcome',
    grade: 'noise',
    unless: loggedIn,
    shows:
      /^.*?((?:INIT|init): Id "\S+" respawning too fast.*|(?:agetty|getty|mingetty)\S*: (?:\/dev\/)?\S+: (?:not a tty|No such file or directory|cannot open|not a character device|.*[Ii]nput\/output error).*|(?:init: )?can't open '?\/dev\/(?:ttyS|ttyAMA|hvc|ttymxc|console)\d*'?: .*|process '.*getty.*' \(pid \d+\) exited\. Scheduling for restart.*|\[FAILED\] Failed to start (?:Serial )?Getty on .*|systemd\[1\]: (?:serial-)?getty@\S+: (?:Start request repeated too quickly|Failed with result).*)$/,
    cause: ([, said]) => `The program for the terminal ends as soon as it is started: "${said}".`,
    fix: always(
      'etc/inittab (or serial-getty@.service) must name a terminal that this machine has: ttyS0, on arm64 ttyAMA0.',
      'Are getty and login in the image, and has the kernel the driver of that terminal?',
      rebuildImage,
    ),
  },
  {
    id: 'initramfs-shell',
    where: 'initramfs',
    phase: 'outcome',
    shows:
      /^.*?(\(initramfs\)|dracut:\/ ?#|Generating "?\/run\/initramfs\/rdsosreport\.txt.*|You are now being dropped into an emergency shell.*|Dropping to a shell!?.*|initramfs emergency recovery shell launched.*|Entering emergency mode\. Exit the shell to continue.*|[Ff]alling back to (?:interactive|recovery) (?:prompt|shell).*|An error occurred in stage 1 of the boot process.*|rootfs ?\]?:?\/? ?#)/,
    past: rootMounted,
    cause: ([, said]) =>
      `The initramfs gave up before a root file system was mounted, and waits for a person ("${said!.trim()}").`,
    fix: always(
      'The lines above it say what it could not do: find the device, open it, mount it, start its init.',
      'Is root= right, and has the initramfs the modules of disk and file system?',
      rebuildInitramfs,
    ),
  },
];

/** Consoles of machines, kernels, boot loaders and init systems that are not ours. */
import type { Console } from './console.ts';

/** How a kernel begins, so that what the firmware said before it is over. */
export const linux = 'Linux version 6.12.48+deb13-arm64 (debian-kernel@lists.debian.org) #1 SMP Debian';
/** A firmware that looks into an empty drive first. */
export const dvd = 'BdsDxe: failed to load Boot0001 "UEFI QEMU DVD-ROM QM00003 " from PciRoot(0x0): Not Found';
export const rooted = `${linux}\nVFS: Mounted root (ext4 filesystem) on device 254:2.\nRun /sbin/init as init process`;

export const strange: readonly Console[] = [
  // Firmware and boot loaders.
  [
    'SLOF ****\nTrying to load:  from: /vdevice/v-scsi@2000 ...   E3404: Not a bootable device!\nE3407: Load failed',
    'no-boot-device',
    /nothing to boot/,
  ],
  ['FATAL: No bootable medium found! System halted.', 'no-boot-device', /nothing to boot/],
  ['LOADPARM=[        ]\n! No virtio device found !', 'no-boot-device', /nothing to boot/],
  [
    'Nothing to boot: No such file or directory (https://ipxe.org/2d03e13b)\nNo more network devices',
    'no-boot-device',
    /nothing to boot/,
  ],
  [
    'BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0): Access Denied',
    'efi-refused',
    /[Ss]ecure [Bb]oot/,
  ],
  [
    'error: ../../grub-core/kern/fs.c:123:unknown filesystem.\nEntering rescue mode...\ngrub rescue> ',
    'loader-broken',
    /unknown filesystem/,
  ],
  [
    "error: ../../grub-core/fs/fshelp.c:258:file `/boot/vmlinuz' not found.\nerror: you need to load the kernel first.",
    'loader-broken',
    /vmlinuz/,
  ],
  ["error: disk `lvmid/aBcD/eFgH' not found.\ngrub rescue> ", 'loader-broken', /lvmid/],
  [
    '                             GNU GRUB  version 2.06\n\n   Minimal BASH-like line editing is supported. For the first word, TAB lists possible command completions.\n\ngrub> ',
    'loader-broken',
    /prompt/,
  ],
  [
    'U-Boot 2024.01 (Jan 01 2024)\nNo partition table - mmc 0\n** Unable to read file /boot/Image **\nBad Linux ARM64 Image magic!\n=> ',
    'loader-broken',
    /Unable to read file/,
  ],
  ['EFI stub: ERROR: Failed to load initrd: 0x800000000000000e', 'loader-broken', /initrd/],
  [
    'SYSLINUX 6.04\nLoading vmlinuz... ok\nInvalid or corrupt kernel image.\nboot: ',
    'loader-broken',
    /corrupt kernel image/,
  ],
  [
    'SYSLINUX 6.04\nLoading /vmlinuz... ok\nLoading /initrd.img...failed: No such file or directory\nboot: ',
    'loader-broken',
    /Loading \/initrd\.img\.\.\.failed/,
  ],
  [
    'SYSLINUX 6.04\nLoading /vmlinuz... ok\nLoading /initrd.img...ok\nBooting kernel failed: Invalid argument\nboot: ',
    'kernel-not-started',
    /memory/,
  ],
  // An initramfs that is cut off or damaged, in the way of our own init.
  [
    `${linux}\nInitramfs unpacking failed: read error\nRun /init as init process\nBOOTPLAN-INIT: started\nBOOTPLAN-INIT: module libata.ko: errno 2 (no such file)\nBOOTPLAN-INIT: root device UUID=1 did not appear`,
    'initramfs-damaged',
    /read error/,
  ],
  [
    `${linux}\nInitramfs unpacking failed: junk within compressed archive\nRun /init as init process\nKernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b`,
    'initramfs-damaged',
    /junk/,
  ],
  [`${linux}\nRun /init as init process\nFailed to execute /init (error -26)`, 'initramfs-init', /cut off/],
  // A module that is refused takes those along that need it.
  [
    `${linux}\nBOOTPLAN-INIT: module scsi_mod.ko refused: errno 129 (Key was rejected by service)\nlibata: Unknown symbol scsi_device_get (err -2)\nBOOTPLAN-INIT: module libata.ko refused: errno 2 (a symbol it needs is in no loaded module)\nBOOTPLAN-INIT: root device UUID=1 did not appear`,
    'module-unsigned',
    /changed since/,
  ],
  [
    `${linux}\nsd_mod: Unknown symbol scsi_mode_sense (err -2)\nBOOTPLAN-INIT: module sd_mod.ko refused: errno 8 (made for another kernel or another machine)\nBOOTPLAN-INIT: root device UUID=1 did not appear`,
    'module-wrong-kind',
    /damaged/,
  ],
  // A root that is damaged, or newer than the kernel.
  [
    `${linux}\nEXT4-fs (sda2): VFS: Found ext4 filesystem with invalid superblock checksum.  Run e2fsck?\nBOOTPLAN-INIT: mount root /dev/sda2: errno 74 (Bad message)`,
    'root-damaged',
    /e2fsck -fn/,
  ],
  [
    `${linux}\nEXT4-fs (sda2): Couldn't mount because of unsupported optional features (8000000)\nBOOTPLAN-INIT: mount root /dev/sda2: errno 22 (invalid argument)`,
    'root-features',
    /newer kernel/,
  ],
  [
    `${linux}\nEXT4-fs (sda2): VFS: Found ext4 filesystem with unknown checksum algorithm.\nBOOTPLAN-INIT: mount root /dev/sda2: errno 22 (invalid argument)`,
    'root-features',
    /unknown checksum algorithm/,
  ],
  // What our own init says of a program that the kernel does not take.
  ...['empty', 'a directory', 'no ELF file, and no script with #!', 'for this machine, and damaged'].map(
    (what) =>
      [
        `${linux}\nBOOTPLAN-INIT: starting /sbin/init\nBOOTPLAN-INIT: /sbin/init is ${what}\nBOOTPLAN-INIT: exec /sbin/init: errno 8 (not a program for this machine)`,
        'init-no-program',
        /\/sbin\/init cannot be started: it is (?!for)/,
      ] as const,
  ),
  [
    `${linux}\nBOOTPLAN-INIT: starting /sbin/init\nBOOTPLAN-INIT: /sbin/init is for another machine\nBOOTPLAN-INIT: exec /sbin/init: errno 8 (not a program for this machine)`,
    'init-wrong-architecture',
    /another architecture/,
  ],
  [
    `${linux}\nBOOTPLAN-INIT: exec /sbin/init: errno 2 (no such file)\nBOOTPLAN-INIT: the interpreter of /sbin/init (its lines end in CR LF):\nBOOTPLAN-INIT: exec /bin/sh: errno 2 (no such file)`,
    'missing-interpreter',
    /\/bin\/sh with a carriage return/,
  ],
  // systemd-boot is there: the empty drive beside its disk explains nothing.
  ...['Error loading \\vmlinuz: Unsupported', 'Error preparing initrd: Not Found'].map(
    (said) =>
      [
        `${dvd}\nBdsDxe: starting Boot0002 "UEFI QEMU HARDDISK QM00001 " from PciRoot(0x0)\n${said}\nBdsDxe: failed to start Boot0002 "UEFI QEMU HARDDISK QM00001 " from PciRoot(0x0): Not Found\nUEFI Interactive Shell v2.2\nShell> `,
        'loader-broken',
        /Error (?:loading|preparing)/,
      ] as const,
  ),
  [
    `${dvd}\nBdsDxe: starting Boot0002 "UEFI QEMU HARDDISK QM00001 " from PciRoot(0x0)\n  Reboot Into Firmware Interface   Boot in 10 s.`,
    'loader-broken',
    /loader\/entries/,
  ],
  [
    `${dvd}\nBdsDxe: failed to load Boot0002 "UEFI QEMU HARDDISK QM00001 " from PciRoot(0x0): Not Found\nBdsDxe: starting Boot0003 "EFI Internal Shell" from Fv(7CB8)`,
    'no-efi-loader',
    /BOOTX64/,
  ],
  // The kernel gets the machine, and nothing is heard of it.
  [
    'UEFI firmware (version 2023.11)\nBdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)\nEFI stub: Booting Linux Kernel...\nEFI stub: Using DTB from configuration table\nEFI stub: Exiting boot services...\n',
    'kernel-silent',
    /console=/,
  ],
  [
    "  Booting `Debian GNU/Linux'\n\nLoading Linux 6.1.0-18-amd64 ...\nLoading initial ramdisk ...\n",
    'kernel-silent',
    /console=/,
  ],
  ['SYSLINUX 6.04 EDD 6.04\nLoading /vmlinuz... ok\nLoading /initramfs.img...ok\n', 'kernel-silent', /console=/],
  [
    `${linux}\nearlycon: pl11 at MMIO 0x0000000009000000\nprintk: legacy console [tty0] enabled\nprintk: legacy bootconsole [pl11] disabled\n`,
    'wrong-console',
    /console=/,
  ],
  // Processors.
  [
    'This kernel requires the following features not present on the CPU:\nla57 \nUnable to boot - please use a kernel appropriate for your CPU.',
    'wrong-processor',
    /features not present/,
  ],
  // What the firmware said before a kernel started is over.
  [
    `BdsDxe: failed to load Boot0001 "UEFI QEMU DVD-ROM" from PciRoot(0x0): Not Found\nBdsDxe: starting Boot0002\n${rooted}\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00000100`,
    'init-ended',
    /exit code 1\b/,
  ],
  [
    `Booting from DVD/CD...\nBoot failed: Could not read from CDROM (code 0003)\nBooting from Hard Disk...\n${linux}\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)`,
    'no-root-device',
    /device 254:2/,
  ],
  [
    `error: no such device: 1234-ABCD.\nLoading Linux ...\n${rooted}\nBOOTPLAN: failed: make does not run`,
    'self-test-failed',
    /make does not run/,
  ],
  [
    `${linux}\nInitramfs unpacking failed: Decoding failed\nRun /init as init process\nALERT!  LABEL=root does not exist.  Dropping to a shell!\n(initramfs) `,
    'no-root-device',
    /LABEL=root/,
  ],
  [
    `${linux}\nWaiting for root device /dev/mmcblk0p2...\nmmcblk0: mmc0:aaaa SD64G 59.5 GiB\n  mmcblk0: p1 p2\n${rooted}\nKernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b`,
    'init-ended',
    /SIGSEGV/,
  ],
  [
    `${linux}\nEXT4-fs (vda2): VFS: Can't find ext4 filesystem\nVFS: Mounted root (btrfs filesystem) readonly on device 0:17.\nRun /sbin/init as init process\nBOOTPLAN: failed: no /tmp`,
    'self-test-failed',
    /no \/tmp/,
  ],
  [
    `${linux}\nmodprobe: FATAL: Module efivars not found in directory /lib/modules/6.1\n${rooted}\n/sbin/init: error while loading shared libraries: libm.so.6: cannot open shared object file\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00`,
    'missing-library',
    /libm/,
  ],
  [
    `BOOTPLAN-INIT: module virtio_console.ko: errno 2 (no such file)\nBOOTPLAN-INIT: root is /dev/sda2\nBOOTPLAN: init reached\n/bin/sh: can't access tty; job control turned off\n/ # `,
    'module-missing',
    /virtio_console/,
  ],
  // The root device.
  [
    'VFS: Cannot open root device "UUID=2f4a-11" or unknown-block(0,0): error -6\nPlease append a correct "root=" boot option; here are the available partitions:\nfe00        65536 vda  driver: virtio_blk\nfe01        60000 vda1 12345678-01\nKernel panic - not syncing: VFS: Unable to mount root fs on "UUID=2f4a-11" or unknown-block(0,0)',
    'no-root-device',
    /PARTUUID=/,
  ],
  [
    'VFS: Cannot open root device "LABEL=root" or unknown-block(0,0): error -6\nKernel panic',
    'no-root-device',
    /PARTUUID=/,
  ],
  [
    'VFS: Cannot open root device "(null)" or unknown-block(3,1): error -6\nPlease append a correct "root=" boot option; here are the available partitions:\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(3,1)',
    'no-root-parameter',
    /without root=/,
  ],
  [
    'VFS: Cannot open root device "sda2" or unknown-block(0,0): error -6\nPlease append a correct "root=" boot option; here are the available partitions:\n103:00000   10485760 nvme0n1  driver: nvme\n  103:00001   10484736 nvme0n1p1 1234-01\nKernel panic - not syncing: VFS',
    'no-root-device',
    /nvme0n1, nvme0n1p1/,
  ],
  [
    'VFS: Cannot open root device "vda2" or unknown-block(0,0): error -6\nPlease append a correct "root=" boot option; here are the available partitions:\n0100            8192 ram0  (driver?)\n0b00         1048575 sr0  driver: sr\nKernel panic - not syncing: VFS',
    'no-root-device',
    /no driver/,
  ],
  [
    'VFS: Cannot open root device "8:2" or unknown-block(8,2): error -6\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,2)',
    'no-root-device',
    /no driver/,
  ],
  [
    'VFS: Unable to mount root fs via NFS.\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,255)',
    'root-nfs',
    /network/,
  ],
  [
    'Begin: Waiting for root file system ... done.\nGave up waiting for root file system device.  Common problems:\n - Boot args (cat /proc/cmdline)\nALERT!  UUID=90aa-77 does not exist.  Dropping to a shell!\n\nBusyBox v1.35.0 (Debian) built-in shell (ash)\n(initramfs) ',
    'no-root-device',
    /UUID=90aa-77/,
  ],
  [
    '[  188.1] dracut-initqueue[312]: Warning: dracut-initqueue timeout - starting timeout scripts\ndracut-initqueue[312]: Warning: Could not boot.\nWarning: /dev/disk/by-uuid/77aa does not exist\n\nGenerating "/run/initramfs/rdsosreport.txt"\n\nEntering emergency mode. Exit the shell to continue.',
    'no-root-device',
    /\/dev\/disk\/by-uuid\/77aa/,
  ],
  [
    ":: running hook [udev]\nERROR: device 'UUID=55ee' not found. Skipping fsck.\n:: mounting 'UUID=55ee' on real root\nmount: /new_root: can't find UUID=55ee.\nYou are now being dropped into an emergency shell.",
    'no-root-device',
    /UUID=55ee/,
  ],
  [
    '[ TIME ] Timed out waiting for device /dev/disk/by-label/data.\n[DEPEND] Dependency failed for /srv/data.\nYou are in emergency mode. After logging in, type "journalctl -xb"',
    'device-missing',
    /\/dev\/disk\/by-label\/data\b/,
  ],
  [
    'XFS (vda2): Invalid superblock magic number\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)',
    'root-damaged',
    /XFS|vda2/,
  ],
  [
    'BTRFS error (device vda2): open_ctree failed\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)',
    'root-damaged',
    /vda2/,
  ],
  // Modules.
  ["jbd2: Unknown symbol crc32c (err 0)\nmodprobe: can't load module jbd2", 'module-order', /crc32c/],
  [
    "modprobe: ERROR: could not insert 'virtio_blk': Key was rejected by service\nLoading of unsigned module is rejected",
    'module-unsigned',
    /signed/,
  ],
  [
    "modprobe: can't change directory to '6.12.48': No such file or directory\nVFS: Cannot open root device \"vda\" or unknown-block(0,0): error -6",
    'module-missing',
    /6\.12\.48/,
  ],
  // The first program.
  [
    `${rooted}\nrun-init: can't execute '/sbin/init': No such file or directory\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00000100`,
    'init-not-started',
    /\/sbin\/init is not there/,
  ],
  [
    "switch_root: can't execute '/sbin/init': Permission denied\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
    'init-not-started',
    /may not be run/,
  ],
  [
    "Target filesystem doesn't have requested /sbin/init.\nNo init found. Try passing init= bootarg.\n(initramfs) ",
    'no-init',
    /has no init/,
  ],
  ['Kernel panic - not syncing: Attempted to kill init!', 'init-ended', /init ended/],
  [
    `${rooted}\ntraps: init[1] general protection fault ip:401126 sp:7ffd error:0 in init[401000+1000]\nKernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b`,
    'init-ended',
    /SIGSEGV/,
  ],
  [
    `${rooted}\ntraps: init[1] trap invalid opcode ip:401126 sp:7ffd error:0 in init[401000+1000]\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00000004`,
    'init-ended',
    /SIGILL/,
  ],
  [
    'FATAL: kernel too old\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    'kernel-too-old',
    /older/,
  ],
  [
    '/init: line 4: mount: not found\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    'command-missing',
    /mount/,
  ],
  ['[!!!!!!] Failed to mount API filesystems.\nsystemd[1]: Freezing execution.', 'init-frozen', /API filesystems/],
  [
    '/init: exec: line 30: switch_root: not found\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    'command-missing',
    /did not find switch_root/,
  ],
  [
    `${rooted}\nUnable to load SELinux Policy. Machine is in enforcing mode. Halting now.`,
    'init-frozen',
    /SELinux Policy/,
  ],
  [`${rooted}\nDebian GNU/Linux 12 guest ttyS0\n\nguest login: `, 'shell-without-test', /\("guest login:"\)/],
  // The kernel under load, or at fault.
  [
    'Out of memory: Kill process 214 (cc1) score 911 or sacrifice child\nKilled process 214 (cc1)',
    'out-of-memory',
    /memory/,
  ],
  ['Memory cgroup out of memory: Killed process 97 (tcc) total-vm:1024kB', 'out-of-memory', /memory/],
  [
    'INFO: task jbd2/vda2-8:90 blocked for more than 120 seconds.\n      Not tainted 6.1.0-18-amd64',
    'hung-task',
    /jbd2\/vda2-8/,
  ],
  ['NMI watchdog: Watchdog detected hard LOCKUP on cpu 1', 'kernel-fault', /LOCKUP/],
  ['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks: { 1 }', 'kernel-fault', /stalls/],
  [
    'Oops [#1]\nModules linked in:\nCPU: 0 PID: 1 Comm: swapper/0\nKernel panic - not syncing: Fatal exception in interrupt',
    'kernel-fault',
    /Oops/,
  ],
  ['udevd[80]: DEBUG: queue is empty\nBOOTPLAN: failed: no compiler', 'self-test-failed', /no compiler/],
  // QEMU.
  [
    `${rooted}\nwaiting for nothing\nqemu-system-x86_64: terminating on signal 15 from pid 4711 (timeout)`,
    'stopped',
    /from outside/,
  ],
  ["qemu: could not open kernel file 'vmlinuz': No such file or directory", 'machine-refused', /vmlinuz/],
  [
    `${linux}\nqemu-system-x86_64: virtio: zero sized buffers are not allowed`,
    'machine-refused',
    /while the guest ran: virtio: zero sized/,
  ],
  ['KVM internal error. Suberror: 1\nemulation failure\nRAX=0 RBX=0', 'machine-refused', /KVM/],
  // A system that ends without a word of its self-test.
  [
    `${rooted}\nBOOTPLAN-OKAY\necho BOOTPLAN-OK\nreboot: Power down\n`,
    'ended-without-verdict',
    /no self-test answered/,
  ],
  [`${rooted}\nThe system is going down NOW!\nreboot: Power down\n`, 'ended-without-verdict', /no verdict|without/],
];

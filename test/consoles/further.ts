/** More boots that failed, of reports and of kinds, each judged by a person before the program. */
import type { Blamed } from './console.ts';

const lines = (...said: readonly string[]): string => said.join('\n');
const linux = 'Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org) #1 SMP';
const noRoot = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)';
const killed = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100';
const mounted = 'VFS: Mounted root (ext4 filesystem) readonly on device 254:2.';
const initramfs = 'initramfs';
const root = 'root file system';
const loader = 'boot loader';
const kernel = 'kernel';
const machine = 'machine';
export const further: readonly Blamed[] = [
  [
    lines(
      linux,
      '[ TIME ] Timed out waiting for device v-gpt\\x2dauto\\x2droot.device.',
      '[DEPEND] Dependency failed for sysroot.mount.',
      '[DEPEND] Dependency failed for initrd-root-device.target.',
      'Entering emergency mode. Exit the shell to continue.',
    ),
    'no-root-device',
    /auto/,
    initramfs,
  ],
  [
    lines(
      'BdsDxe: failed to load Boot0001 "UEFI QEMU QEMU HARDDISK " from PciRoot(0x0): Access Denied',
      '>>Start PXE over IPv4.',
      '  PXE-E16: No valid offer received.',
      'BdsDxe: failed to load Boot0003 "UEFI PXEv4 (MAC:00163E2106F5)": Not Found',
    ),
    'efi-refused',
    /Secure Boot/,
    loader,
  ],
  [
    lines(
      linux,
      'Alpine Init 3.1.0-r3',
      ' * Mounting boot media: failed.',
      "initramfs emergency recovery shell launched. Type 'exit' to continue boot",
      "sh: can't access tty; job control turned off",
    ),
    'no-live-medium',
    /boot media/i,
    initramfs,
  ],
  [
    lines(
      linux,
      'initrd not found or empty - disabling initrd',
      mounted,
      '/sbin/init: error while loading shared libraries: libm.so.6: cannot open shared object file: No such file or directory',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    ),
    'missing-library',
    /libm/,
    root,
  ],
  [
    lines(
      mounted,
      '/sbin/init: error while loading shared libraries: libm.so.6: cannot stat shared object: Error 38',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    ),
    'missing-library',
    /Error 38/,
    root,
  ],
  [
    lines(
      'Run /usr/lib/raspi-config/init_resize.sh as init process',
      'Kernel panic - not syncing: Requested init /usr/lib/raspi-config/init_resize.sh failed (error -13).',
    ),
    'init-not-started',
    /may not be run/,
    root,
  ],
  [
    lines(
      'Run /init as init process',
      'Failed to execute /init (error -2)',
      'Run /usr/bin/sh as init process',
      'Kernel panic - not syncing: Requested init /usr/bin/sh failed (error -2).',
    ),
    'initramfs-init',
    /\/init/,
    initramfs,
  ],
  [
    lines(linux, 'mmc2: error -84 whilst initialising MMC card', 'Waiting for root device /dev/mmcblk2p2...'),
    'disk-error',
    /mmc2/,
    machine,
  ],
  [lines(linux, 'Waiting for root device PARTUUID=614e0000-0000...'), 'no-root-device', /614e0000/, initramfs],
  // UEFI/GRUB/sd-boot
  [
    lines(
      'GNU GRUB  version 2.06',
      "error: file `/vmlinuz-6.1.0-18-amd64' not found.",
      'error: you need to load the kernel first.',
      'Press any key to continue...',
    ),
    'loader-broken',
    /vmlinuz-6/,
    loader,
  ],
  [
    lines(
      'Welcome to GRUB!',
      'error: no such device: 7c3f-aa.',
      'error: unknown filesystem.',
      'Entering rescue mode...',
      'grub rescue> ',
    ),
    'loader-broken',
    /no such device/,
    loader,
  ],
  [
    lines(
      'BdsDxe: loading Boot0001 "UEFI QEMU HARDDISK"',
      'BdsDxe: starting Boot0001 "UEFI QEMU HARDDISK"',
      'Failed to load kernel: Not Found',
    ),
    'loader-broken',
    /kernel/,
    loader,
  ],
  [
    lines('BdsDxe: No bootable option or device was found.', 'BdsDxe: Press any key to enter the Boot Manager Menu.'),
    'no-efi-loader',
    /no boot loader/,
    loader,
  ],
  [
    lines(
      'SeaBIOS (version 1.16.2-debian-1.16.2-1)',
      'Booting from Hard Disk...',
      'Boot failed: not a bootable disk',
      'No bootable device.',
    ),
    'no-boot-device',
    /nothing to boot/,
    loader,
  ],
  [
    lines(
      'SeaBIOS (version 1.16.2)',
      'Booting from Hard Disk...',
      'GRUB loading..',
      'error: out of memory.',
      'Press any key to continue...',
    ),
    'kernel-not-started',
    /memory/,
    loader,
  ],
  [
    lines('SYSLINUX 6.04 EDD 6.04-pre1', 'ERROR: No configuration file found', 'boot: '),
    'loader-broken',
    /configuration/,
    loader,
  ],
  // virtio missing, kernel alone
  [
    lines(
      linux,
      'VFS: Cannot open root device "vda1" or unknown-block(0,0): error -6',
      'Please append a correct "root=" boot option; here are the available partitions:',
      noRoot,
    ),
    'no-root-device',
    /virtio_blk/,
    kernel,
  ],
  [
    lines(
      linux,
      'List of all bdev filesystems:',
      ' ext3',
      ' ext4',
      'VFS: Cannot open root device "PARTUUID=12-02" or unknown-block(0,0): error -6',
      noRoot,
    ),
    'no-root-device',
    /PARTUUID=12-02/,
    kernel,
  ],
  [
    lines(
      linux,
      "/dev/root: Can't open blockdev",
      'VFS: Cannot open root device "/dev/sda1" or unknown-block(8,1): error -19',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,1)',
    ),
    'no-root-device',
    /CONFIG_EXT4_FS|file system/,
    kernel,
  ],
  // modules of other kernel
  [
    lines(
      linux,
      "virtio_ring: version magic '6.1.0-17-amd64 SMP preempt' should be '6.1.0-18-amd64 SMP preempt'",
      'Gave up waiting for root file system device.',
      'ALERT!  /dev/vda1 does not exist.  Dropping to a shell!',
    ),
    'module-of-other-kernel',
    /virtio_ring/,
    initramfs,
  ],
  [
    lines(
      linux,
      'ext4: disagrees about version of symbol module_layout',
      'mount: mounting /dev/vda1 on /root failed: No such device',
    ),
    'module-of-other-kernel',
    /ext4/,
    initramfs,
  ],
  [
    lines(
      linux,
      'modprobe: module virtio_blk not found in modules.dep',
      'mount: mounting /dev/vda1 on /newroot failed: No such file or directory',
    ),
    'module-missing',
    /virtio_blk/,
    initramfs,
  ],
  [
    lines(
      linux,
      'modprobe: FATAL: Module ext4 not found in directory /lib/modules/6.1.0-18-amd64',
      "mount: /root: unknown filesystem type 'ext4'.",
    ),
    'module-missing',
    /ext4/,
    initramfs,
  ],
  // LUKS/LVM/RAID
  [
    lines(
      linux,
      'cryptsetup: Waiting for encrypted source device UUID=aa-bb...',
      "  ALERT! encrypted source device UUID=aa-bb does not exist, can't unlock vda5_crypt.",
      'Dropping to a shell!',
    ),
    'root-locked',
    /encrypted/,
    initramfs,
  ],
  [
    lines(
      linux,
      '  Volume group "debian-vg" not found',
      '  Cannot process volume group debian-vg',
      'ALERT!  /dev/mapper/debian--vg-root does not exist.  Dropping to a shell!',
    ),
    'no-root-device',
    /LVM/,
    initramfs,
  ],
  [
    lines(
      linux,
      'mdadm: /dev/md0 assembled from 1 drive - not enough to start the array.',
      'ALERT!  /dev/md0 does not exist.  Dropping to a shell!',
    ),
    'no-root-device',
    /RAID/,
    initramfs,
  ],
  [
    lines(
      linux,
      'dracut-initqueue[300]: Warning: Not all disks have been found.',
      'dracut-initqueue[300]: Warning: dracut-initqueue: timeout, still waiting for following initqueue hooks:',
      'Warning: /dev/mapper/fedora-root does not exist',
      'Generating "/run/initramfs/rdsosreport.txt"',
    ),
    'no-root-device',
    /fedora-root/,
    initramfs,
  ],
  // overlay / squashfs
  [
    lines(
      linux,
      'mount: mounting /dev/loop0 on //filesystem.squashfs failed: No such device',
      'Can not mount /dev/loop0 (/cdrom/casper/filesystem.squashfs) on //filesystem.squashfs',
    ),
    'not-mounted',
    /squashfs/,
    root,
  ],
  [
    lines(
      linux,
      'squashfs: version 4.0',
      'SQUASHFS error: Unable to read inode 0x20bc',
      'dracut: FATAL: Failed to mount block device of live image',
      'dracut: Refusing to continue',
    ),
    'root-damaged',
    /inode/,
    root,
  ],
  [
    lines(linux, "overlayfs: missing 'lowerdir'", 'mount: mounting overlay on /newroot failed: Invalid argument'),
    'not-mounted',
    /overlay/,
    root,
  ],
  // panic in drivers, OOM
  [
    lines(
      linux,
      'general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP',
      'RIP: 0010:ahci_init_one+0x1/0x2 [ahci]',
      'Kernel panic - not syncing: Fatal exception',
    ),
    'kernel-fault',
    /general protection/,
    kernel,
  ],
  [
    lines(
      linux,
      'Unable to handle kernel paging request at virtual address ffff000',
      'Internal error: Oops: 96000004 [#1] SMP',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
    ),
    'kernel-fault',
    /paging request/,
    kernel,
  ],
  [
    lines(
      linux,
      'Unpacking initramfs...',
      'Run /init as init process',
      'systemd-udevd invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0',
      'Out of memory: Killed process 120 (systemd-udevd)',
      'Gave up waiting for root file system device.',
    ),
    'out-of-memory',
    /--memory/,
    machine,
  ],
  [
    lines(
      linux,
      'swapper/0: page allocation failure: order:10, mode:0xcc0',
      'Kernel panic - not syncing: Failed to allocate page table page',
    ),
    'out-of-memory',
    /memory/,
    machine,
  ],
  // console, getty
  [
    lines(linux, mounted, 'Run /sbin/init as init process', 'Warning: unable to open an initial console.'),
    'no-console',
    /console/,
    root,
  ],
  [
    lines(
      mounted,
      'INIT: version 3.06 booting',
      'INIT: Entering runlevel: 2',
      'INIT: Id "T0" respawning too fast: disabled for 5 minutes',
    ),
    'no-terminal',
    /T0/,
    root,
  ],
  [
    lines(
      mounted,
      'init started: BusyBox v1.36.1',
      "process '/sbin/getty -L ttyS1 115200 vt100' (pid 88) exited. Scheduling for restart.",
      "can't open /dev/ttyS1: No such file or directory",
    ),
    'no-terminal',
    /ttyS1/,
    root,
  ],
  // selinux / apparmor
  [
    lines('systemd[1]: Failed to load SELinux policy.', 'systemd[1]: Freezing execution.'),
    'init-frozen',
    /SELinux/,
    root,
  ],
  [
    lines(
      'SELinux:  Could not open policy file <= /etc/selinux/targeted/policy/policy.33:  No such file or directory',
      'Unable to load SELinux Policy. Machine is in enforcing mode. Halting now.',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100',
    ),
    'init-frozen',
    /SELinux/,
    root,
  ],
  // emergency, fstab
  [
    lines(
      'systemd[1]: Switching root.',
      '[FAILED] Failed to mount /data.',
      "See 'systemctl status data.mount' for details.",
      '[DEPEND] Dependency failed for Local File Systems.',
      'You are in emergency mode. After logging in, type "journalctl -xb"',
    ),
    'emergency',
    /Failed to mount \/data/,
    root,
  ],
  [
    lines(
      'systemd[1]: Switching root.',
      '[ TIME ] Timed out waiting for device dev-disk-by\\x2duuid-0000\\x2d1111.device - /dev/disk/by-uuid/0000-1111.',
      '[DEPEND] Dependency failed for /home.',
      'You are in emergency mode.',
    ),
    'device-missing',
    /0000-1111/,
    root,
  ],
  [
    lines(mounted, 'mount: /boot: special device /dev/vdb1 does not exist.', 'Give root password for maintenance'),
    'device-missing',
    /vdb1/,
    root,
  ],
  [
    lines(mounted, 'mount: mounting UUID=9-9 on /var failed: No such file or directory', '/etc/init.d/rcS: exit 1'),
    'not-mounted',
    /UUID=9-9/,
    root,
  ],
  // read-only, clock
  [
    lines(
      mounted,
      "mkdir: can't create directory '/var/run': Read-only file system",
      "syslogd: can't open '/var/log/messages': Read-only file system",
    ),
    'read-only',
    /read-only/,
    root,
  ],
  [
    lines(
      mounted,
      'E: Release file for http://deb.debian.org/debian/dists/bookworm/InRelease is not valid yet (invalid for another 300d 2h). Updates for this repository will not be applied.',
    ),
    'wrong-clock',
    /clock/,
    machine,
  ],
  // missing libc / ld.so, format
  [
    lines(
      mounted,
      'Run /sbin/init as init process',
      'Error loading shared library libc.musl-x86_64.so.1: No such file or directory (needed by /sbin/init)',
      killed,
    ),
    'missing-library',
    /libc\.musl/,
    root,
  ],
  [
    lines(
      mounted,
      'Failed to execute /sbin/init (error -2)',
      "Starting init: /sbin/init exists but couldn't execute it (error -2)",
      'Kernel panic - not syncing: No working init found.',
    ),
    'init-not-started',
    /loader/,
    root,
  ],
  [
    lines(
      mounted,
      "Starting init: /sbin/init exists but couldn't execute it (error -8)",
      "Starting init: /bin/sh exists but couldn't execute it (error -8)",
      'Kernel panic - not syncing: No working init found.',
    ),
    'init-not-started',
    /another architecture/,
    root,
  ],
  [
    lines(mounted, '/bin/sh: error while loading shared libraries: libc.so.6: wrong ELF class: ELFCLASS64', killed),
    'missing-library',
    /ELFCLASS64/,
    root,
  ],
  [
    lines(
      mounted,
      'Run /sbin/init as init process',
      'FATAL: kernel too old',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000600',
    ),
    'kernel-too-old',
    /older/,
    kernel,
  ],
  [
    lines(
      mounted,
      'Run /sbin/init as init process',
      'init[1]: segfault at 0 ip 0000 sp 0000 error 4 in libc.so.6',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
    ),
    'init-ended',
    /SIGSEGV/,
    root,
  ],
  [
    lines(
      mounted,
      "/sbin/init: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /lib/systemd/libsystemd-core.so)",
      killed,
    ),
    'missing-symbol',
    /GLIBC_2\.38/,
    root,
  ],
  [
    lines(
      mounted,
      'Fatal glibc error: CPU does not support x86-64-v2',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    ),
    'wrong-processor',
    /x86-64-v2/,
    kernel,
  ],
  [
    lines(linux, 'Run /init as init process', '/bin/busybox: line 1: syntax error: unexpected word', killed),
    'init-ended',
    /syntax error/,
    initramfs,
  ],
  [
    lines(
      linux,
      'Run /init as init process',
      '/init: 12: cannot create /proc/sys/kernel/hotplug: Directory nonexistent',
      '/init: 30: switch_root: not found',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    ),
    'command-missing',
    /switch_root/,
    root,
  ],
  [
    lines(
      linux,
      'EXT4-fs (sda2): mounted filesystem with ordered data mode',
      "systemd[1]: Failed to determine whether root path '/sysroot' contains an OS tree: Bad message",
      '[FAILED] Failed to start Switch Root.',
    ),
    'no-os-tree',
    /OS tree/,
    root,
  ],
  [
    lines(
      linux,
      'EXT4-fs (vda2): bad geometry: block count 2621440 exceeds size of device (1048576 blocks)',
      'mount: mounting /dev/vda2 on /root failed: Invalid argument',
      "Target filesystem doesn't have requested /sbin/init.",
    ),
    'root-damaged',
    /cut off|bad geometry/,
    root,
  ],
  [
    lines(
      linux,
      'F2FS-fs (vda2): Magic Mismatch, valid(0xf2f52010) - read(0x0)',
      'VFS: Cannot open root device "vda2" or unknown-block(254,2): error -22',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)',
    ),
    'root-damaged',
    /Magic Mismatch/,
    root,
  ],
  [
    lines(
      linux,
      'NILFS version 2 loaded',
      'No filesystem could mount root, tried: ext3 ext4 vfat',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)',
    ),
    'no-root-device',
    /cannot mount/,
    kernel,
  ],
  ['qemu-system-aarch64: -bios /usr/share/AAVMF.fd: could not load firmware', 'machine-refused', /firmware/, machine],
  [
    lines('U-Boot 2023.01', 'ERROR: Bad Linux ARM64 Image magic!', 'Bad Linux ARM64 Image magic!', '=> '),
    'loader-broken',
    /magic/,
    loader,
  ],
  [
    lines(
      linux,
      'Begin: Loading essential drivers ... done.',
      'Begin: Mounting root file system ... Begin: Running /scripts/local-top ... done.',
      'Begin: Waiting for root file system ... ',
    ),
    'device-awaited',
    /root/,
    initramfs,
  ],
  [
    lines(linux, 'openrc-init: could not open /dev/console', 'init: fatal: unable to exec /etc/rc: Permission denied'),
    'init-refused',
    /\/etc\/rc/,
    root,
  ],

  [
    lines(
      mounted,
      'audit: type=1400 apparmor="DENIED" operation="open" profile="/usr/sbin/cupsd" name="/etc/x"',
      'cupsd: /etc/x: Permission denied',
    ),
    'access-refused',
    /AppArmor/,
    root,
  ],

  // truncated initrd on modern kernels
  [
    lines(
      linux,
      'Trying to unpack rootfs image as initramfs...',
      'Initramfs unpacking failed: XZ-compressed data is corrupt',
      'Freeing initrd memory: 20000K',
      'Run /init as init process',
      '/init: exec: line 4: /bin/sh: not found',
      killed,
    ),
    'initramfs-damaged',
    /corrupt/,
    initramfs,
  ],
  [
    lines(
      linux,
      'Initramfs unpacking failed: ZSTD-compressed data is truncated',
      'VFS: Cannot open root device "UUID=7" or unknown-block(0,0): error -6',
      noRoot,
    ),
    'initramfs-damaged',
    /truncated/,
    initramfs,
  ],
  [
    lines(linux, 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(1,0)'),
    'initramfs-missing',
    /RAM disk/,
    loader,
  ],
  [
    lines(
      'EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path',
      'EFI stub: ERROR: Failed to allocate usable memory for initrd',
    ),
    'loader-broken',
    /initrd|memory/,
    loader,
  ],
  [lines('Not enough memory to load specified image: initrd.img', 'boot: '), 'kernel-not-started', /--memory/, loader],
  // EXT4
  [
    lines(
      linux,
      "EXT4-fs (vda1): couldn't mount because of unsupported optional features (2000)",
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,1)',
    ),
    'root-features',
    /metadata_csum_seed/,
    root,
  ],
  [
    lines(
      linux,
      "EXT4-fs (vda1): couldn't mount RDWR because of unsupported optional features (10000)",
      'mount: mounting /dev/vda1 on /root failed: Invalid argument',
    ),
    'root-features',
    /orphan_present/,
    root,
  ],
  [
    lines(linux, 'EXT4-fs (vda1): bad block size 65536', 'mount: mounting /dev/vda1 on /root failed: Invalid argument'),
    'root-features',
    /block size/,
    root,
  ],
  [
    lines(
      linux,
      "EXT4-fs (vda1): VFS: Can't find ext4 filesystem",
      'FAT-fs (vda1): bogus number of reserved sectors',
      noRoot,
    ),
    'root-damaged',
    /vda1/,
    root,
  ],
  [
    lines(
      'systemd-fsck[210]: /dev/vda2 has unsupported feature(s): FEATURE_C12 FEATURE_R16',
      'systemd-fsck[210]: e2fsck: Get a newer version of e2fsck!',
      'systemd-fsck[200]: fsck failed with exit status 8.',
      '[FAILED] Failed to start File System Check on Root Device.',
    ),
    'fsck-too-old',
    /orphan_file/,
    root,
  ],
  // I/O errors
  [
    lines(
      linux,
      'virtio_blk virtio0: [vda] 4194304 512-byte logical blocks',
      'I/O error, dev vda, sector 0 op 0x0:(READ) flags 0x0',
      'Buffer I/O error on dev vda, logical block 0, async page read',
      ' vda: unable to read partition table',
      'ALERT!  UUID=1 does not exist.  Dropping to a shell!',
    ),
    'disk-error',
    /vda/,
    machine,
  ],
  [
    lines(
      linux,
      'ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen',
      'ata1.00: failed command: READ DMA',
      'EXT4-fs (sda1): error loading journal',
      'mount: mounting /dev/sda1 on /root failed: Input/output error',
    ),
    'disk-error',
    /ata1/,
    machine,
  ],
  [
    lines(
      mounted,
      'I/O error, dev vda, sector 52',
      'systemd-journald[100]: Failed to write entry, ignoring: Read-only file system',
      'You are in emergency mode.',
    ),
    'disk-error',
    /sector 52/,
    machine,
  ],
  // wrong word size
  [
    lines(
      'Linux version 6.1.0-18-686 (x) #1 SMP',
      mounted,
      'Run /sbin/init as init process',
      'request_module: modprobe binfmt-464c cannot be processed, kmod busy with 50 threads for more than 5 seconds now',
      'Failed to execute /sbin/init (error -8)',
      'Kernel panic - not syncing: No working init found.',
    ),
    'init-wrong-architecture',
    /word size/,
    root,
  ],
  [
    lines(
      mounted,
      'Failed to execute /sbin/init (error -8)',
      'Run /bin/sh as init process',
      'Kernel panic - not syncing: No working init found.',
    ),
    'init-not-started',
    /another architecture/,
    root,
  ],
  [lines(mounted, "can't run '/etc/init.d/rcS': Exec format error"), 'init-script-missing', /Exec format error/, root],
  [
    lines(
      'Run /init as init process',
      '/init: line 9: /bin/mount: cannot execute binary file: Exec format error',
      killed,
    ),
    'wrong-architecture',
    /\/bin\/mount/,
    root,
  ],
  // refuse init
  [lines(mounted, 'init: must be run as PID 1'), 'init-refused', /PID 1/, root],
  [
    lines(mounted, 's6-linux-init: fatal: unable to exec /run/s6/basedir/bin/init: No such file or directory', killed),
    'init-refused',
    /s6/,
    root,
  ],
  [
    lines(
      mounted,
      'INIT: version 3.06 booting',
      'INIT: cannot execute "/etc/init.d/rcS"',
      'INIT: Entering runlevel: 2',
      'INIT: cannot execute "/etc/init.d/rc"',
    ),
    'init-refused',
    /rcS/,
    root,
  ],
  [lines(mounted, 'openrc-init: fatal: could not create control fifo', killed), 'init-refused', /fifo/, root],
  [
    lines(
      mounted,
      '   OpenRC 0.52 is starting up Linux 6.1 (x86_64)',
      ' * ERROR: cannot start localmount as fsck would not start',
    ),
    'service-failed',
    /localmount/,
    root,
  ],
  [
    lines(mounted, 'runsvdir: fatal: unable to change directory to /service: file does not exist'),
    'init-refused',
    /service/,
    root,
  ],
  [
    lines(
      mounted,
      'systemd[1]: Failed to mount tmpfs (type tmpfs) on /run (MS_NOSUID|MS_NODEV|MS_STRICTATIME "mode=755"): No such device',
      '[!!!!!!] Failed to mount API filesystems.',
      'systemd[1]: Freezing execution.',
    ),
    'init-frozen',
    /tmpfs/,
    root,
  ],
  [
    lines(
      mounted,
      'systemd[1]: Failed to create /init.scope control group: Read-only file system',
      'systemd[1]: Failed to allocate manager object: Read-only file system',
      '[!!!!!!] Failed to allocate manager object.',
      'systemd[1]: Freezing execution.',
    ),
    'init-frozen',
    /control group|manager/,
    root,
  ],
  // loader of other versions
  [
    lines('Welcome to GRUB!', "error: symbol `grub_calloc' not found.", 'Entering rescue mode...', 'grub rescue>'),
    'loader-broken',
    /one version/,
    loader,
  ],
  [
    lines(
      'SYSLINUX 6.04',
      'Failed to load ldlinux.c32',
      'Boot failed: please change disks and press a key to continue.',
    ),
    'loader-broken',
    /ldlinux/,
    loader,
  ],
  [lines('SYSLINUX 6.03', 'menu.c32: not a COM32R image', 'boot:'), 'loader-broken', /one version/, loader],
  [
    lines("error: ../../grub-core/kern/dl.c:380:symbol `grub_disk_native_sectors' not found.", 'grub rescue> '),
    'loader-broken',
    /one version/,
    loader,
  ],
  // klibc etc
  [
    lines("run-init: can't execute '/sbin/init': Exec format error", killed),
    'init-not-started',
    /another architecture/,
    root,
  ],
  [
    lines('run-init: /lib/systemd/systemd: No such file or directory', killed),
    'init-not-started',
    /systemd is not there/,
    root,
  ],
  [
    lines("switch_root: can't execute '/sbin/init': No such file or directory", killed),
    'init-not-started',
    /not there/,
    root,
  ],
  [
    lines('switch_root: failed to execute /usr/lib/systemd/systemd: No such file or directory', killed),
    'init-not-started',
    /not there/,
    root,
  ],
  [
    lines(
      'kinit: Mounted root (ext4 filesystem) readonly.',
      'kinit: Unable to execute /sbin/init: No such file or directory',
      killed,
    ),
    'init-not-started',
    /\/sbin\/init/,
    root,
  ],
  [
    lines(linux, 'kinit: Cannot open root device dev(8,1)', 'kinit: init not found!', killed),
    'no-root-device',
    /8,1/,
    initramfs,
  ],
  [
    lines(
      linux,
      'mount: mounting /dev/vda2 on /new_root failed: No such file or directory',
      'switch_root: bad newroot /new_root',
      killed,
    ),
    'no-root-device',
    /\/dev\/vda2/,
    initramfs,
  ],
  [
    lines(
      linux,
      "mount: can't find /dev/vda9 in /etc/fstab",
      'BusyBox v1.36.1 multi-call binary.',
      '',
      'Usage: switch_root [-c CONSOLE_DEV] NEW_ROOT NEW_INIT [ARGS]',
      killed,
    ),
    'init-ended',
    /exit code 1/,
    initramfs,
  ],
  // never came up
  [
    lines(linux, 'Run /init as init process', 'BusyBox v1.36.1 (Debian) built-in shell (ash)', '~ # '),
    'shell-without-test',
    /no root file system/,
    'self-test',
  ],
  [lines(linux, '(initramfs) reboot: Restarting system'), 'initramfs-shell', /gave up/, initramfs],
  // panics
  [
    lines(linux, 'Kernel panic - not syncing: Timeout: Not all CPUs entered broadcast exception handler'),
    'kernel-fault',
    /Timeout/,
    kernel,
  ],
  [
    lines(linux, mounted, 'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [swapper/0:1]'),
    'kernel-fault',
    /soft lockup/,
    kernel,
  ],
  [lines(linux, mounted, 'INFO: task swapper/0:1 blocked for more than 120 seconds.'), 'hung-task', /swapper/, machine],
  [
    lines(linux, 'Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: start_kernel'),
    'kernel-fault',
    /corrupted/,
    kernel,
  ],
  // disk full, network
  [
    lines(mounted, 'tar: write error: No space left on device', 'BOOTPLAN: failed: unpacking tcc'),
    'disk-full',
    /full/,
    root,
  ],
  [
    lines(mounted, 'udhcpc: sendto: Network is unreachable', 'BOOTPLAN: failed: no mirror'),
    'self-test-failed',
    /no mirror/,
    'self-test',
  ],
  // not a failure: reached login
  [
    lines(
      mounted,
      '[FAILED] Failed to start apache2.service - The Apache HTTP Server.',
      'Debian GNU/Linux 12 host ttyS0',
      '',
      'host login: ',
    ),
    'shell-without-test',
    /login/,
    'self-test',
  ],
  [
    lines(
      linux,
      'EXT4-fs (vda2): mounted filesystem with ordered data mode. Quota mode: none.',
      'systemd[1]: Detected virtualization kvm.',
      'Debian GNU/Linux 12 host ttyS0',
      '',
      'host login: ',
    ),
    'shell-without-test',
    /came up/,
    'self-test',
  ],
];

/**
 * Boots that failed for somebody who reported it publicly, told in as few lines as show what happened. The right cause is
 * what reporters and maintainers found; it was written down before the program was asked.
 */
import type { Blamed } from './console.ts';

const linux = 'Linux version 6.1.0-18-amd64 (builder@host) #1 SMP';
const noRoot = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)';
const killed = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100';
const noInit = 'Kernel panic - not syncing: No init found.  Try passing init= option to kernel.';
const lines = (...said: readonly string[]): string => said.join('\n');

export const reported: readonly Blamed[] = [
  // linuxkit/linuxkit#3123
  [
    lines(
      'RAMDISK: gzip image found at block 0',
      'RAMDISK: EOF while reading compressed data',
      'uncompression error',
      'VFS: Cannot open root device "(null)" or unknown-block(0,0): error -6',
      'Please append a correct "root=" boot option; here are the available partitions:',
      noRoot,
    ),
    'initramfs-damaged',
    /cut off/,
    'initramfs',
  ],
  // ataraxialinux/ataraxia#106
  [
    lines(linux, 'RAMDISK: incomplete write (-28 != 4096)', 'Failed to flush()', noRoot),
    'initramfs-too-large',
    /no room.*errno 28[\s\S]*--memory/,
    'machine',
  ],
  // sabotage-linux/sabotage#101
  [
    lines(
      linux,
      "EXT3-fs (vda2): error: couldn't mount because of unsupported optional features (240)",
      "EXT2-fs (vda2): error: couldn't mount because of unsupported optional features (240)",
      'EXT4-fs (vda2): Filesystem with huge files cannot be mounted RDWR without CONFIG_LBDAF',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,2)',
    ),
    'root-features',
    /CONFIG_LBDAF[\s\S]*huge_file/,
    'root file system',
  ],
  // tytso/e2fsprogs#147
  [
    lines(
      linux,
      'Begin: Will now check root file system ... fsck from util-linux 2.36.1',
      '[/sbin/fsck.ext4 (1) -- /dev/mmcblk2p2] fsck.ext4 -a -C0 /dev/mmcblk2p2',
      '/dev/mmcblk2p2 has unsupported feature(s): FEATURE_C12',
      'e2fsck: Get a newer version of e2fsck!',
      'fsck exited with status code 8',
      'done.',
      'Failure: File system check of the root filesystem failed',
      'The root filesystem on /dev/mmcblk2p2 requires a manual fsck',
      '',
      'BusyBox v1.30.1 (Debian 1:1.30.1-6+b3) built-in shell (ash)',
      '(initramfs)',
    ),
    'fsck-too-old',
    /\/dev\/mmcblk2p2.*e2fsck does not know: FEATURE_C12 \(orphan_file\)[\s\S]*-O \^orphan_file/,
    'root file system',
  ],
  // cloud-hypervisor/cloud-hypervisor#2109
  [
    lines(
      linux,
      'blk_update_request: I/O error, dev vda, sector 2 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0',
      'EXT4-fs (vda): unable to read superblock',
      "/dev/root: Can't open blockdev",
      'VFS: Cannot open root device "vda" or unknown-block(254,0): error -5',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,0)',
    ),
    'disk-error',
    /could not read its disk/,
    'machine',
  ],
  // raspberrypi/Raspberry-Pi-OS-64bit#112
  [
    lines(
      'Linux version 3.2.0-4-686 (builder@host) #1 SMP',
      'VFS: Mounted root (ext4 filesystem) readonly on device 8:1.',
      'request_module: runaway loop modprobe binfmt-464c',
      'request_module: runaway loop modprobe binfmt-464c',
      noInit,
    ),
    'init-wrong-architecture',
    /ELF.*(?:word size|architecture)/,
    'root file system',
  ],
  // QubesOS/qubes-issues#3911
  [
    lines(
      linux,
      'mount: wrong fs type, bad option, bad superblock on /dev/xvda,',
      '       missing codepage or helper program, or other error',
      'mount: /sysroot not mounted or bad option',
      'random: crng init done',
      'switch_root: failed to mount moving /sysroot to /: Invalid argument',
      'switch_root: failed. Sorry.',
      killed,
    ),
    'not-mounted',
    /root file system could not be mounted: "mount: wrong fs type, bad option, bad superblock on \/dev\/xvda/,
    'root file system',
  ],
  // rear/rear#509
  [
    lines(
      linux,
      'Begin: Running /scripts/init-bottom ... done.',
      'run-init: /sbin/init: No such file or directory',
      'Kernel panic - not syncing: Attempted to kill init!',
    ),
    'init-not-started',
    /\/sbin\/init is not there, or the loader.*errno 2/,
    'root file system',
  ],
  // openlumi/openlumi.github.io#41
  [
    lines(
      linux,
      'VFS: Mounted root (ext4 filesystem) readonly on device 8:1.',
      'INIT: version 2.96 booting',
      'INIT: No inittab.d directory found',
      'INIT: No inittab file found',
      '',
      'Enter runlevel:',
    ),
    'no-inittab',
    /etc\/inittab/,
    'root file system',
  ],
  // mbusb/multibootusb#12
  [
    lines(
      'SYSLINUX 6.03 EDD Copyright (C) 1994-2014 H. Peter Anvin et al',
      'Undef symbol FAIL: __syslinux_shuffler_size',
      'Failed to load libcom32.c32',
      'Failed to load COM32 file boot/syslinux/whichsys.c32',
      'boot:',
    ),
    'loader-broken',
    /module[\s\S]*one version/,
    'boot loader',
  ],
  // alpinelinux/aports PR#8819
  [
    lines(
      'ISOLINUX 6.04 6.04-pre3 ETCD Copyright (C) 1994-2015 H. Peter Anvin et al',
      'Failed to load ldlinux.c32',
      'Boot failed: press a key to retry...',
    ),
    'loader-broken',
    /ldlinux\.c32/,
    'boot loader',
  ],
  // cmhe/meta-readonly-rootfs-overlay PR#7
  [
    lines(
      'rorootfs-overlay: Could not mount PARTUUID=11111111-02, bind mounting...',
      'EXT4-fs (sda4): mounted filesystem with ordered data mode. Opts: (null)',
      "chroot: can't execute '/sbin/init': No such file or directory",
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
    ),
    'init-not-started',
    /\/sbin\/init is not there.*Before it.*Could not mount PARTUUID=11111111-02/,
    'root file system',
  ],
  // tokiclover/mkinitramfs-ll#3
  [
    lines(
      'Run /init as init process',
      '/init: line 177: syntax error: bad substitution',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000200',
    ),
    'init-syntax',
    /\/init has a syntax error in line 177/,
    'initramfs',
  ],
  // gtxaspec/wz_mini_hacks#124
  [
    lines(linux, 'Freeing unused kernel memory: 484K', 'Failed to execute /init', noInit),
    'initramfs-init',
    /\/init .*could not be (?:started|executed)/,
    'initramfs',
  ],
  // ipxe/ipxe#1454
  [
    lines(
      linux,
      'Initramfs unpacking failed: invalid magic at start of compressed archive',
      'List of all partitions:',
      'No filesystem could mount root, tried: ',
      noRoot,
    ),
    'initramfs-damaged',
    /invalid magic/,
    'initramfs',
  ],
  // hyperhq/hyperd#461
  [
    lines(
      linux,
      "RAMDISK: Couldn't find valid RAM disk image starting at 0.",
      'VFS: Cannot open root device "(null)" or unknown-block(0,0): error -6',
      noRoot,
    ),
    'initramfs-damaged',
    /valid RAM disk image/,
    'initramfs',
  ],
  // churchers/vm-bhyve#553, cockpit-project/bots#6769
  [
    lines(linux, 'Initramfs unpacking failed: write error', 'Failed to execute /init (error -2)', noRoot),
    'initramfs-too-large',
    /--memory/,
    'machine',
  ],
  // IRATI/stack#784
  [
    lines(linux, 'Kernel panic - not syncing: Out of memory and no killable processes...'),
    'out-of-memory',
    /--memory/,
    'machine',
  ],
  // pr0v3rbs/FirmAE#29
  [
    lines(
      linux,
      'Initrd not found or empty - disabling initrd',
      'VFS: Cannot open root device "sda1" or unknown-block(0,0): error -6',
      noRoot,
    ),
    'initramfs-damaged',
    /empty/,
    'initramfs',
  ],
  // xvisor/xvisor#152
  [
    lines(
      linux,
      'VFS: Cannot open root device "ram" or unknown-block(1,0): error -6',
      'Please append a correct "root=" boot option; here are the available partitions:',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(1,0)',
    ),
    'initramfs-missing',
    /RAM disk/,
    'boot loader',
  ],
  // MrChromebox/scripts#257
  [
    lines(
      'Welcome to GRUB!',
      "error: symbol 'grub_debug_malloc' not found.",
      'Entering rescue mode...',
      'grub rescue> ',
    ),
    'loader-broken',
    /module[\s\S]*one version/,
    'boot loader',
  ],
  // datasone/grub-mod-setup_var#39
  [
    lines("error: file `/boot/grub/i386-pc/normal.mod' not found.", 'Entering rescue mode...', 'grub rescue> '),
    'loader-broken',
    /module.*normal\.mod/,
    'boot loader',
  ],
  // Frogging-Family/linux-tkg#1176
  [
    lines('GNU GRUB  version 2.12', 'error: bad shim signature.', 'error: you need to load the kernel first.'),
    'efi-refused',
    /Secure Boot/,
    'boot loader',
  ],
  // systemd/systemd#24505
  [
    lines(
      'BdsDxe: starting Boot0001 "UEFI QEMU QEMU HARDDISK " from PciRoot(0x0)',
      'Error loading \\3e59\\5.19.4\\linux: Unsupported',
      'Failed to execute Fedora Linux 36 (\\3e59\\5.19.4\\linux): Unsupported',
    ),
    'loader-broken',
    /Unsupported/,
    'boot loader',
  ],
  // cwt-vf2/archlinux-image-vf2#12
  [
    lines(
      'U-Boot 2021.10 (Feb 12 2023)',
      'ERROR: Did not find a cmdline Flattened Device Tree',
      'Could not find a valid device tree',
      'SCRIPT FAILED: continuing...',
    ),
    'loader-broken',
    /device tree/i,
    'boot loader',
  ],
  // armbian/build#717
  [
    lines(
      'U-Boot 2017.05 (Jul 18 2017)',
      '** File not found /boot/uInitrd **',
      'Wrong Ramdisk Image Format',
      'Ramdisk image is corrupt or invalid',
    ),
    'loader-broken',
    /uInitrd/,
    'boot loader',
  ],
  // AsteroidOS/meta-asteroid#174
  [
    lines(
      linux,
      'JBD2: Unrecognised features on journal',
      'EXT4-fs (mmcblk0p29): error loading journal',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(179,29)',
    ),
    'root-features',
    /journal/,
    'root file system',
  ],
  // toulousain79/MyTomato#2
  [
    lines(
      linux,
      "EXT4-fs (sda1): couldn't mount RDWR because of unsupported optional features (400)",
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,1)',
    ),
    'root-features',
    /metadata_csum/,
    'root file system',
  ],
  // pgj/freebsd-wifibox#75
  [
    lines(
      linux,
      'SQUASHFS error: Unknown LZ4 version',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,0)',
    ),
    'root-features',
    /LZ4/,
    'root file system',
  ],
  // raphael/linux-samus#192
  [
    lines(
      linux,
      'squashfs: SQUASHFS error: Filesystem uses "xz" compression. This is not supported',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,0)',
    ),
    'root-features',
    /"xz" compression/,
    'root file system',
  ],
  // raphael/linux-samus#218
  [
    lines(
      linux,
      'Begin: Running /scripts/local-block ...   Volume group "vg01" not found',
      '  Cannot process volume group vg01',
      'Gave up waiting for root file system device.  Common problems:',
      'ALERT!  /dev/mapper/vg01-root does not exist.  Dropping to a shell!',
      '(initramfs) ',
    ),
    'no-root-device',
    /vg01[\s\S]*lvm2/,
    'initramfs',
  ],
  // pop-os/pop#2248
  [
    lines(
      linux,
      'Gave up waiting for root file system device. Common problems:',
      'ALERT! /dev/mapper/data-root does not exist. Dropping to a shell!',
      '(initramfs) ',
    ),
    'no-root-device',
    /\/dev\/mapper\/data-root[\s\S]*cryptsetup/,
    'initramfs',
  ],
  // TommyTran732/Arch-Setup-Script#26
  [
    lines(
      'Waiting 10 seconds for device /dev/mapper/cryptroot ...',
      "ERROR: device '/dev/mapper/cryptroot' not found. Skipping fsck.",
      ":: mounting '/dev/mapper/cryptroot' on real root",
      'mount: /new_root: no valid filesystem type specified.',
      "ERROR: Failed to mount '/dev/mapper/cryptroot' on real root",
      'You are now being dropped into an emergency shell.',
    ),
    'no-root-device',
    /\/dev\/mapper\/cryptroot[\s\S]*cryptsetup/,
    'initramfs',
  ],
  // systemd/systemd#14098
  [
    lines(
      linux,
      'device-mapper: table: 254:0: crypt: Error allocating crypto tfm (-ENOENT)',
      'systemd-cryptsetup[210]: Failed to activate with specified passphrase: No such file or directory',
      '[FAILED] Failed to start Cryptography Setup for root.',
      '[DEPEND] Dependency failed for /dev/mapper/root.',
      '[ TIME ] Timed out waiting for device /dev/mapper/root.',
      '[DEPEND] Dependency failed for Initrd Root Device.',
    ),
    'root-locked',
    /encrypted[\s\S]*cipher/,
    'initramfs',
  ],
  // cawilliamson/ansible-gpdpocket#19
  [
    lines(
      linux,
      'Begin: Mounting root file system ... EXT4-fs (mmcblk0p5): mounted filesystem with ordered data mode.',
      '(initramfs) Unable to find a medium containing a live file system',
    ),
    'no-live-medium',
    /live/,
    'initramfs',
  ],
  // dracutdevs/dracut#1820
  [
    lines(
      linux,
      "systemctl[782]: Failed to switch root: Specified switch root path '/sysroot' does not seem to be an OS tree. os-release file is missing.",
      'systemd[1]: initrd-switch-root.service: Main process exited, code=exited, status=1/FAILURE',
      '[FAILED] Failed to start Switch Root.',
      'You are in emergency mode. After logging in, type "journalctl -xb"',
    ),
    'no-os-tree',
    /os-release/,
    'root file system',
  ],
  // ShaoxunZeng/DKernel-Plus#2
  [
    lines(
      linux,
      'mount: mounting /dev/vda1 on /root failed: No such device',
      'Begin: Running /scripts/init-bottom ... mount: mounting /dev on /root/dev failed: No such file or directory',
      'mount: mounting /run on /root/run failed: No such file or directory',
      'run-init: current directory on the same filesystem as the root: error 0',
      "Target filesystem doesn't have requested /sbin/init.",
      'No init found. Try passing init= bootarg.',
      '(initramfs) ',
    ),
    'not-mounted',
    /\/dev\/vda1.*no driver for (?:its|that) file system/,
    'root file system',
  ],
  // systemd/systemd#9963
  [
    lines(
      '[  !!  ] Failed to execute /sbin/init',
      'systemd[1]: No /sbin/init, trying fallback',
      'systemd[1]: Failed to execute /bin/sh, giving up: No such file or directory',
      '[!!!!!!] Failed to execute fallback shell, freezing.',
    ),
    'init-not-started',
    /\/sbin\/init/,
    'root file system',
  ],
  // openwrt/openwrt#15492, rockstor/rockstor-core#1980
  [
    lines(
      linux,
      'BTRFS error (device sda1): devid 2 uuid 228e4f85-b72a-40e1-baf1-cbf66570330e is missing',
      'BTRFS error (device sda1): failed to read the system array: -2',
      'BTRFS error (device sda1): open_ctree failed',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,1)',
    ),
    'root-incomplete',
    /devid 2/,
    'root file system',
  ],
  // arighi/virtme-ng#108
  [
    lines(
      '9pnet_virtio: no channels available for device /dev/root',
      'VFS: Cannot open root device "(null)" or unknown-block(0,0): error -2',
      noRoot,
    ),
    'no-root-device',
    /no channels available[\s\S]*Share/,
    'machine',
  ],
  // xvisor/xvisor#181
  [
    lines(
      linux,
      'virtio_blk virtio1: [vda] 0 512-byte logical blocks (0 B/0 B)',
      'VFS: Cannot open root device "vda" or unknown-block(254,0): error -6',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,0)',
    ),
    'no-root-device',
    /vda is empty/,
    'machine',
  ],
  // canonical/lxd#5831
  [
    lines(
      'Failed to mount cgroup at /sys/fs/cgroup/systemd: Operation not permitted',
      '[!!!!!!] Failed to mount API filesystems, freezing.',
      'Freezing execution.',
    ),
    'init-frozen',
    /cgroup/,
    'root file system',
  ],
  // systemd/systemd#6477
  [
    lines(
      'systemd[1]: Failed to allocate manager object: No medium found',
      '[!!!!!!] Failed to allocate manager object.',
    ),
    'init-frozen',
    /manager object: No medium found/,
    'root file system',
  ],
  // WebPlatformForEmbedded/meta-wpe#187
  [
    lines('INIT: Entering runlevel: 5', 'INIT: Id "s0" respawning too fast: disabled for 5 minutes'),
    'no-terminal',
    /"s0"[\s\S]*inittab/,
    'root file system',
  ],
  // rear/rear#1644
  [
    lines(
      'agetty[525]: /dev/ttyS0: not a tty',
      'systemd[1]: serial-getty@ttyS0.service: Main process exited, code=exited, status=1/FAILURE',
    ),
    'no-terminal',
    /ttyS0/,
    'root file system',
  ],
  // container-os/container-os#5
  [
    lines(
      'systemd[1]: Switching root.',
      'systemd[1]: Timed out waiting for device /dev/disk/by-uuid/f6a133cb-c94d.',
      '[DEPEND] Dependency failed for /boot.',
      'You are in emergency mode. After logging in, type "journalctl -xb" to view',
      'Cannot open access to console, the root account is locked.',
    ),
    'device-missing',
    /by-uuid\/f6a133cb-c94d[\s\S]*fstab/,
    'root file system',
  ],
  // kata-containers/kata-containers#771
  [
    lines('Run /init as init process', 'entering rust-agent', 'Error: No such file or directory (os error 2)', killed),
    'init-ended',
    /exit code 1\b.*os error 2/,
    'initramfs',
  ],
  // OpenRC/openrc#787
  [
    lines(
      'Run /sbin/init as init process',
      ' * Mounting /dev/shm ...',
      ' [ ok ]',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000000',
    ),
    'init-ended',
    /returned/,
    'root file system',
  ],
  // jlesage/docker-crashplan-pro#334
  [
    lines('export: fatal: unable to exec /etc/s6/init/init-stage1: No such file or directory', killed),
    'init-refused',
    /init-stage1/,
    'root file system',
  ],
  // sahandKashani/SoC-FPGA-Design-Guide#12
  [
    lines(
      'VFS: Mounted root (ext4 filesystem) readonly on device 179:2.',
      'The disk drive for /srv is not ready yet or not present.',
      'Continue to wait, or Press S to skip mounting or M for manual recovery',
    ),
    'device-missing',
    /\/srv/,
    'root file system',
  ],
  // Tomas-M/linux-live#206
  [
    lines(linux, 'Initramfs unpacking failed: junk at the end of compressed archive', noRoot),
    'initramfs-damaged',
    /junk/,
    'initramfs',
  ],
  // ironrobin/archiso-x13s#20
  [
    lines(
      'ERROR: device /dev/mapper/root not found. Skipping fsck.',
      ':: mounting /dev/mapper/root on real root',
      "mount: /new_root: fsconfig() failed: /dev/mapper/root: Can't lookup blockdev.",
    ),
    'no-root-device',
    /\/dev\/mapper\/root/,
    'initramfs',
  ],
];

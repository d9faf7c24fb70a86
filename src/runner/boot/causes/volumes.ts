/**
 * What is said of a root that lies on something which must be put together first: encryption, LVM, RAID, a share, a
 * live medium.
 */
import { always, type Cause, rebuildImage, rebuildInitramfs, rootMounted } from './cause.ts';

/** Names the program of the initramfs that alone can bring a device. */
export const volumeAdvice =
  'It is a volume that something must open first: the initramfs needs lvm2 (LVM), cryptsetup and dm_crypt (LUKS) or mdadm (RAID), and their configuration.';

/** The rows of this file, in no order that matters. */
export const volumeCauses: readonly Cause[] = [
  {
    id: 'root-locked',
    where: 'initramfs',
    phase: 'root-device',
    shows:
      /^.*?(Please (?:unlock disk|enter (?:the )?(?:LUKS )?pass(?:phrase|word) for).*|Enter (?:the )?(?:LUKS )?pass(?:phrase|word) for (?!root\b).*|cryptsetup: (?:ERROR|WARNING): .*(?:failed|bad password|maximum number of tries).*|cryptsetup(?: \(\S+\))?: (?:cryptsetup failed|Waiting for encrypted source device|unknown fstype).*|No key available with this passphrase.*|Device \S+ is not a valid LUKS device.*|device-mapper: .*crypt: .*|Failed to activate with (?:specified|key).*|Failed to start (?:systemd-cryptsetup@\S+.*|Cryptography Setup for .*)|Check that kernel supports \S+ cipher.*|Cannot (?:initialize|use) (?:device-mapper|cipher).*|A password is required to access the \S+ volume.*)$/i,
    past: rootMounted,
    cause: ([, said]) => `The root file system is encrypted, and was not opened: "${said}".`,
    fix: always(
      'With nobody there to type, it needs a key file in the initramfs, named in its crypttab; or leave the root of a test image unencrypted.',
      'The kernel needs dm_crypt and the cipher (aes, xts, af_alg), built in or as modules of the initramfs.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    shows:
      /^.*?(Volume group "?\S+?"? not found.*|Cannot process volume group \S+.*|Couldn't find device with uuid .*|Failed to find (?:logical volume|VG) .*|Refusing activation of partial LV .*|LV \S+ (?:is )?(?:incomplete|not found).*)$/,
    past: rootMounted,
    cause: ([, said]) => `The volume that holds the root file system (LVM) was not found: "${said}".`,
    fix: always(
      'Does the disk that holds the volume group have its driver in the initramfs, and are all disks of the group there?',
      'The initramfs needs lvm2 and dm_mod; the names in root= (and rd.lvm.lv=) must be those that `lvs` shows.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    shows:
      /^.*?(md\/raid\S*: ?not enough operational .*|md: pers->run\(\) failed.*|md: personality for level \S+ is not loaded.*|mdadm: (?:failed to (?:RUN_ARRAY|start array|run array)|no devices found for|\S+ assembled from \d+ drives? - (?:not enough|need all)).*)$/i,
    past: rootMounted,
    cause: ([, said]) => `The array that holds the root file system (RAID) was not started: "${said}".`,
    fix: always(
      'Are all its disks there, and the module of its level (raid1, raid456) in the initramfs?',
      'The initramfs needs mdadm and an mdadm.conf that names the array.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    shows:
      /^.*?((?:Message: )?cannot import '\S+': .*|The ZFS modules are not loaded.*|Failed to (?:import|load) (?:ZFS|pool).*|cannot open '\S+': dataset does not exist.*)$/,
    past: rootMounted,
    cause: ([, said]) => `The pool that holds the root file system (ZFS) was not imported: "${said}".`,
    fix: always(
      'The initramfs needs the modules of ZFS for this very kernel, and the driver of every disk of the pool.',
      rebuildInitramfs,
    ),
  },
  {
    id: 'no-root-device',
    where: 'machine',
    phase: 'root-device',
    shows:
      /^.*?(9pnet\w*: no channels available for device (?!drvfs).*|virtio-?fs: (?:tag <?\S+>? not found|unknown tag).*|virtiofs.*tag.*not found.*)$/,
    past: rootMounted,
    cause: ([, said]) => `The directory of the host that was to be the root is not shared with the guest: "${said}".`,
    fix: always('Share it: -virtfs or a virtiofs device whose tag is what root= names; or boot from a disk.'),
  },
  {
    id: 'no-root-device',
    where: 'machine',
    phase: 'root-device',
    shows: /^.*?\[(\w+)\] 0 \d+-byte (?:logical|physical|hardware) (?:blocks|sectors).*$/,
    past: rootMounted,
    cause: ([, disk]) => `The disk ${disk} is empty: the machine was given an image of 0 bytes.`,
    fix: always(
      '`qemu-img info IMAGE`: was it written to its end, and is the format right (raw or qcow2)?',
      rebuildImage,
    ),
  },
  {
    id: 'root-nfs',
    where: 'boot loader',
    phase: 'root-device',
    shows:
      /^.*?(Root-NFS: .*|IP-Config: (?:No network devices available|Auto-configuration of network failed|Unable to set|Failed to open \S+|no response).*|nfs: server \S+ not responding.*|(?:mount\.nfs|nfsmount|mount): .*(?:NFS|nfs|:\/\S+).*(?:failed|refused|timed out|denied).*|iscsi(?:start|d|adm)?: .*(?:error|fail|cannot).*)$/,
    with: /nfs|NFS|iscsi|ip=dhcp/,
    past: rootMounted,
    cause: ([, said]) => `The root was to come over the network, and did not: "${said}".`,
    fix: always(
      'The boot check gives the guest no network on purpose: name the disk, root=/dev/vda2 or root=UUID=...',
      'If the network is meant: ip=dhcp, the driver of the card in the initramfs, and a server that exports the root.',
      rebuildImage,
    ),
  },
  {
    id: 'no-live-medium',
    where: 'initramfs',
    phase: 'root-device',
    shows:
      /^.*?(Unable to find a (?:live )?medium containing a live file system.*|Unable to find a live file system.*|(?:Could not|Cannot|Can't) (?:locate|find|mount) .*(?:live (?:image|medium|media|filesystem)|squashfs|\.sqfs|data (?:on|in)|boot media).*|ERROR: '?\/dev\/\S+?'? device did not show up after .*)$/i,
    past: rootMounted,
    cause: ([, said]) => `The initramfs did not find the medium with its live file system: "${said!.trim()}".`,
    fix: always(
      'Give the machine the medium as a disk or CD that the initramfs has a driver for (isofs, sr_mod, usb_storage, virtio_blk).',
      'Label and path on it must be those of the kernel command line, and the squashfs must be there whole.',
    ),
  },
  {
    id: 'no-live-medium',
    where: 'initramfs',
    phase: 'root-device',
    shows: /^.*(Mounting boot media).*$/,
    with: /emergency recovery shell/,
    past: rootMounted,
    cause: ([, said]) => `The initramfs did not find the medium to boot from ("${said}").`,
    fix: always(
      'Give the machine the medium as a disk or CD that the initramfs has a driver for; an installed system names its disk, root=UUID=... and modules=.',
    ),
  },
  {
    id: 'not-mounted',
    where: 'root file system',
    phase: 'root-file-system',
    grade: 'summary',
    shows:
      /^.*?(Failed to (?:mount block device of live image|find a root filesystem in \S+).*|Can(?:not| ?not|'t) mount \/dev\/loop\d+ .*)$/,
    past: rootMounted,
    cause: ([, said]) => `The live file system could not be mounted: "${said}".`,
    fix: always(
      'The kernel needs squashfs, loop and overlay, built in or as modules of the initramfs, and the squashfs must be there whole.',
    ),
  },
  {
    id: 'no-root-parameter',
    where: 'boot loader',
    phase: 'root-device',
    shows:
      /^.*?(No or empty root= argument.*|Don't know how to handle 'root=\S*'.*|No root device specified.*|(?:root=|root device) (?:is )?not (?:specified|set|given).*|(?:Could not|Unable to) find the root block device in ?\.?.*|Unable to determine major\/minor number of root device.*)$/,
    past: rootMounted,
    cause: ([, said]) => `The kernel was started without a root= that the initramfs understands: "${said}".`,
    fix: always('Add root=UUID=... to the configuration of the boot loader.', rebuildImage),
  },
  {
    id: 'no-root-device',
    where: 'initramfs',
    phase: 'root-device',
    grade: 'effect',
    shows:
      /^.*?([Tt]imed out waiting for (?:root )?device \S+, trying .*|Block device (\S+) is not a valid root device.*|kinit: Cannot open root device .*|Waiting for (?:root|\/dev\/\S+).*(?:failed|timed? ?out).*|ERROR: device '?\S+?'? not found\..*|[Rr]oot (?:device|partition|file ?system) (?:\S+ )?(?:was |is )?not found.*|(?:[Cc]annot|[Cc]ould not|[Uu]nable to) find (?:the )?(?:root|boot) (?:device|partition|file ?system).*|mount: mounting (?:\/dev\/\S+|UUID=\S+|LABEL=\S+) on \/(?:root|newroot|new_root|sysroot|mnt-root|mnt\/root|mnt|rootfs|realroot)\/? failed: No such file or directory|findfs: .*)$/,
    past: rootMounted,
    cause: ([, said]) => `The root device did not appear: "${said!.trim()}".`,
    fix: (_, console) => [
      'Is root= right, and is the driver of the disk in the initramfs (virtio_blk, virtio_pci, sd_mod, ata_piix, nvme)?',
      ...(/\/dev\/mapper\/|\/dev\/md|\/dev\/dm-/.test(console) ? [volumeAdvice] : []),
      rebuildInitramfs,
    ],
  },
];

/** What kernels say of the memory and the disks of the machine, and of faults in their own drivers. */
import { always, type Cause, rebuildImage, rootMounted } from './cause.ts';

const moreMemory = 'Give it more: --memory MIB.';

/** The rows of this file, in no order that matters. */
export const kernelCauses: readonly Cause[] = [
  {
    id: 'kernel-damaged',
    where: 'kernel',
    phase: 'kernel',
    grade: 'effect',
    shows: /^(\S.*)\n+[ \t]*-- System halted/,
    cause: ([, said]) => `The kernel could not unpack itself, and stopped: "${said!.trim()}".`,
    fix: always(
      'The kernel image is damaged, or the machine has too little memory for it (--memory MIB).',
      rebuildImage,
    ),
  },
  {
    id: 'wrong-processor',
    where: 'kernel',
    phase: 'kernel',
    shows:
      /^.*?(Error: (?:invalid dtb and )?unrecognized\/unsupported (?:processor variant|machine ID).*|(?:CPU|processor) (?:is )?not supported by this kernel.*|Attempted to boot .* on (?:an? )?unsupported CPU.*|[Ii]llegal instruction.*kernel mode.*)$/,
    past: rootMounted,
    cause: ([, said]) => `The kernel is not for this machine or its processor: "${said}".`,
    fix: always('Give QEMU another processor (-cpu max) or machine (-M), or take a kernel that is built for it.'),
  },
  {
    id: 'out-of-memory',
    where: 'machine',
    phase: 'memory',
    shows:
      /^.*?((?<!\S)\S+ invoked oom-killer: .*|oom-kill:.*|Killed process \d+ \(.*|Kernel panic - not syncing: .*(?:[Oo]ut of memory|no killable processes|[Ff]ailed to allocate|[Cc]annot allocate).*|Not enough memory to (?:boot|start|run).*)$/,
    cause: ([, said]) => `The guest ran out of memory: "${said}".`,
    fix: always(moreMemory),
  },
  {
    id: 'out-of-memory',
    where: 'machine',
    phase: 'memory',
    grade: 'effect',
    shows:
      /^.*?(page allocation failure.*|: Cannot allocate memory\b.*|: (?:[Oo]ut of memory|Memory exhausted)[.!]?|virtual memory exhausted.*|fork failed.*memory.*)$/,
    cause: ([, said]) => `The guest has too little memory: "${said!.trim()}".`,
    fix: always(moreMemory),
  },
  {
    id: 'disk-too-short',
    where: 'machine',
    phase: 'disk',
    shows:
      /^.*?((?:(?<!\S)\S+: )?attempt to access beyond end of device.*|: rw=\d+, .*want=\d+, limit=\d+.*|GPT: .*(?:beyond|past) (?:the )?(?:end of )?disk.*|(?<!\S)\S+: p\d+ (?:size \d+ )?(?:extends|start \d+ is) beyond EOD.*)$/,
    cause: ([, said]) => `The disk ends before what is on it: the image was cut off ("${said}").`,
    fix: always(
      'Compare the size of the image with `sfdisk -l IMAGE`; was it copied or downloaded to its end?',
      rebuildImage,
    ),
  },
  {
    id: 'disk-error',
    where: 'machine',
    phase: 'disk',
    shows:
      /^.*?((?:end_request|print_req_error|blk_update_request): .*(?:error|timeout).*dev (?!fd\d|sr\d).*|critical \w+ error, dev (?!fd\d|sr\d).*|sd \S+: \[\w+\] (?:.*(?:Medium Error|Hardware Error|Unrecovered read error)).*|virtio_blk \S+: .*(?:timeout|[Ff]ailed).*|\bDID_(?:BAD_TARGET|TIME_OUT|ERROR)\b.*)$/,
    cause: ([, said]) => `The guest could not read its disk: "${said}".`,
    fix: always('Check the image: `qemu-img check IMAGE`; is the disk of the host full or failing?', rebuildImage),
  },
  {
    id: 'disk-error',
    where: 'machine',
    phase: 'disk',
    shows:
      /^.*?(nvme\d*(?: \S+)?: .*(?:timeout|controller is down|Removing after probe failure|Device not ready).*|mmc\d+: (?:error -\d+ (?:whilst|while) initialising (?:SD|MMC) card|.*[Tt]imeout waiting).*|ata\d+: (?:COMRESET failed|softreset failed).*)$/,
    past: rootMounted,
    cause: ([, said]) => `The guest could not start its disk: "${said}".`,
    fix: always(
      'Try another kind of device (if=virtio, -device nvme) or a newer kernel; is the disk of the host failing?',
    ),
  },
  {
    id: 'driver-failed',
    where: 'kernel',
    phase: 'driver',
    grade: 'effect',
    shows:
      /^.*?((?:virtio|ata|ahci|nvme|scsi|sd|mmc|sdhci|xhci|pci|xen|vmw_pvscsi|hv_|ibmv)\S*(?: \S+)?: probe (?:of \S+|with driver \S+) failed with error (-\d+).*)$/,
    past: rootMounted,
    cause: ([, said]) => `A driver of the kernel could not take the device of the disk: "${said}".`,
    fix: always(
      'Try another kind of device or machine (-M), or a newer kernel; the lines above it say what the driver wanted.',
    ),
  },
  {
    id: 'kernel-fault',
    where: 'kernel',
    phase: 'fault',
    shows:
      /^.*?(PANIC: (?:early|double) .*|(?:early exception|double fault).*|Asynchronous SError.*|stack-protector: Kernel stack is corrupted.*|corrupted stack end.*|[Mm]achine [Cc]heck(?! exception polling).*(?:panic|Exception).*|(?:.*: )?IO-APIC \+ timer doesn't work.*|Timeout: Not all CPUs entered.*|Fatal (?:hardware|local|Machine).*|invalid opcode: \d+ \[#\d+\].*|divide error: \d+ \[#\d+\].*|Aiee, killing interrupt handler.*|Attempted to kill the idle task.*|UBSAN: .*panic.*|KASAN: .*)$/,
    cause: ([, said]) => `The kernel itself failed: "${said}".`,
    fix: always(
      'Try another kernel, another machine (-M) or --accel tcg; a fault that comes back is a fault of the kernel or of its modules.',
    ),
  },
];

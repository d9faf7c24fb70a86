/** What starts the machine that an image is for. */

/** What a machine starts with. */
export type Firmware = 'bios' | 'uefi';

/** What starts an image: arm64 knows UEFI alone, on others it is a choice. */
export const firmwareOf = (architecture: string, asked?: Firmware): Firmware =>
  architecture === 'arm64' ? 'uefi' : (asked ?? 'bios');

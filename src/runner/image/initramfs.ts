/**
 * The initramfs: a cpio archive in the `newc` format, as the kernel's own documentation describes it
 * (driver-api/early-userspace/buffer-format). Written here, so that the same content gives the same bytes: no inode
 * numbers, times or users of this machine get in.
 */
import type { KernelModule } from './kernel.ts';

/** One entry of the archive. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** File type and permissions, as in stat. */
  readonly mode: number;
  readonly content?: Uint8Array;
  /** Of a device node. */
  readonly device?: readonly [major: number, minor: number];
}

const fileType = { file: 0o100000, directory: 0o040000, character: 0o020000 } as const;

const padding = (length: number): Uint8Array => new Uint8Array((4 - (length & 3)) & 3);

function record(index: number, entry: CpioEntry): Uint8Array[] {
  const name = Buffer.from(`${entry.path}\0`);
  const content = entry.content ?? new Uint8Array();
  const [major, minor] = entry.device ?? [0, 0];
  const links = (entry.mode & 0o170000) === fileType.directory ? 2 : 1;
  const fields = [index, entry.mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length, 0];
  const header = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

/** The archive, ended by its trailer and padded to 512 bytes. Entries keep their order; directories come first. */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts = entries.flatMap((entry, i) => record(i + 1, entry));
  parts.push(...record(0, { path: 'TRAILER!!!', mode: 0 }));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, new Uint8Array((512 - (length % 512)) % 512)]);
}

const directory = (path: string): CpioEntry => ({ path, mode: fileType.directory | 0o755 });

/** Our init, the modules in the order in which they are to be loaded, and a console for the first words. */
export function initramfs(init: Uint8Array, modules: readonly KernelModule[]): Buffer {
  const files = modules.map((m) => ({
    path: `modules/${m.name}.ko`,
    mode: fileType.file | 0o644,
    content: m.content,
  }));
  const list = modules.map((m) => `${m.name}.ko\n`).join('');
  return cpio([
    ...['dev', 'modules', 'proc', 'root', 'sys'].map(directory),
    { path: 'dev/console', mode: fileType.character | 0o600, device: [5, 1] },
    { path: 'init', mode: fileType.file | 0o755, content: init },
    { path: 'modules.list', mode: fileType.file | 0o644, content: Buffer.from(list) },
    ...files,
  ]);
}

/**
 * The files of a job as a Merkle tree of the Remote Execution API: a directory is named by the digest of its message.
 */
import { byteOrder } from '../../order.ts';
import { digestMessage, messages } from '../store/messages.ts';
import type { Digest } from '../store/store.ts';
import { debPath, type Job } from './job.ts';

interface Tree {
  readonly files: Map<string, Digest>;
  readonly directories: Map<string, Tree>;
}

const empty = (): Tree => ({ files: new Map(), directories: new Map() });

/**
 * @param put keeps a message under its digest
 * @returns the digest of the root; everything but the files themselves has been put
 */
export async function inputRoot(
  job: Job,
  document: Digest,
  put: (message: Uint8Array) => Promise<Digest>,
): Promise<Digest> {
  const root = empty();
  const add = (path: string, digest: Digest): void => {
    const names = path.split('/');
    const file = names.pop()!;
    let at = root;
    for (const name of names) {
      const below = at.directories.get(name) ?? empty();
      at.directories.set(name, below);
      at = below;
    }
    at.files.set(file, digest);
  };
  add('job', document);
  for (const { path, sha256, bytes } of job.files) add(path, { sha256, bytes });
  for (const { sha256, bytes } of job.inputs) add(debPath(sha256), { sha256, bytes });
  return putTree(root, put);
}

async function putTree(tree: Tree, put: (message: Uint8Array) => Promise<Digest>): Promise<Digest> {
  const directories: { name: string; digest: ReturnType<typeof digestMessage> }[] = [];
  for (const [name, below] of [...tree.directories].sort(([a], [b]) => byteOrder(a, b)))
    directories.push({ name, digest: digestMessage(await putTree(below, put)) });
  const files = [...tree.files].sort(([a], [b]) => byteOrder(a, b));
  return put(
    messages.directory.encode({
      files: files.map(([name, digest]) => ({ name, digest: digestMessage(digest) })),
      directories,
    }),
  );
}

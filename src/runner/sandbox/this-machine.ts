/** What a build can see of a machine and no sandbox can hide: for provenance, not for the action. */
import { cpus, machine, release, type } from 'node:os';

/** Kernel and processor, in printable ASCII. */
export function thisMachine(): string {
  const processor = cpus()[0]?.model.trim() || 'unknown processor';
  const text = `${type()} ${release()} ${machine()}, ${processor}`;
  return text.replace(/[^ -~]+/g, ' ').slice(0, 300);
}

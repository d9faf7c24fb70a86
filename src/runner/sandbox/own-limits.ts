/** What this process may ask for at most: who builds, never root, raises no limit that was set. */
import { readFileSync } from 'node:fs';

/** The smaller of what is wanted and the hard limit of that name in /proc/self/limits. Pure. */
export function within(limits: string, name: string, wanted: number): number {
  const line = limits.split('\n').find((l) => l.startsWith(`${name}  `)) ?? '';
  const hard = line.slice(name.length).trim().split(/\s+/)[1] ?? 'unlimited';
  return /^\d+$/.test(hard) ? Math.min(wanted, Number(hard)) : wanted;
}

/** For prlimit: processes and bytes of a file. */
export function attainable<T extends { readonly processes: number; readonly fileBytes: number }>(wanted: T): T {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return {
    ...wanted,
    processes: within(limits, 'Max processes', wanted.processes),
    fileBytes: within(limits, 'Max file size', wanted.fileBytes),
  };
}

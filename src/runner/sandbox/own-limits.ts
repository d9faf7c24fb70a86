/** What this process may ask for at most: an ordinary user raises no limit that was set to it. */
import { readFileSync } from 'node:fs';

/** The smaller of what is wanted and the hard limit of that name in /proc/self/limits. Pure. */
export function within(limits: string, name: string, wanted: number): number {
  const line = limits.split('\n').find((l) => l.startsWith(`${name}  `)) ?? '';
  const hard = line.slice(name.length).trim().split(/\s+/)[1] ?? 'unlimited';
  return /^\d+$/.test(hard) ? Math.min(wanted, Number(hard)) : wanted;
}

/** For prlimit: processes and bytes of a file. Root may have more than root was given. */
export function attainable(
  wanted: { readonly processes: number; readonly fileBytes: number },
  root = process.getuid?.() === 0,
): { readonly processes: number; readonly fileBytes: number } {
  if (root) return wanted;
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return {
    processes: within(limits, 'Max processes', wanted.processes),
    fileBytes: within(limits, 'Max file size', wanted.fileBytes),
  };
}

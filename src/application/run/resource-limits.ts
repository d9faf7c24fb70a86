/** `-j`, `--cores` and `--memory`: what the builds of a run may use together. */
import { availableParallelism, totalmem } from 'node:os';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Limits } from '../../runner/scheduling/resource-budget.ts';
import { parseSize } from '../../text/size.ts';

interface LimitFlags {
  readonly jobs: number | undefined;
  readonly cores: number | undefined;
  readonly memory: string | undefined;
}

/** Bytes. @throws EnvironmentError (64) when it is no size */
export function sizeOf(flag: string, text: string): number {
  const size = parseSize(text);
  if (size !== undefined) return size;
  const help = `a number, and K, M, G or T when you like: ${flag} 500M`;
  throw new EnvironmentError(`"${text}" is no size`, exitCode.usage, help);
}

/** What this machine has, or the control group that we are in, when it allows less. */
const machine = (): { readonly cores: number; readonly memoryBytes: number } => ({
  cores: availableParallelism(),
  memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
});

/** What machines of a cluster have is for the engine to know: so many builds are given to it at the same time. */
export const elsewhere = { cores: 500, memoryBytes: 2 ** 50 } as const;

/** A tenth of the memory is left to bootplan itself and to everything else that runs. */
export function limitsOf({ jobs, cores, memory }: LimitFlags, given?: { cores: number; memoryBytes: number }): Limits {
  const here = given ?? machine();
  const atOnce = jobs ?? cores ?? here.cores;
  return {
    jobs: atOnce,
    cores: cores ?? Math.max(here.cores, atOnce),
    memoryBytes: memory === undefined ? Math.floor(here.memoryBytes * 0.9) : sizeOf('--memory', memory),
  };
}

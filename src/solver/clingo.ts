/**
 * The only door to clingo (clingo-wasm: clingo 5.8 in WebAssembly, in a worker). What is fixed here: one thread, one
 * seed, unsatisfiable-core optimisation, all of the search (0 models), so that the same program has the same answer on
 * every machine. Known limits of the WebAssembly build, all guarded here: program text passes over a 1 MiB stack,
 * weights are 32 bit and wrap silently, `--time-limit` is ignored (a timer of our own ends the worker instead).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import * as clingo from 'clingo-wasm';
import { Bug } from '../errors.ts';

/** When a search is to end before it is done, and who is told of its progress. */
export interface Limits {
  /** Milliseconds since the epoch after which the search is ended. */
  readonly deadline?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told how far a search is, whenever it knows more. */
  readonly onBound?: ((bound: Bound) => void) | undefined;
}

/** How far a search is: wishes and stage builds of the best set found, and those that every set takes at least. */
export interface Bound {
  readonly found: readonly [wishes: number, stages: number];
  readonly atLeast: readonly [wishes: number, stages: number];
}

/** `optimal` only with clingo's own OPTIMUM FOUND; `stopped` by a limit, or for its size. */
export type Answer =
  | { readonly status: 'optimal'; readonly models: readonly (readonly string[])[]; readonly costs: readonly number[] }
  | { readonly status: 'unsatisfiable' }
  | { readonly status: 'stopped' };

/** Bytes of program text that are known to pass; from about 1.07 million on the module breaks. */
export const programLimit = 1_000_000;

const fixed = [
  '--opt-strategy=usc,oll,disjoint',
  '--opt-usc-shrink=lin',
  '--seed=1',
  '--rand-freq=0',
  '--configuration=frumpy',
  // Only the optimum is printed, or all of them: models on the way are a large part of a short run.
  '--quiet=1',
];

const programs = new Map<string, string>();

/** The text of `programs/<name>.lp`, which lies beside this module in src/ as in dist/. */
function programText(name: string): string {
  let text = programs.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`./programs/${name}.lp`, import.meta.url), 'utf8');
    programs.set(name, text);
  }
  return text;
}

/** The single-threaded module is asked for by naming it: clingo-wasm picks the multi-threaded one otherwise. */
const singleThreaded = fileURLToPath(new URL('./clingo.wasm', import.meta.resolve('clingo-wasm')));
let started: Promise<void> | undefined;

/**
 * A search of a few hundred milliseconds spends half of them on compiling functions a second time, better. That begins
 * fifteen times later than V8 would have it; a search of seconds is compiled all the same.
 */
function start(): Promise<void> {
  setFlagsFromString('--wasm-tiering-budget=200000000');
  return clingo.init(singleThreaded);
}

/** Whether neither limit has come yet. */
export const outstanding = (limits: Limits): boolean =>
  limits.signal?.aborted !== true && (limits.deadline === undefined || Date.now() < limits.deadline);

/** Timers count 32 bits of milliseconds: one that is set to more goes off at once. Nothing is searched for so long. */
const longestTimer = 2 ** 31 - 1;

/** How many models clingo is to go through, and the options for it. */
function enumeration(models: number | 'brave' | 'cautious'): [number, string[]] {
  if (models === 0) return [0, fixed];
  if (typeof models === 'number') return [models + 1, [...fixed, '--opt-mode=optN', '--project=show']];
  return [0, [...fixed, '--opt-mode=optN', `--enum-mode=${models}`]];
}

/**
 * Solves `programs/<name>.lp` with facts.
 * @param models 0 for one optimum, proved; n > 0 for up to n + 1 optimal models (so that "more than n" can be told);
 *   `brave` or `cautious`: one "model", of the atoms in some or in every optimal model
 */
export async function solveProgram(
  names: readonly string[],
  facts: string,
  limits: Limits = {},
  models: number | 'brave' | 'cautious' = 0,
): Promise<Answer> {
  const program = [...names.map((n) => `% ${n}.lp\n${programText(n)}`), '% facts', facts].join('\n');
  if (Buffer.byteLength(program) > programLimit || !outstanding(limits)) return { status: 'stopped' };
  started ??= start();
  await started;
  // A worker takes a while to start; an abort in that time was heard by nobody.
  if (!outstanding(limits)) return { status: 'stopped' };
  let stopped = false;
  const stop = (): void => {
    // A timer may fire a moment before the clock says so: what we ended is told by this, not by the clock.
    stopped = true;
    // A worker that is ended comes back with its default module: start it again with ours.
    started = clingo.restart(singleThreaded);
    started.catch(() => {}); // whoever waits for it hears it
  };
  const left = limits.deadline === undefined ? undefined : Math.max(0, limits.deadline - Date.now());
  const timer = left === undefined ? undefined : setTimeout(stop, Math.min(left, longestTimer));
  limits.signal?.addEventListener('abort', stop, { once: true });
  const result = await clingo.run(program, ...enumeration(models));
  clearTimeout(timer);
  limits.signal?.removeEventListener('abort', stop);
  if (result.Result === 'ERROR') {
    if (stopped || !outstanding(limits)) return { status: 'stopped' };
    throw new Bug(`clingo: ${result.Error}`);
  }
  if (result.Result === 'UNSATISFIABLE') return { status: 'unsatisfiable' };
  if (result.Result !== 'OPTIMUM FOUND') return { status: 'stopped' };
  // Consequences come as a last model, whose atoms they are.
  if (typeof models === 'string')
    return { status: 'optimal', models: [result.Call.at(-1)?.Witnesses.at(-1)?.Value ?? []], costs: [] };
  const { Costs = [], Optimal = 1 } = result.Models as { Costs?: readonly number[]; Optimal?: number };
  const shown = result.Call.flatMap((call) => call.Witnesses).filter((w) => w.Value);
  // Models on the way to the optimum come first, the optimal ones last.
  return { status: 'optimal', models: shown.slice(-Optimal).map((w) => w.Value), costs: Costs };
}

/** Ends the worker, and gives its memory back; the next call starts another one. */
export async function closeClingo(): Promise<void> {
  started = undefined;
  await clingo.restart();
}

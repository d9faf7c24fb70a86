/**
 * Slurm's own commands: sbatch, squeue, scancel, scontrol. Their text formats are stable; the REST paths change by
 * release.
 */
import { unheeded } from '../heeding.ts';
import { endWords, runProcess } from '../process.ts';

/** One row of squeue. */
export interface QueuedJob {
  readonly id: string;
  /** `PENDING`, `RUNNING`, `COMPLETED`, ... */
  readonly state: string;
  /** Why it waits. */
  readonly reason: string;
  readonly node: string;
  readonly comment: string;
}

/** Slurm could not be asked: its controller is down, or refuses. */
export class SlurmTrouble extends Error {}

/** Longer than Slurm's own time limit for a message. */
const patienceMilliseconds = 60_000;

async function slurm(program: string, args: readonly string[], input?: string): Promise<string> {
  const ended = await runProcess(program, args, {
    timeoutMilliseconds: patienceMilliseconds,
    signal: unheeded,
    ...(input !== undefined && { input }),
  });
  if (ended.exitCode === 0) return ended.stdout;
  const why = ended.timedOut
    ? `no answer for ${patienceMilliseconds / 1000} seconds`
    : ended.stderr.trim() || endWords(ended);
  throw new SlurmTrouble(`${program}: ${why}`);
}

const separator = '\u001f';

/** Jobs of this user that Slurm remembers, ended ones too, whose comment begins with `mark`. */
export async function queue(mark: string): Promise<readonly QueuedJob[]> {
  const format = ['%i', '%T', '%r', '%N', '%k'].join(separator);
  const text = await slurm('squeue', ['--me', '--noheader', '--states=all', '--format', format]);
  return text.split('\n').flatMap((line): QueuedJob[] => {
    const [id = '', state = '', reason = '', node = '', comment = ''] = line.trim().split(separator);
    return comment.startsWith(mark) ? [{ id, state, reason, node, comment }] : [];
  });
}

/** @returns the number of the job */
export async function submit(args: readonly string[], script: string): Promise<string> {
  const text = await slurm('sbatch', ['--parsable', ...args], script);
  return text.trim().split(';')[0]!;
}

/**
 * Where a job with these arguments would be started, as Slurm says it; nothing is.
 *
 * @throws SlurmTrouble when nowhere
 */
export async function wouldStart(args: readonly string[]): Promise<string> {
  const asked = ['--test-only', ...args, '--wrap', 'true'];
  const ended = await runProcess('sbatch', asked, { timeoutMilliseconds: patienceMilliseconds });
  const said = ended.stderr.trim().replace(/^sbatch: /gm, '');
  if (ended.exitCode === 0) return / on nodes? (\S+)/.exec(said)?.[1] ?? said;
  throw new SlurmTrouble(said.split('\n').at(-1) || `sbatch: ${endWords(ended)}`);
}

/** Cancels jobs by their numbers. */
export const cancel = (ids: readonly string[]): Promise<string> => slurm('scancel', ['--', ...ids]);

/** Lets a job run that is held. */
export const release = (id: string): Promise<string> => slurm('scontrol', ['release', id]);

/** Nodes that Slurm sends nothing to any more, with the reason it gave. */
export async function drained(): Promise<readonly { readonly node: string; readonly reason: string }[]> {
  const text = await slurm('sinfo', [
    '--noheader',
    '--Node',
    '--states=drain',
    '--format',
    ['%N', '%E'].join(separator),
  ]);
  const rows = text.split('\n').filter((line) => line.trim() !== '');
  return [...new Set(rows)].map((line) => {
    const [node = '', reason = ''] = line.trim().split(separator);
    return { node, reason };
  });
}

/** Lets a drained node have jobs again. */
export const resume = (node: string): Promise<string> =>
  slurm('scontrol', ['update', `nodename=${node}`, 'state=resume']);

/** Nodes and what they are, for `doctor`. */
export async function nodes(): Promise<
  readonly { node: string; state: string; cores: number; features: string; partition: string }[]
> {
  const text = await slurm('sinfo', [
    '--noheader',
    '--Node',
    '--format',
    ['%N', '%T', '%c', '%f', '%R'].join(separator),
  ]);
  return text.split('\n').flatMap((line) => {
    const [node = '', state = '', cores = '', features = '', partition = ''] = line.trim().split(separator);
    return node === '' ? [] : [{ node, state, cores: Number(cores), features, partition }];
  });
}

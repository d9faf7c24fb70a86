/** Runs plans with the fake builder, in a state directory of the test's own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/events.ts';
import type { Plan } from '../../src/model.ts';
import { Session } from '../../src/runner/journal/session.ts';
import { stateDirectory } from '../../src/runner/journal/state-directory.ts';
import { type RunOptions, runPlan } from '../../src/runner/run/run.ts';
import { Dispatcher, type DispatcherOptions } from '../../src/runner/scheduling/dispatcher.ts';
import { FakeBuilder, type Script } from './fake-builder.ts';

const never = new AbortController().signal;
export const usual: Omit<RunOptions, 'dispatcher'> = {
  expected: () => ({ coresUsed: () => 1, memoryBytes: () => 0 }),
  timeoutSeconds: 60,
  overrides: '',
  replan: false,
  rounds: 0,
  clockSecondsExpected: () => 1,
  materials: {
    ofSource: (source) => [{ name: `${source}.tar`, sha256: '5'.repeat(64) }],
    ofSeed: (names) => names.map((name) => ({ name: `${name}.deb`, sha256: '7'.repeat(64) })),
  },
  reports: undefined,
  kill: never,
  leave: never,
};

/** Two jobs unless told otherwise, and no end of memory. */
export function dispatcherOf({ limits, keepGoing = true, drain = never }: Partial<DispatcherOptions> = {}): Dispatcher {
  return new Dispatcher({ limits: limits ?? { jobs: 2, cores: 2, memoryBytes: 2 ** 40 }, keepGoing, drain });
}

export type RigOptions = Partial<RunOptions> & { readonly jobs?: number } & Partial<DispatcherOptions>;

export async function run(
  directory: string,
  plan: Plan,
  scripts: Readonly<Record<string, Script>> = {},
  options: RigOptions = {},
  onEvent: (event: RunEvent) => void = () => {},
) {
  const state = stateDirectory(directory);
  const session = await Session.open(state, 'test');
  const events: RunEvent[] = [];
  session.listen((event) => {
    events.push(event);
    onEvent(event);
  });
  try {
    return { state, events, ...(await runIn(session, plan, scripts, options)) };
  } finally {
    await session.close();
  }
}

/** The same in a session that is open, and stays so. */
export async function runIn(
  session: Session,
  plan: Plan,
  scripts: Readonly<Record<string, Script>> = {},
  { jobs = 2, keepGoing, drain, ...options }: RigOptions = {},
) {
  const builder = new FakeBuilder(scripts);
  const limits = { jobs, cores: jobs, memoryBytes: 2 ** 30 };
  const dispatcher = dispatcherOf({ limits, ...(keepGoing !== undefined && { keepGoing }), ...(drain && { drain }) });
  const after = await runPlan(session, plan, builder, { ...usual, dispatcher, ...options });
  return { after, builder };
}

/** Every file of the archives with its bytes, links followed. */
export function archives(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  const root = join(directory, 'archives');
  for (const name of readdirSync(root).filter((n) => !n.startsWith('.')))
    for (const file of readdirSync(join(root, name), { recursive: true, encoding: 'utf8' }).sort())
      if (!file.endsWith('pool')) found[`${name}/${file}`] = readFileSync(join(root, name, file), 'latin1');
  return found;
}

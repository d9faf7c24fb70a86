/**
 * Is there a machine that takes jobs, has bootplan and reaches the cache? It is given one that no machine can do, and
 * what it says when it refuses tells all of that.
 */

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildId } from '../../build-id.ts';
import { sourceName } from '../../names.ts';
import { actionOf } from '../../runner/cache/action.ts';
import type { Executor } from '../../runner/executors/executor.ts';
import { formatJob, type Job } from '../../runner/executors/job.ts';
import { readRefusal, storeText } from '../../runner/executors/job-outcome.ts';
import type { Store } from '../../runner/store/store.ts';

const document = 'a question of bootplan doctor\n';
const nobody = sourceName('doctor');
const nowhere = 'no-machine';

/** Each is another one: what an earlier machine has said is no answer. */
const unbuildable = (): Job => ({
  format: 1,
  action: actionOf(document),
  document,
  attempt: randomInt(1, 2 ** 47),
  build: {
    ...{ id: buildId(nobody, 0), source: nobody, version: '0', stage: 0, archive: 'final', profiles: [], produces: [] },
    ...{ installs: [], also: [], without: [], needs: [], taintedBy: [], round: 1, wave: 0, why: 'full' },
  },
  suffix: '',
  inputs: [],
  seed: [],
  cores: 1,
  timeoutSeconds: 60,
  knowledge: {
    kind: 'recipe',
    ...{ architecture: nowhere, buildArchitecture: nowhere, source: 'doctor', version: '0', stage: 0 },
    ...{ fetch: [], steps: [], binaries: [], env: {}, duplicates: [], asked: [], seedBinaries: [], seeds: [] },
  },
  files: [],
});

/** The answer, and what it goes by. */
export interface Probed {
  readonly ok: boolean;
  readonly found: string;
}

const patienceMilliseconds = 90_000;

/** @throws EnvironmentError, StoreTrouble when engine or cache do not do their part */
export async function probeMachine(
  store: Store,
  executor: Executor,
  asked: { readonly architecture: string; readonly cores: number; readonly memoryMiB: number },
): Promise<Probed> {
  const { sha256: digest, bytes } = await storeText(store, formatJob(unbuildable()));
  let on = '';
  const job = { ...asked, digest, bytes, name: 'doctor', timeoutSeconds: 60 };
  const end = await executor.run(
    job,
    (news) => {
      if (news.news === 'started') on = news.node;
    },
    AbortSignal.timeout(patienceMilliseconds),
  );
  let said = await readRefusal(store, digest);
  for (let look = 0; look < 3 && said === undefined; look++) {
    await sleep(1000);
    said = await readRefusal(store, digest);
  }
  const [, machine, architecture] = /^(.*): the job is for no-machine, and this is (\S+)$/.exec(said ?? '') ?? [];
  if (machine !== undefined) {
    const ok = architecture === asked.architecture || (architecture === 'amd64' && asked.architecture === 'i386');
    return { ok, found: `${machine}, of ${architecture}, has bootplan and reaches the cache` };
  }
  if (said !== undefined) return { ok: false, found: said };
  const where = on === '' ? '' : ` on ${on}`;
  if (end.end === 'lost') return { ok: false, found: `a job${where} did not come to its end: ${end.why}` };
  return { ok: false, found: `a job${where} ended without a word` };
}

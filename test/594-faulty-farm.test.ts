/**
 * A server of the Remote Execution API that goes wrong at each stage: a miss or a clear error, in time, and never a
 * wrong content.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actionDigest, contentDigest } from '../src/digests.ts';
import { binaryName } from '../src/names.ts';
import { encodeActionResult } from '../src/runner/cache/action-result.ts';
import { Cache } from '../src/runner/cache/cache.ts';
import { SharedCache } from '../src/runner/cache/shared-cache.ts';
import type { EngineNews } from '../src/runner/executors/executor.ts';
import { formatJob, type Job } from '../src/runner/executors/job.ts';
import { ReapiExecutor } from '../src/runner/executors/reapi.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { type Access, noAccess } from '../src/runner/store/access.ts';
import { openStore } from '../src/runner/store/open-store.ts';
import { type Store, StoreTrouble } from '../src/runner/store/store.ts';
import { fetchVerified } from '../src/runner/store/verified.ts';
import { type Farm, type FarmOptions, type How, type Stage, stages, startFarm } from './rig/faulty-farm.ts';
import { scratch } from './rig/program.ts';

/** For servers that are silent; the others are given time, however busy this machine is. */
const quick: Access = { ...noAccess, timeoutSeconds: 1 };
const accessFor = (how: How | undefined): Access => (how === 'hangs' ? quick : { ...quick, timeoutSeconds: 60 });
const root = scratch('faulty-');

let places = 0;
const fresh = (): string => {
  const path = join(root, `p${places++}`);
  mkdirSync(path);
  return path;
};

/** More than one message, and nothing that packs well. */
const bytes = Buffer.from(Array.from({ length: (1 << 20) + 1000 }, (_, i) => (i * i * 31 + (i >> 7)) & 255));
const content = { sha256: sha256(bytes), bytes: bytes.length };
const log = Buffer.from('a log\n');
const document = 'the action';
const action = { sha256: sha256(document), bytes: document.length };
const result = encodeActionResult({
  debs: [
    {
      name: binaryName('hello'),
      version: '1-1+bp1',
      file: 'hello_1-1+bp1_all.deb',
      contentSha256: contentDigest(sha256('c')),
      ...content,
    },
  ],
  log: { sha256: sha256(log), bytes: log.length },
  cpuSeconds: 1,
  sandboxed: true,
});

async function farmOf(options: FarmOptions): Promise<Farm> {
  const farm = await startFarm(options);
  farm.contents.set(content.sha256, bytes).set(sha256(log), log);
  farm.results.set(action.sha256, Buffer.from(result));
  return farm;
}

/** What uses each stage; what it yields is what comes of it when all is well. */
const uses: Readonly<Record<(typeof stages)[number], (store: Store, place: string) => Promise<unknown>>> = {
  GetCapabilities: (store, place) => fetchVerified(store, content, join(place, 'x')),
  GetActionResult: async (store) => Buffer.from((await store.getResult(action))!).equals(result),
  FindMissingBlobs: (store) => store.missing([content]),
  Read: (store, place) => fetchVerified(store, content, join(place, 'x')),
  Write: async (store, place) => {
    writeFileSync(join(place, 'y'), bytes);
    await store.put(content, join(place, 'y'));
    return 'put';
  },
  UpdateActionResult: async (store) => {
    await store.putResult(action, result);
    return 'put';
  },
};
const well = {
  GetCapabilities: 'ok',
  GetActionResult: true,
  FindMissingBlobs: [],
  Read: 'ok',
  Write: 'put',
  UpdateActionResult: 'put',
};

const words: Readonly<Record<'full' | 'hangs' | 'cut' | 'nonsense', RegExp>> = {
  full: /RESOURCE_EXHAUSTED: no space left on device/,
  hangs: /DEADLINE_EXCEEDED|silent for 1 seconds/,
  cut: /UNAVAILABLE|ECONNRESET|INTERNAL|CANCELLED|dropped/,
  nonsense: /what it answers is no /,
};

async function outcome(stage: (typeof stages)[number], how: How, zstd: boolean): Promise<unknown> {
  const farm = await farmOf({ fault: { stage, how }, zstd });
  const store = openStore(farm.address, accessFor(how));
  const place = fresh();
  try {
    return await uses[stage](store, place);
  } catch (error) {
    if (error instanceof StoreTrouble) return error;
    throw error;
  } finally {
    store.close();
    const file = statSync(join(place, 'x'), { throwIfNoEntry: false });
    if (file !== undefined) expect(readFileSync(join(place, 'x')).equals(bytes)).toBe(true);
  }
}

describe.each([false, true])('with contents packed: %s', (zstd) => {
  test('each stage that is full, hangs, breaks off or speaks nonsense is trouble in words, within its time', async () => {
    const all = stages.flatMap((stage) =>
      (Object.keys(words) as (keyof typeof words)[]).map((how) => [stage, how] as const),
    );
    // A result is passed on as it is: who reads it decodes it.
    const told = all.filter(([stage, how]) => how !== 'nonsense' || !stage.endsWith('ActionResult'));
    const came = await Promise.all(
      told.map(async ([stage, how]) => [stage, how, await outcome(stage, how, zstd)] as const),
    );
    for (const [stage, how, what] of came) {
      expect([stage, how, what]).toEqual([stage, how, expect.any(StoreTrouble)]);
      expect([stage, how, (what as Error).message]).toEqual([stage, how, expect.stringMatching(words[how])]);
    }
  });

  test('what is wrong but once does no harm', async () => {
    const all = stages.flatMap((stage) => (['once full', 'once cut'] as const).map((how) => [stage, how] as const));
    const came = await Promise.all(
      all.map(async ([stage, how]) => [stage, how, await outcome(stage, how, zstd)] as const),
    );
    expect(came).toEqual(all.map(([stage, how]) => [stage, how, well[stage]]));
  });

  test('a content that ends early, or is another, is poisoned; a server that took less is told so', async () => {
    expect(await outcome('Read', 'short', zstd)).toBe('poisoned');
    expect(await outcome('Read', 'other', zstd)).toBe('poisoned');
    // Of a packed content a server tells no length that could be compared.
    const less = await outcome('Write', 'short', zstd);
    if (zstd) expect(less).toBe('put');
    else expect((less as Error).message).toMatch(/it took 1049575 bytes of 1049576/);
  });
});

test('a run takes each of these as a miss, tells it, and builds', async () => {
  const faults = [
    ...stages.flatMap((stage) => (['full', 'hangs', 'cut', 'nonsense'] as const).map((how) => ({ stage, how }))),
    { stage: 'Read', how: 'short' } as const,
    { stage: 'Read', how: 'other' } as const,
  ];
  await Promise.all(
    faults.map(async (fault) => {
      const farm = await farmOf({ fault });
      const store = openStore(farm.address, accessFor(fault.how));
      const directory = fresh();
      for (const part of ['ac', 'cas']) mkdirSync(join(directory, part));
      const cache = new Cache(directory);
      const troubles: string[] = [];
      cache.shared = new SharedCache(store, 'write', (_, what) => troubles.push(what));
      const expected = { names: [binaryName('hello')], suffix: '+bp1', architecture: 'amd64' };
      const { found } = await cache.find(actionDigest(action.sha256), expected, document);
      const isRead = ['GetCapabilities', 'GetActionResult', 'Read'].includes(fault.stage);
      expect([fault, found]).toEqual([fault, isRead ? 'miss' : 'hit']);
      if (isRead) expect([fault, troubles.length]).toEqual([fault, 1]);
      store.close();
    }),
  );
});

test('a server whose certificate has expired, or that nobody vouches for, is refused', async () => {
  const directory = fresh();
  const run = (line: string) => execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'ignore' });
  run('req -new -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key -out csr');
  run('x509 -req -in csr -signkey key -days -1 -copy_extensions copy -out late');
  run('x509 -req -in csr -signkey key -days 2 -copy_extensions copy -out good');
  const of = (name: string) => readFileSync(join(directory, name));
  const asked = async (certificate: string, ca: string | undefined): Promise<unknown> => {
    const farm = await farmOf({ tls: { certificate: of(certificate), key: of('key') } });
    const store = openStore(farm.address, { ...accessFor('cut'), ...(ca !== undefined && { ca: of(ca).toString() }) });
    return fetchVerified(store, content, join(fresh(), 'x'))
      .catch((error: Error) => `${error.name}: ${error.message}`)
      .finally(() => store.close());
  };
  const [good, late, unknown] = await Promise.all([
    asked('good', 'good'),
    asked('late', 'late'),
    asked('good', undefined),
  ]);
  expect(good).toBe('ok');
  expect(late).toMatch(/certificate has expired/);
  expect(unknown).toMatch(/self.signed certificate/);
});

describe('an execution', () => {
  const job: Job = {
    format: 1,
    action: actionDigest(action.sha256),
    document,
    attempt: 1,
    build: {
      id: 'hello',
      source: 'hello',
      version: '1-1',
      stage: 0,
      archive: 'final',
      produces: ['hello'],
    } as unknown as Job['build'],
    suffix: '+bp1',
    inputs: [],
    seed: [],
    cores: 1,
    timeoutSeconds: 1,
    knowledge: {
      kind: 'recipe',
      architecture: 'amd64',
      buildArchitecture: 'amd64',
      source: 'hello',
      version: '1-1',
      stage: 0,
      fetch: [],
      steps: [],
      binaries: [],
      env: {},
      duplicates: [],
      asked: [],
      seedBinaries: [],
      seeds: [],
    },
    files: [],
  };
  const text = Buffer.from(formatJob(job));

  async function executed(options: FarmOptions, access?: Access) {
    const farm = await farmOf(options);
    farm.contents.set(sha256(text), text);
    const isSilent = options.fault?.how === 'hangs' || options.executions?.flat().some(({ dies }) => dies);
    const executor = new ReapiExecutor(farm.address, access ?? accessFor(isSilent ? 'hangs' : undefined), {
      command: ['bootplan'],
      environment: {},
      platform: new Map(),
      patienceSeconds: 4,
    });
    const engineJob = {
      digest: sha256(text),
      bytes: text.length,
      name: 'hello',
      architecture: 'amd64',
      cores: 1,
      memoryMiB: 1,
      timeoutSeconds: 1,
    };
    const news: EngineNews['news'][] = [];
    const end = await executor.run(engineJob, (told) => news.push(told.news), new AbortController().signal);
    await executor.close();
    const calls = (stage: Stage): number => farm.calls.get(stage) ?? 0;
    return { end, news, executions: calls('Execute'), waits: calls('WaitExecution') };
  }
  const [queued, executing, done] = [{ stage: 2 }, { stage: 3 }, { stage: 4, done: true }];

  test('that is queued for longer than a silence may last is waited for, since the farm answers', async () => {
    const { end, news } = await executed({ executions: [[queued, { ...executing, afterMs: 2500 }, done]] }, quick);
    expect([end, news]).toEqual([expect.objectContaining({ end: 'ran' }), ['queued', 'started']]);
  });

  test('that is cut off is gone on with where it is; where nobody knows it any more, another is begun', async () => {
    const cut = [
      [queued, { ...executing, cut: true }],
      [queued, done],
    ];
    const on = await executed({ executions: cut, waiting: [executing, done] });
    expect([on.end.end, on.executions, on.waits]).toEqual(['ran', 1, 1]);
    const anew = await executed({ executions: cut });
    expect([anew.end.end, anew.executions, anew.waits]).toEqual(['ran', 2, 1]);
  });

  test('that is refused once is asked for again; one that never begins, or never speaks, is lost in words', async () => {
    const executions = [[queued, done]];
    const cases: readonly (readonly [FarmOptions, RegExp | undefined])[] = [
      [{ executions, fault: { stage: 'Execute', how: 'once full' } }, undefined],
      [{ executions, fault: { stage: 'Execute', how: 'once cut' } }, undefined],
      [{ executions, fault: { stage: 'Execute', how: 'full' } }, /RESOURCE_EXHAUSTED: no space left/],
      [{ executions, fault: { stage: 'Execute', how: 'hangs' } }, /silent for 1 seconds/],
      [{ executions, fault: { stage: 'Execute', how: 'nonsense' } }, /speaks no Remote Execution API/],
      [{ executions: [[queued, { ...executing, dies: true }]] }, /silent for 1 seconds/],
      [
        { executions: [[queued, { ...done, status: { code: 8, message: 'no worker has room' } }]] },
        /no worker has room/,
      ],
    ];
    const came = await Promise.all(cases.map(([options]) => executed(options)));
    for (const [i, [, told]] of cases.entries()) {
      const { end } = came[i]!;
      if (told === undefined) expect([i, end.end]).toEqual([i, 'ran']);
      else expect([i, end]).toEqual([i, expect.objectContaining({ end: 'lost', why: expect.stringMatching(told) })]);
    }
  });

  test('has no farm to run on where that one does not say what it can do', async () => {
    await expect(executed({ fault: { stage: 'GetCapabilities', how: 'hangs' } })).rejects.toThrow(StoreTrouble);
  });
});

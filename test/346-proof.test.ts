/**
 * What a plan says of its proof, as a user meets it: limits, interruptions, and the same bytes everywhere. The digests
 * are constants, so every machine and every Node that runs this is compared with all others.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve as resolveUniverse } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { formatPlan } from '../src/stages/plan-format.ts';
import { planProblems } from '../src/stages/verify-plan.ts';
import { archive } from './rig/generate/archive.ts';
import { random } from './rig/generate/graphs.ts';
import { planted } from './rig/generate/planted.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);
const directory = scratch();
const data = process.env.BOOTPLAN_DATA ?? '';

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** 250 sources that need eight drawn ones each: nobody proves the fewest wishes of that in seconds. */
function expander(): string[] {
  const draw = random(3);
  const name = (i: number) => `p${String(i).padStart(3, '0')}`;
  const stanza = (i: number, more: string) =>
    `Package: ${name(i)}\nVersion: 1\nMaintainer: Nobody <nobody@example.org>\n${more}\n`;
  const all = Array.from({ length: 250 }, (_, i) => i);
  const needs = () => Array.from({ length: 8 }, () => name(draw(all.length))).join(', ');
  files(directory, {
    Sources: all.map((i) => stanza(i, `Binary: ${name(i)}\nArchitecture: any\nBuild-Depends: ${needs()}\n`)).join(''),
    Packages: all.map((i) => stanza(i, 'Architecture: amd64\n')).join(''),
  });
  const at = (file: string) => join(directory, file);
  return ['--sources', at('Sources'), '--packages', at('Packages'), '--seed', 'none', '--targets', 'all'];
}

interface Told {
  readonly status: string;
  readonly costs: readonly { readonly value: number; readonly lowerBound: number }[];
}

function expectGap(stdout: string): void {
  const { status, costs } = fits<Told>(stdout, 'plan');
  expect(status).toBe('bounded');
  expect(costs[0]!.lowerBound).toBeLessThan(costs[0]!.value);
  for (const { value, lowerBound } of costs) expect(lowerBound).toBeLessThanOrEqual(value);
}

const hard = ['plan', ...expander(), '--wishes', 'last-resort', '--allow-wishes'];

test('a limit that comes before the proof: the best plan so far, its gap, exit code 2', () => {
  const ran = bootplan([...hard, '--time-limit', '1', '--json']);
  expect(ran.code).toBe(2);
  expectGap(ran.stdout);
  const words = bootplan([...hard, '--time-limit', '1']);
  expect(words.code).toBe(2);
  expect(words.stdout).toContain('not all is proved to be the fewest');
  expect(words.stdout).toMatch(/wishes +\d+ +at least \d+, gap \d+/);
});

test('a limit of no time, or of none that is a number, is refused', () => {
  for (const limit of ['0', '-1', 'soon', '0.5']) {
    const ran = bootplan([...hard, '--time-limit', limit]);
    expect(`${limit}: ${ran.code}`).toBe(`${limit}: 64`);
    expect(ran.stdout).toBe('');
  }
});

test('a limit of centuries, longer than any timer, cuts nothing short', () => {
  const ran = bootplan(['plan', '--metadata', 'metadata/minidistro', '--time-limit', '10000000000']);
  expect(ran).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('proved to be the fewest') });
});

/** Starts a search that has no end and interrupts it after a while. */
async function interruptedAfter(milliseconds: number): Promise<{ end: readonly unknown[]; stdout: string }> {
  const child = spawn(join(root, 'bin/bootplan'), [...hard, '--json'], { env: { ...process.env, NO_COLOR: '1' } });
  const out: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.resume();
  const ended = new Promise<readonly unknown[]>((resolve) => {
    child.on('close', (code, signal) => resolve([code, signal]));
  });
  await setTimeout(milliseconds);
  child.kill('SIGINT');
  return { end: await ended, stdout: Buffer.concat(out).toString() };
}

test('Ctrl-C ends the search, not the program: the best plan so far, its gap, exit code 2', async () => {
  // While it still reads there is no plan to tell, and the signal ends it at once.
  let wait = 250;
  let ran = await interruptedAfter(wait);
  for (; ran.end[1] === 'SIGINT' && wait < 60_000; ran = await interruptedAfter(wait)) {
    expect(ran.stdout).toBe('');
    wait *= 2;
  }
  expect(ran.end).toEqual([2, null]);
  expectGap(ran.stdout);
});

test('1,000 planted sources: everything proved, and the same bytes on every machine', async () => {
  const { graph, choices, wishes } = planted(5, { sources: 1000, stages: 4, tangled: true });
  const { sources, binaries, runtime, variants } = graph;
  const names = (list: Int32Array) => Array.from(list, (b) => sources[b]!).join(', ');
  const lines = sources.flatMap((name, s) => [
    ...variants[s]!.map((v) => `${name}${v.stage > 0 ? ` stage${v.stage}` : ''}: ${names(v.needs)}`),
    `${name} => ${names(runtime.targets.subarray(runtime.offsets[s]!, runtime.offsets[s + 1]!))}`,
  ]);
  expect(binaries.length).toBe(sources.length);
  const u = universe(lines.filter((line) => !line.endsWith('=> ')).join('\n'));
  const resolved = resolveUniverse(u);
  const { plan } = await makePlan(resolved, { wishes: 'last-resort' });
  expect(planProblems(resolved, plan)).toEqual([]);
  expect(plan.status).toBe('optimal');
  expect(plan.wishes).toEqual(wishes);
  expect(plan.builds.filter((b) => b.stage > 0).map((b) => ({ source: b.source, stage: b.stage }))).toHaveLength(
    choices.length,
  );
  expect(sha256(formatPlan(plan))).toBe('f7eeba04e941563477461d8ee69aa7bc88e61e7c97a024b5c54b77f02b94069a');
});

test('1,500 sources made like an archive: from the text of its indices to the same bytes on every machine', () => {
  const { packages, sources } = archive(1500, 7);
  const at = files(join(directory, 'generated'), { Packages: packages, Sources: sources });
  const inputs = ['--packages', 'Packages', '--sources', 'Sources', '--wishes', 'last-resort', '--allow-wishes'];
  const ran = bootplan(['plan', '-q', ...inputs, '--output', 'plan.json'], { cwd: at });
  // The rebuilds are not proved: the search has ended at its count of rounds, which is the same everywhere.
  expect(ran.code).toBe(2);
  expect(sha256(readFileSync(join(at, 'plan.json')))).toBe(
    '9b3ee3793806227befc940dbf934a9fb30a8f22b95e98b47fcd299d05e2b9801',
  );
});

const indices = ['bookworm-main-amd64-Packages.xz', 'bookworm-main-Sources.xz'].map((f) => join(data, f));

test.skipIf(data === '' || !indices.every((f) => existsSync(f)))(
  "bookworm's closure: everything proved, and the same bytes on every machine",
  () => {
    const file = join(directory, 'closure.json');
    const inputs = ['--packages', indices[0]!, '--sources', indices[1]!, '--targets', 'essential'];
    const ran = bootplan(['plan', '-q', ...inputs, '--wishes', 'last-resort', '--allow-wishes', '--output', file]);
    expect(ran.code).toBe(0);
    const text = readFileSync(file);
    expect(JSON.parse(text.toString())).toMatchObject({
      status: 'optimal',
      costs: [
        { criterion: 'wishes', value: 96, lowerBound: 96 },
        { criterion: 'stageBuilds', value: 10, lowerBound: 10 },
        { criterion: 'rebuilds', value: 1751, lowerBound: 1751 },
      ],
    });
    expect(text.length).toBeLessThan(1_000_000);
    expect(sha256(text)).toBe('0eebcc9969def91ab554a03b8e48c34fe2eba7b574a7e96b350ed99f315a4157');
  },
);

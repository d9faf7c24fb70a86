/** Two plans compared, and a plan in the forms that sbuild and wanna-build take. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { InputError } from '../src/errors.ts';
import type { ArchiveName, Plan, PlannedBuild } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { planDiffText } from '../src/reports/plan/plan-diff.ts';
import { diffPlans, longestIncreasing } from '../src/stages/diff.ts';
import { exportPlan } from '../src/stages/export.ts';
import { readPlan } from '../src/stages/plan-file.ts';
import { formatPlan } from '../src/stages/plan-format.ts';
import { shellWord } from '../src/text/shell-quote.ts';
import { files, scratch } from './rig/program.ts';

const build = (id: string, more: Partial<PlannedBuild> = {}): PlannedBuild => {
  const [, source, stage, round] = /^([^<#]+)(?:<stage(\d)>)?(?:#(\d))?$/s.exec(id)!;
  return {
    id: namedBuild(id),
    source: sourceName(source!),
    version: '1-1',
    stage: Number(stage ?? 0),
    round: stage === undefined ? Number(round ?? 1) : 0,
    archive: stage === undefined ? 'final' : `stage${Number(stage)}`,
    profiles: stage === undefined ? [] : [`stage${stage}`],
    produces: [binaryName(source!)],
    installs: [],
    needs: [],
    taintedBy: [],
    wave: 0,
    why: stage === undefined ? 'full' : 'stage',
    ...more,
  };
};
const planOf = (builds: readonly PlannedBuild[], more: Partial<Plan> = {}): Plan => ({
  format: 1,
  architecture: 'amd64',
  status: 'optimal',
  costs: [
    { criterion: 'wishes', value: 0, lowerBound: 0 },
    { criterion: 'stageBuilds', value: 1, lowerBound: 1 },
  ],
  builds,
  runtime: {},
  wishes: [],
  stuck: [],
  unused: [],
  seed: [binaryName('gcc')],
  sccs: [],
  ...more,
});

const before = planOf([
  build('tcc<stage1>'),
  build('musl', { archive: 'interim', needs: [0], installs: [binaryName('tcc')] }),
  build('tcc', { archive: 'interim', needs: [1], installs: [binaryName('musl')] }),
  build('dash'),
  build('make'),
  build('musl#2', { needs: [2], installs: [binaryName('tcc')] }),
]);
const after = planOf(
  [
    build('dash'),
    build('musl<stage1>'),
    build('tcc', {
      archive: 'interim',
      needs: [1],
      installs: [binaryName('musl'), binaryName('make')],
      version: '1-2',
    }),
    build('make'),
    build('musl'),
  ],
  {
    status: 'none',
    costs: [
      { criterion: 'wishes', value: 0, lowerBound: 0 },
      { criterion: 'stageBuilds', value: 2, lowerBound: 2 },
      { criterion: 'rebuilds', value: 0, lowerBound: 0 },
    ],
    stuck: [{ source: sourceName('x'), scc: '', reason: { kind: 'missing', group: 'y', why: '' } }],
    seed: [binaryName('binutils'), binaryName('gcc')],
  },
);

test('a plan differs from itself in nothing', () => {
  const d = diffPlans(before, before);
  expect(d.same).toBe(true);
  expect(planDiffText(d, { all: false, waves: false })).toBe('The two plans are the same.\n');
});

test('golden: what was added, removed, moved and changed', async () => {
  const d = diffPlans(before, after);
  expect(d.builds.added).toEqual(['musl<stage1>']);
  expect(d.builds.removed).toEqual(['musl#2', 'tcc<stage1>']);
  await expect(planDiffText(d, { all: false, waves: false })).toMatchFileSnapshot('fixtures/454-plans/diff.txt');
  await expect(`${JSON.stringify(d, null, 2)}\n`).toMatchFileSnapshot('fixtures/454-plans/diff.json');
});

test('what people act on comes first, and waves only when they are asked for', () => {
  const d = diffPlans(before, after);
  const heads = (waves: boolean) => planDiffText(d, { all: true, waves }).match(/^\w+/gm)!;
  expect(heads(false).indexOf('stuck')).toBeLessThan(heads(false).indexOf('builds'));
  expect(heads(false).indexOf('costs')).toBeLessThan(heads(false).indexOf('builds'));
  const later = { ...before, builds: before.builds.map((b) => ({ ...b, wave: b.wave + 1 })) };
  const waved = diffPlans(before, later);
  expect(planDiffText(waved, { all: true, waves: false })).toContain('in their waves alone');
  expect(planDiffText(waved, { all: true, waves: true })).toContain('wave 0 -> 1');
});

test('backwards, what was added is removed, and every number changes sides', () => {
  const [d, r] = [diffPlans(before, after), diffPlans(after, before)];
  for (const key of ['builds', 'wishes', 'stuck', 'seed'] as const) {
    expect(r[key].added).toEqual(d[key].removed);
    expect(r[key].removed).toEqual(d[key].added);
  }
  expect(r.costs.map((c) => [c.after, c.before])).toEqual(d.costs.map((c) => [c.before, c.after]));
});

/** The length of a longest increasing subsequence, by trying every subset. */
const longestByForce = (values: readonly number[]): number => {
  let best = 0;
  for (let set = 0; set < 1 << values.length; set++) {
    const chosen = values.filter((_, i) => (set >> i) & 1);
    if (chosen.every((v, i) => i === 0 || chosen[i - 1]! < v)) best = Math.max(best, chosen.length);
  }
  return best;
};

test('the builds that are said to move are the fewest that turn one order into the other', () => {
  const orders = fc
    .integer({ min: 0, max: 8 })
    .chain((n) => fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }));
  fc.assert(
    fc.property(orders, (order) => {
      const kept = longestIncreasing(order);
      expect(kept.size).toBe(longestByForce(order));
      const values = order.filter((_, i) => kept.has(i));
      expect(values).toEqual([...values].sort((a, b) => a - b));
      const names = order.map((i) => `p${i}`);
      const sorted = planOf([...names].sort().map((n) => build(n)));
      expect(diffPlans(sorted, planOf(names.map((n) => build(n)))).builds.moved).toHaveLength(order.length - kept.size);
    }),
    { numRuns: 300 },
  );
});

const suffix = (archive: string) => `+bp1~${archive}`;

test('golden: as a plain order, for sbuild, for wanna-build', async () => {
  for (const format of ['order', 'sbuild', 'wanna-build'] as const) {
    await expect(exportPlan(before, format, suffix)).toMatchFileSnapshot(`fixtures/454-plans/${format}.txt`);
  }
});

const hostile = planOf([
  build('it\'s $HOME `id` "q"\n; rm -rf /\u202e', {
    version: '1:2~3+b1',
    archive: "o'dd" as ArchiveName,
    profiles: ['a b', '$x'],
  }),
  build('-n', { needs: [0], archive: 'final' }),
]);

/** Runs an exported script with every tool replaced by one that writes down its arguments, one line each. */
function replay(script: string): { code: number | null; calls: string[][]; stderr: string } {
  const directory = files(scratch(), {
    tool: '#!/bin/sh\nfor a in "$(basename "$0")" "$@"; do printf \'%s\\0\' "$a"; done >>"$LOG"; printf \'\\n\\0\' >>"$LOG"\n',
    'plan.sh': script,
  });
  const setUp = 'chmod +x tool; for t in sbuild wanna-build publish build; do ln tool $t; done; . ./plan.sh';
  const ran = spawnSync('sh', ['-c', `${setUp}; cat "$LOG" 2>/dev/null; :`], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: `${directory}:${process.env.PATH}`,
      LOG: join(directory, 'log'),
      CHROOT: 'base chroot',
      REPOSITORY: 'file:///archives',
      PUBLISH: 'publish',
      BUILD: 'build',
    },
  });
  const calls = ran.stdout
    .split('\n\0')
    .slice(0, -1)
    .map((c) => c.split('\0').slice(0, -1));
  return { code: ran.status, calls, stderr: ran.stderr };
}

test('a real shell runs the scripts, and every word arrives as it was in the plan', () => {
  for (const plan of [before, hostile]) {
    const byNumber = (n: number) => plan.builds[n]!;
    const sb = replay(exportPlan(plan, 'sbuild', suffix));
    expect(sb.stderr).toBe('');
    const builds = sb.calls.filter((c) => c[0] === 'sbuild');
    expect(builds.map((c) => c.at(-1))).toEqual(plan.builds.map((b) => `${b.source}_${b.version}`));
    builds.forEach((call, i) => {
      const { profiles, needs, archive } = byNumber(i);
      expect(call).toContain('--chroot=base chroot');
      expect(call.filter((w) => w.startsWith('--profiles='))).toEqual(
        profiles.length > 0 ? [`--profiles=${profiles.join(',')}`] : [],
      );
      expect(call.filter((w) => w.startsWith('--extra-repository='))).toEqual(
        [...new Set(needs.map((n) => byNumber(n).archive))]
          .sort()
          .map((a) => `--extra-repository=deb [trusted=yes] file:///archives/${a} ./`),
      );
      expect(call).toContain(`--append-to-version=+bp1~${archive}`);
    });
    expect(sb.calls.filter((c) => c[0] === 'publish').map((c) => c[1])).toEqual(plan.builds.map((b) => b.archive));

    const wb = replay(exportPlan(plan, 'wanna-build', suffix));
    expect(wb.stderr).toBe('');
    const taken = wb.calls.filter((c) => c.includes('--take'));
    expect(taken.map((c) => c.at(-1))).toEqual(plan.builds.map((b) => `${b.source}_${b.version}`));
    expect(taken.map((c) => c[2])).toEqual(plan.builds.map((b) => `--dist=${b.archive}`));
    expect(wb.calls.filter((c) => c[0] === 'build').map((c) => c.slice(1))).toEqual(
      plan.builds.map((b) => [b.archive, b.profiles.join(','), `${b.source}_${b.version}`]),
    );
  }
});

test('the order has one line per build, whatever the names hold', () => {
  const lines = exportPlan(hostile, 'order', suffix).split('\n');
  expect(lines).toHaveLength(hostile.builds.length + 2);
  expect(lines[1]!.split('\t')).toHaveLength(6);
});

test('a shell gives back every word', () => {
  const words = fc.string({ unit: 'binary' }).filter((w) => !w.includes('\0'));
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 20 }), (list) => {
      const ran = spawnSync('sh', ['-c', `printf '%s\\0' ${list.map(shellWord).join(' ')}`], { encoding: 'utf8' });
      expect(ran.stdout.split('\0').slice(0, -1)).toEqual(list.map((w) => w.toWellFormed()));
    }),
    { numRuns: 30 },
  );
});

test('a plan damaged anywhere is read as a plan, or refused with what is wrong: never a crash further on', () => {
  const directory = scratch();
  const path = join(directory, 'plan.json');
  const wrong = fc.constantFrom(null, 0, -1, 1.5, 1e9, 'x', '../../x', true, [], ['a'], [1], {}, undefined);
  const criteria = ['wishes', 'stageBuilds', 'rebuilds'] as const;
  const complete = { costs: criteria.map((criterion) => ({ criterion, value: 1, lowerBound: 1 })) };
  for (const text of [
    formatPlan({ ...after, ...complete }),
    JSON.stringify({ ...after, ...complete, suggestions: [] }),
  ]) {
    writeFileSync(path, text);
    const whole = readPlan(path);
    const places = pathsIn(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...places), wrong, (place, value) => {
        const damaged = JSON.parse(text);
        let at = damaged;
        for (const key of place.slice(0, -1)) at = at[key];
        at[place.at(-1)!] = value;
        writeFileSync(path, JSON.stringify(damaged));
        try {
          const plan = readPlan(path);
          for (const format of ['order', 'sbuild', 'wanna-build'] as const) exportPlan(plan, format, () => '~x');
          diffPlans(whole, plan);
          expect(plan.builds.map((b) => b.archive).filter((a) => !/^(stage\d+|interim|final)$/.test(a))).toEqual([]);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.diagnostics.map((d) => d.origin?.file)).toEqual(error.diagnostics.map(() => path));
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  }
});

/** The way to every value inside a JSON value. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsIn(inner).map((path) => [key, ...path])]);
}

/** Which cycle is no longer broken automatically, and which change did it. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DependencyGraph } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { archiveOf, undo } from '../src/solver/cycles/changes.ts';
import { regressions } from '../src/solver/cycles/regression.ts';
import type { GraphRecord } from '../src/solver/graph/record.ts';
import { waveByWave } from './rig/wave-by-wave.ts';

/**
 * An archive in a few lines: `a 2: b c` is source a of version 2, yielding binary a, whose full build needs b and c;
 * `a stage1: c`; `b => c` is a run-time need. A need of `?x` is one that nothing satisfies.
 */
function archive(text: string): GraphRecord {
  const lines = text.split('\n').filter((l) => l.trim() !== '');
  const sources = [...new Set(lines.filter((l) => l.includes(':')).map((l) => l.trim().split(/[ :]/)[0]!))].sort();
  const index = (name: string) => sources.indexOf(name);
  const words = (list: string) => list.split(' ').filter((w) => w !== '');
  const versions = sources.map(() => '1');
  const variants: { stage: number; needs: number[]; yields: number[] }[][] = sources.map(() => []);
  const runtime: number[][] = sources.map(() => []);
  const unsatisfied: { source: number; stage: number; group: string; why: string }[] = [];
  for (const line of lines) {
    const [, from, to] = /^\s*(\S+) => (.*)$/.exec(line) ?? [];
    if (from !== undefined) {
      runtime[index(from)]!.push(...words(to!).map(index));
      continue;
    }
    const [, name, stage, version, needs] = /^\s*([^\s:]+)(?: stage(\d))?(?: (\d+))?:(.*)$/.exec(line)!;
    const s = index(name!);
    if (version !== undefined) versions[s] = version;
    const all = words(needs!);
    variants[s]!.push({
      stage: Number(stage ?? 0),
      needs: all.filter((w) => !w.startsWith('?')).map(index),
      yields: [s],
    });
    for (const w of all.filter((w) => w.startsWith('?'))) {
      unsatisfied.push({ source: s, stage: Number(stage ?? 0), group: w.slice(1), why: 'nothing has that name' });
    }
  }
  return {
    format: 1,
    sources: sources.map(sourceName),
    versions,
    targets: sources.map((_, i) => i),
    variants: variants.map((vs) => vs.sort((a, b) => a.stage - b.stage)),
    binaries: sources.map(binaryName),
    madeBy: sources.map((_, i) => i),
    runtime,
    unsatisfied,
  };
}

const yesterday = `
  a 1: b
  a stage1:
  b 1: c
  c 1: a
  d 1: a
  e 1:
`;

test('nothing changed: nothing is lost', () => {
  expect(regressions(archive(yesterday), archive(yesterday))).toEqual([]);
});

test('a stage that is gone is named, with the versions, the cycle and those who wait behind it', () => {
  const today = yesterday.replace('  a stage1:\n', '').replace('a 1:', 'a 2:');
  expect(regressions(archive(yesterday), archive(today))).toEqual([
    {
      members: ['a', 'b', 'c'],
      cycle: true,
      causes: [{ change: { kind: 'stage', source: 'a', stage: 1 }, before: '1', after: '2' }],
      behind: ['d'],
    },
  ]);
});

test('a new need of the stage build is named, not the old need of the full build', () => {
  const today = yesterday.replace('a stage1:', 'a stage1: c').replace('e 1:', 'e 2: d');
  const [lost, ...others] = regressions(archive(yesterday), archive(today));
  expect(others).toEqual([]);
  expect(lost!.causes.map((c) => c.change)).toEqual([{ kind: 'need', source: 'a', stage: 1, binary: 'c' }]);
  expect(lost!.behind).toEqual(['d', 'e']);
});

test('a new run-time need is named with the binary that has it', () => {
  const today = archive(`${yesterday.replace('a stage1:', 'a stage1: e').replace('e 1:', 'e 2:')}\n  e => b`);
  const before = archive(yesterday.replace('a stage1:', 'a stage1: e'));
  const [lost] = regressions(before, today);
  expect(lost!.causes.map((c) => c.change)).toEqual([{ kind: 'runtime', source: 'e', binary: 'e', needs: 'b' }]);
});

test('what nothing provides any more, and a new source in a cycle with itself', () => {
  const today = archive(`${yesterday.replace('e 1:', 'e 1: ?x')}\n  f 1: f`);
  expect(regressions(archive(yesterday), today)).toEqual([
    {
      members: ['e'],
      cycle: false,
      causes: [{ change: { kind: 'unsatisfied', source: 'e', stage: 0, group: 'x' }, before: '1', after: '1' }],
      behind: [],
    },
    {
      members: ['f'],
      cycle: true,
      causes: [{ change: { kind: 'source', source: 'f' }, before: '', after: '1' }],
      behind: [],
    },
  ]);
});

test('of two changes that each did it alone, undoing one is enough, and the first is named', () => {
  const before = archive('a: b\n a stage1: x\n b: a\n b stage1: x\n x:\n');
  const after = archive('a 2: b\n b 2: a\n x:\n');
  const [lost] = regressions(before, after);
  expect(lost!.causes.map((c) => c.change)).toEqual([{ kind: 'stage', source: 'a', stage: 1 }]);
});

test('changes that only together did it are all named, and one that had no part in it is not', () => {
  const before = archive('a: b\n a stage1: x\n b: a\n x:\n');
  const after = archive('a: b\n a stage1: b x z ?y\n b: a\n x:\n z:\n');
  const [lost] = regressions(before, after);
  expect(lost!.causes.map((c) => c.change)).toEqual([
    { kind: 'unsatisfied', source: 'a', stage: 1, group: 'y' },
    { kind: 'need', source: 'a', stage: 1, binary: 'b' },
  ]);
});

test('read backwards it says what was freed, and by which change', () => {
  const before = archive(yesterday.replace('  a stage1:\n', ''));
  const [freed] = regressions(archive(yesterday), before);
  expect(freed!.members).toEqual(['a', 'b', 'c']);
  expect(regressions(before, archive(yesterday))).toEqual([]);
});

/** Archives of the same six sources, each with its own needs, stages and run-time needs. */
const days = fc
  .record({
    builds: fc.array(fc.tuple(fc.nat(5), fc.nat(2), fc.array(fc.nat(6), { maxLength: 2 })), { maxLength: 12 }),
    runtime: fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 3, selector: ([a]) => a }),
    present: fc.subarray([...'abcdef'], { minLength: 4 }),
  })
  .map(({ builds, runtime, present }) => {
    const name = (i: number) => ('abcdef'[i] === undefined || !present.includes('abcdef'[i]!) ? '?x' : 'abcdef'[i]!);
    const lines = new Map(present.map((n) => [`${n}`, `${n}:`]));
    for (const [s, stage, needs] of builds) {
      if (name(s) === '?x') continue;
      const key = stage === 0 ? name(s) : `${name(s)} stage${stage}`;
      lines.set(key, `${key}: ${[...new Set(needs.map(name))].join(' ')}`);
    }
    for (const [a, b] of runtime) {
      if (a !== b && name(a) !== '?x' && name(b) !== '?x') lines.set(`${a}=>`, `${name(a)} => ${name(b)}`);
    }
    return archive([...lines.values()].join('\n'));
  });

const stuckIn = (graph: DependencyGraph) => {
  const wave = waveByWave(graph, true);
  return graph.sources.filter((_, s) => wave[s] === -1);
};

/** Two are lost by one change, and neither waits for the other. */
const sameCause: [GraphRecord, GraphRecord] = [
  archive('a 1: a\nb 1:\nc 1:\ne 1:'),
  archive('a 1: ?x\nc 1: a\nd 1: a\ne 1:\nf 1:'),
];

test('of any two days: everything lost is named once; undoing the causes brings it back, and none can be left out', () => {
  fc.assert(
    fc.property(days, days, (before, after) => {
      const [old, now] = [archiveOf(before), archiveOf(after)];
      const was = new Set(stuckIn(old.graph));
      const lost = stuckIn(now.graph).filter((s) => !was.has(s));
      const found = regressions(before, after);
      const members = found.flatMap((r) => r.members);
      expect(members.length).toBe(new Set(members).size);
      // Who waits behind two lost cycles is told with both.
      expect([...new Set([...members, ...found.flatMap((r) => r.behind)])].sort()).toEqual(lost);

      const causes = found.flatMap((r) => r.causes.map((c) => c.change));
      const back = stuckIn(undo(old, now, causes));
      expect(back.filter((s) => lost.includes(s))).toEqual([]);
      const freed = found.flatMap((r) => r.members);
      for (const r of found) expect(r.causes.length).toBeGreaterThan(0);
      for (const change of causes) {
        const others = causes.filter((c) => c !== change);
        expect(stuckIn(undo(old, now, others)).some((s) => freed.includes(s))).toBe(true);
      }
    }),
    { numRuns: 1000, examples: [sameCause] },
  );
});

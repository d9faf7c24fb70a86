/**
 * A part of a plan: by phase, source, build, or from some build on; in the plan's order, and never without its inputs.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectBuilds } from '../src/runner/run/selection.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { scratch } from './rig/program.ts';
import { run } from './rig/run-rig.ts';

const plan = compilerPlan();
const idsOf = (selection: Partial<Parameters<typeof selectBuilds>[1]>): string[] => {
  const selected = selectBuilds(plan, { phases: [], names: [], ...selection });
  if (!selected.ok) throw new Error(selected.diagnostics.map((d) => `${d.message}; ${d.help}`).join('\n'));
  return selected.value.map((index) => plan.builds[index]!.id);
};

test('a phase is an archive', () => {
  expect(idsOf({ phases: ['stage1'] })).toEqual(['libc<stage1>', 'cc<stage1>']);
  expect(idsOf({ phases: ['interim'] })).toEqual(['cc', 'libc']);
});

test('a source is all its builds, a build is itself, and several are in the order of the plan', () => {
  expect(idsOf({ names: ['sh', 'cc'] })).toEqual(['cc<stage1>', 'cc', 'sh', 'cc#2', 'sh#2', 'cc#3', 'sh#3']);
  expect(idsOf({ names: ['sh#2', 'cc<stage1>'] })).toEqual(['cc<stage1>', 'sh#2']);
  expect(idsOf({ names: ['cc'], phases: ['stage1'] })).toEqual(['cc<stage1>']);
});

test('from and up to', () => {
  expect(idsOf({ from: 'cc#3' })).toEqual(['cc#3', 'libc#3', 'sh#3']);
  expect(idsOf({ upto: 1 })).toEqual(['libc<stage1>', 'cc<stage1>']);
});

test('any selection keeps the order of the plan', () => {
  const names = fc.subarray(['cc', 'libc', 'sh', 'sh#2', 'libc<stage1>']);
  fc.assert(
    fc.property(names, fc.subarray(['stage1', 'interim', 'final']), (some, phases) => {
      const order = idsOf({ names: some, phases }).map((id) => plan.builds.findIndex((build) => build.id === id));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
  );
});

test('what the plan does not have is named, all of it, with what was perhaps meant', () => {
  expect(() => idsOf({ names: ['libd'], phases: ['stage9'], from: 'xyz' })).toThrow(
    [
      'the plan has no phase "stage9"; did you mean "stage1"? It has stage1, interim, final',
      'the plan has no build "libd"; did you mean "libc"? It has libc, libc<stage1>, cc, cc<stage1>, sh, cc#2, libc#2, sh#2, cc#3, libc#3, sh#3',
      'the plan has no build "xyz"; it has libc, libc<stage1>, cc, cc<stage1>, sh, cc#2, libc#2, sh#2, cc#3, libc#3, sh#3',
    ].join('\n'),
  );
});

test('stopping after a stage leaves the rest for later, and later starts there', async () => {
  const directory = scratch();
  const first = await run(directory, plan, {}, { wanted: [0, 1] });
  expect(first.after.status).toBe('incomplete');
  expect(first.builder.started).toEqual(['libc<stage1>', 'cc<stage1>']);
  expect(first.builder.prepared).toEqual([['libc<stage1>', 'cc<stage1>']]);
  const rest = await run(directory, plan);
  expect(rest.builder.started).not.toContain('cc<stage1>');
  expect(rest.after.status).toBe('complete');
});

test('a selected build without its inputs is not started; the builds that it waits for are named', async () => {
  const { builder, events } = await run(scratch(), plan, {}, { wanted: [1, 4] });
  expect(builder.started).toEqual([]);
  const blocked = events.flatMap((event) => (event.type === 'build-blocked' ? [[event.build, event.by]] : []));
  expect(blocked).toEqual([
    ['cc<stage1>', ['libc<stage1>']],
    ['sh', ['cc', 'libc']],
  ]);
});

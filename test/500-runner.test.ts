/** A plan becomes archives: order, resumption, failures as data, and the proof in the ledger. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { replay } from '../src/run-state.ts';
import { formatLedger, ledgerOf, ledgerViolations } from '../src/runner/archive/ledger.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { lookAt } from '../src/runner/run/inspect-state.ts';
import { verifyRun } from '../src/runner/verify/verification.ts';
import { compilerPlan, planOf } from './rig/fake-builder.ts';
import { scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

const stages = planOf([
  { source: 'a', stage: 1 },
  { source: 'b', installs: ['a'] },
  { source: 'c', installs: ['b'] },
  { source: 'd' },
]);

test('a compiler and its library come clean, round by round', async () => {
  const plan = compilerPlan();
  const { state, after, builder } = await run(scratch(), plan);
  expect(after.status).toBe('complete');
  expect(builder.started.toSorted()).toEqual(plan.builds.map((b) => b.id).toSorted());
  const files = Object.keys(archives(state.root));
  expect(files).toContain('stage1/pool/libc_1.0-1+bp1~stage1_amd64.deb');
  expect(files).toContain('interim/pool/cc_1.0-1+bp1~tainted_amd64.deb');
  expect(files).toContain('final/pool/cc_1.0-1+bp1_amd64.deb');
  expect(existsSync(state.work)).toBe(false);
});

test('the second run starts nothing and changes nothing', async () => {
  const directory = scratch();
  await run(directory, compilerPlan());
  const before = archives(directory);
  const again = await run(directory, compilerPlan());
  expect(again.builder.started).toEqual([]);
  expect(again.builder.prepared).toEqual([]);
  expect(again.events.map((e) => e.type)).toEqual(['run-started', 'run-finished']);
  expect(archives(directory)).toEqual(before);
});

test('what comes out does not depend on how many run side by side, nor on how long each takes', async () => {
  const [one, four] = [scratch(), scratch()];
  const plan = compilerPlan();
  const a = await run(one, plan, {}, { jobs: 1 });
  const slow = { sh: { endsAfter: 'cc#2' }, 'sh#2': { endsAfter: 'cc#3' } };
  const b = await run(four, plan, slow, { jobs: 4 });
  expect(a.builder.peak).toBe(1);
  expect(b.builder.peak).toBeGreaterThan(1);
  expect(archives(four)).toEqual(archives(one));
  expect(readFileSync(b.state.ledger, 'utf8')).toBe(readFileSync(a.state.ledger, 'utf8'));
});

test('the state is the fold of the journal, and the ledger is in it', async () => {
  const { state, after } = await run(scratch(), compilerPlan());
  const replayed = replay(readJournal(state.journal));
  expect(replayed).toEqual(after);
  expect(readFileSync(state.ledger, 'utf8')).toBe(formatLedger(ledgerOf(compilerPlan(), replayed)));
});

test('a failed build blocks what waits for it, by name, and nothing else', async () => {
  const { after, events } = await run(scratch(), stages, { b: { fail: { step: 'configure' } } });
  expect(after.status).toBe('incomplete');
  const status = Object.fromEntries([...after.builds].map(([id, build]) => [id, build.status]));
  expect(status).toEqual({ 'a<stage1>': 'done', b: 'failed', c: 'blocked', d: 'done' });
  expect(events.find((e) => e.type === 'build-blocked')).toMatchObject({ build: 'c', by: ['b'] });
});

test('with two failures behind it, a build is blocked by both', async () => {
  const plan = planOf([
    { source: 'a' },
    { source: 'b' },
    { source: 'c', installs: ['a', 'b'] },
    { source: 'd', installs: ['c'] },
  ]);
  const broken = { fail: { step: 'build' } };
  const { events } = await run(scratch(), plan, { a: broken, b: { ...broken, endsAfter: 'a' } });
  const blocked = events.filter((e) => e.type === 'build-blocked').map((e) => [e.build, e.by]);
  expect(blocked).toEqual([
    ['c', ['a', 'b']],
    ['d', ['a', 'b']],
  ]);
});

test('told not to keep going, it starts nothing after a failure', async () => {
  const { builder, after } = await run(
    scratch(),
    stages,
    { 'a<stage1>': { fail: { step: 'build' } } },
    { jobs: 1, keepGoing: false },
  );
  expect(builder.started).toEqual(['a<stage1>']);
  expect(after.builds.get(namedBuild('d'))?.status).toBe('waiting');
});

test('after the mend only what failed, and what waited for it, is built', async () => {
  const directory = scratch();
  await run(directory, stages, { b: { fail: { step: 'build' } } });
  const { builder, after } = await run(directory, stages, { b: { fingerprint: 'mended' } });
  expect(builder.started).toEqual(['b', 'c']);
  expect(after.status).toBe('complete');
});

test('what is done no longer counts when a recipe changed, and is in no archive, until it is built again', async () => {
  const directory = scratch();
  await run(directory, stages);
  const changed = { 'a<stage1>': { fingerprint: 'changed', fail: { step: 'build' } } };
  const { builder, after } = await run(directory, stages, changed);
  expect(builder.started).toEqual(['a<stage1>']);
  const status = Object.fromEntries([...after.builds].map(([id, build]) => [id, build.status]));
  expect(status).toEqual({ 'a<stage1>': 'failed', b: 'blocked', c: 'blocked', d: 'done' });
  expect(Object.keys(archives(directory)).filter((file) => file.endsWith('.deb'))).toEqual([
    'final/pool/d_1.0-1+bp1_amd64.deb',
  ]);
  expect((await run(directory, stages)).builder.started).toEqual([]);
});

test('a killed process or a full disk is tried once more, a compile error never', async () => {
  const evidence = { fail: { step: 'build', retriable: true, times: 1 } };
  const once = await run(scratch(), stages, { d: evidence });
  expect(once.after.status).toBe('complete');
  expect(once.events.filter((e) => 'build' in e && e.build === 'd').map((e) => e.type)).toEqual([
    'build-started',
    'step-started',
    'build-failed',
    'build-started',
    'step-started',
    'step-started',
    'build-finished',
  ]);
  const clean = await run(scratch(), stages, { d: { fail: { step: 'build', times: 1 } } });
  expect(clean.builder.started.filter((id) => id === 'd')).toEqual(['d']);
  const always = await run(scratch(), stages, { d: { fail: { step: 'build', retriable: true } } });
  expect(always.builder.started.filter((id) => id === 'd')).toEqual(['d', 'd']);
  expect(always.after.builds.get(namedBuild('d'))?.status).toBe('failed');
});

test('a second try has the machine to itself, also when several ask for one', async () => {
  const plan = planOf(['a', 'b', 'c', 'd', 'e', 'f'].map((source) => ({ source })));
  const overloaded = { fail: { step: 'build', retriable: true, times: 1 }, sleep: 5 };
  const scripts = { a: overloaded, b: overloaded, c: { sleep: 40 }, d: overloaded, e: { sleep: 10 }, f: { sleep: 10 } };
  const { after, events } = await run(scratch(), plan, scripts, { jobs: 3 });
  expect(after.status).toBe('complete');
  const running = new Set<string>();
  for (const event of events) {
    if (event.type === 'build-started') running.add(event.build);
    if (event.type === 'build-started' && event.attempt === 2) expect([...running]).toEqual([event.build]);
    if (event.type === 'build-finished' || event.type === 'build-failed') running.delete(event.build);
  }
  expect(events.filter((event) => event.type === 'build-started' && event.attempt === 2)).toHaveLength(3);
});

test('a build that does not yield what the plan says has failed', async () => {
  const { events } = await run(scratch(), stages, { d: { yields: [] } });
  expect(events.find((e) => e.type === 'build-failed')).toMatchObject({ build: 'd', step: 'collect' });
});

test('a build whose packages need what was declared away has failed, with that said', async () => {
  const said = 'd-dev depends on libx, and stage 1 is declared to need none of it at run time';
  const { events } = await run(scratch(), stages, { d: { declaredAway: [said] } });
  expect(events.find((e) => e.type === 'build-failed')).toMatchObject({ build: 'd', step: 'collect', message: said });
});

test('a rebuild whose inputs came out the same is not run, a comparison is', async () => {
  const rows: Parameters<typeof planOf>[0] = [
    { source: 'cc', archive: 'interim' },
    { source: 'sh', installs: ['cc'], archive: 'interim' },
    { source: 'cc', round: 2, archive: 'interim' },
    { source: 'sh', round: 2, installs: ['cc'], archive: 'interim' },
  ];
  const same = { content: () => 'the same bytes' };
  const scripts = { cc: same, 'cc#2': { ...same, fingerprint: '' } };
  const cut = await run(scratch(), planOf(rows), scripts);
  expect(cut.builder.started).toEqual(['cc', 'sh']);
  const how = cut.events.filter((e) => e.type === 'build-finished').map((e) => [e.build, e.how]);
  expect(how).toContainEqual(['sh#2', 'cutoff']);
  const compared = await run(
    scratch(),
    planOf(rows.map((row) => ({ ...row, compare: (row.round ?? 1) > 1 }))),
    scripts,
  );
  expect(compared.builder.started).toEqual(['cc', 'sh', 'cc#2', 'sh#2']);
});

test('the comparison round finds equal generations equal, and names the files of unequal ones', async () => {
  const reproducible = { content: () => 'generation' };
  const plan = compilerPlan();
  const all = Object.fromEntries(plan.builds.map((b) => [b.id, reproducible]));
  const equal = await run(scratch(), plan, all);
  expect([...equal.after.comparisons.values()].map((c) => [c.build, c.against, c.identical])).toEqual([
    ['cc#3', 'cc#2', true],
    ['libc#3', 'libc#2', true],
    ['sh#3', 'sh#2', true],
  ]);
  const unequal = await run(scratch(), plan, { ...all, 'libc#3': { content: () => 'another day' } });
  expect(unequal.after.comparisons.get(namedBuild('libc#3'))).toMatchObject({
    identical: false,
    differing: ['libc: /usr/share/libc/content'],
  });
  expect(unequal.after.status).toBe('complete');
});

test('the ledger proves the rule from what was installed, and trusts no flag', async () => {
  const plan = compilerPlan();
  const ledger = ledgerOf(plan, (await run(scratch(), plan)).after);
  expect(ledgerViolations(plan, ledger)).toEqual([]);
  const lied = ledger.map((entry) => (entry.build === 'cc' ? { ...entry, archive: 'final', tainted: false } : entry));
  expect(ledgerViolations(plan, lied)).toEqual([
    'cc is recorded as not tainted',
    'cc is in final, and was built with cc of cc<stage1>, libc of libc<stage1>',
  ]);
  const swapped = ledger.map((entry) =>
    entry.build === 'sh#2'
      ? { ...entry, installed: entry.installed.map((b) => ({ ...b, sha256: '0'.repeat(64) })) }
      : entry,
  );
  expect(ledgerViolations(plan, swapped)).toHaveLength(2);
});

test('a plan that sends a tainted build to the final archive is refused before anything starts', async () => {
  const plan = planOf([
    { source: 'a', stage: 1 },
    { source: 'b', installs: ['a'], archive: 'final' },
  ]);
  await expect(run(scratch(), plan)).rejects.toThrow('b would go to final, though it is built with a of a<stage1>');
});

test('another plan in the same state directory is refused, or taken over on request with what it shares', async () => {
  const directory = scratch();
  await run(directory, stages);
  const longer = planOf([{ source: 'a', stage: 1 }, { source: 'b', installs: ['a'] }, { source: 'e' }]);
  await expect(run(directory, longer)).rejects.toMatchObject({ exit: 78, help: expect.stringContaining('--replan') });
  const { builder, after } = await run(directory, longer, {}, { replan: true });
  expect(builder.started).toEqual(['e']);
  expect([...after.builds.keys()]).toEqual(['a<stage1>', 'b', 'e']);
  expect(Object.keys(archives(directory)).some((file) => file.includes('/d_'))).toBe(false);
});

test('an edit of what only describes a package, taken back, leaves no trace of itself', async () => {
  const directory = scratch();
  const plan = planOf([{ source: 'cc' }, { source: 'sh', installs: ['cc'] }, { source: 'vi', installs: ['sh'] }]);
  const edited = { cc: { fingerprint: 'edited', description: 'a better compiler' } };
  await run(directory, plan);
  const before = { archives: archives(directory), ledger: readFileSync(join(directory, 'ledger.ndjson'), 'utf8') };
  for (const scripts of [edited, {}, edited, {}]) {
    const { state, after } = await run(directory, plan, scripts);
    const ledger = ledgerOf(plan, after);
    expect(ledgerViolations(plan, ledger)).toEqual([]);
    expect((await verifyRun(state, lookAt(state))).problems).toEqual([]);
  }
  const now = { archives: archives(directory), ledger: readFileSync(join(directory, 'ledger.ndjson'), 'utf8') };
  expect(now).toEqual(before);
  const { events } = await run(directory, plan);
  expect(events.filter(({ type }) => type.startsWith('build-'))).toEqual([]);
});

/** A plan becomes archives: order, resumption, failures as data, and the proof in the ledger. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ledgerOf, ledgerViolations } from '../src/runner/ledger.ts';
import { compilerPlan } from './fake-builder.ts';
import { scratch } from './rig.ts';
import { archives, run } from './run-rig.ts';

test('a compiler and its library come clean, round by round', async () => {
  const plan = compilerPlan();
  const { state, after, builder } = await run(scratch(), plan);
  expect(after.status).toBe('complete');
  expect(builder.started.toSorted()).toEqual(plan.builds.map((b) => b.id).toSorted());
  expect(ledgerViolations(plan, ledgerOf(plan, after))).toEqual([]);
  const files = Object.keys(archives(state.root));
  expect(files).toContain('stage1/pool/libc_1.0-1+bp1~stage1_amd64.deb');
  expect(files).toContain('interim/pool/cc_1.0-1+bp1~tainted_amd64.deb');
  expect(files).toContain('final/pool/cc_1.0-1+bp1_amd64.deb');
  expect(existsSync(state.work)).toBe(false);
});

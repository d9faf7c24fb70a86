/** On a real archive: what a plan wishes for, written as annotations, gives a plan without wishes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../src/model.ts';
import { bootplan, root, scratch } from './rig/program.ts';

const closure = ['Packages', 'Sources'].flatMap((name) => [
  `--${name.toLowerCase()}`,
  join(root, `test/fixtures/closure/${name}.gz`),
]);
const plan = (...more: string[]) => bootplan(['plan', '-q', ...closure, '--targets', 'essential', ...more]);

test('declared as told, the wishes of the closure are stages and supplies, and nobody else is stuck', {
  timeout: 600_000,
}, () => {
  const annotations = plan('--wishes', 'last-resort', '--format', 'annotations');
  expect(annotations.code, annotations.stderr).toBe(1);
  const wished = JSON.parse(plan('--wishes', 'last-resort', '--json').stdout) as Plan;
  const never = new Set(wished.stuck.map(({ source }) => source));
  expect(wished.wishes.length).toBeGreaterThan(50);

  const file = join(scratch(), 'annotations.yaml');
  writeFileSync(file, annotations.stdout);
  const declared = JSON.parse(plan('--annotations', file, '--json').stdout) as Plan;
  expect(new Set(declared.stuck.map(({ source }) => source))).toEqual(never);
  // What no stage can be is supplied, by declaration; everything else is built in a stage.
  const supplies = annotations.stdout.match(/^ {2}supply: cross$/gm)!.length;
  expect(declared.wishes.length).toBe(supplies);
  expect(declared.supplied!.every(({ declared: is }) => is === true)).toBe(true);
  expect(declared.builds.filter(({ stage }) => stage > 0).length).toBeGreaterThanOrEqual(
    wished.wishes.length - declared.wishes.length,
  );
});

test('what maintainers have declared under other names is stages of the plan, by the file among the examples', {
  timeout: 600_000,
}, () => {
  const examples = join(root, 'metadata/examples/declared-stages.yaml');
  const ran = plan('--annotations', examples, '--wishes', 'last-resort', '--allow-wishes', '--json');
  const { builds, unused, wishes } = JSON.parse(ran.stdout) as Plan;
  const profilesOf = (source: string) => builds.find((b) => b.source === source && b.stage === 1)?.profiles;
  expect(profilesOf('cmake')).toEqual(['pkg.cmake.bootstrap', 'pkg.cmake.nogui']);
  expect(profilesOf('ffmpeg')).toEqual(['pkg.ffmpeg.stage1']);
  expect(profilesOf('openldap')).toEqual(['nocheck', 'pkg.openldap.noslapd']);
  expect(profilesOf('ocaml-dune')).toContain('pkg.ocaml-dune.nocsexp');
  // These two have stages that the fewest wishes need not use.
  for (const source of ['cyrus-sasl2', 'krb5'])
    expect(profilesOf(source) !== undefined || unused.some((u) => u.source === source), source).toBe(true);
  for (const source of ['cmake', 'ffmpeg', 'openldap', 'ocaml-dune']) expect(wishes).not.toContain(source);
  const without = JSON.parse(plan('--wishes', 'last-resort', '--allow-wishes', '--json').stdout) as Plan;
  expect(wishes.length).toBeLessThan(without.wishes.length);
});

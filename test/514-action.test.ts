/** The digest of an action: what decides the outcome changes it, and nothing else does. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../src/model.ts';
import { recipeBuilder } from '../src/runner/builders/recipe.ts';
import { plannedSubject, projectOf } from './rig/host-tools.ts';
import { scratch } from './rig/program.ts';

const home = scratch();
const digest = (project: Project, state = 'state'): Promise<string> =>
  recipeBuilder(project, { state: join(home, state) }).fingerprint(plannedSubject);

const env = { CFLAGS: '-O2', LANGUAGE: 'C' };
const steps = { build: 'cc x.c', install: 'cp x $D' };
const subject = (rest: Parameters<typeof projectOf>[2] = {}) => projectOf(steps, undefined, { env, ...rest });

/** The same project with the variables of its first step in this order. */
function withStepEnv(variables: Readonly<Record<string, string>>): Project {
  const project = subject();
  const recipe = project.recipes.get('subject')!;
  const variant = recipe.variants.get(0)!;
  const [first, ...others] = variant.steps;
  const variants = new Map([[0, { ...variant, steps: [{ ...first!, env: variables }, ...others] }]]);
  return { ...project, recipes: new Map([['subject', { ...recipe, variants }]]) };
}

test('the order of keys, where the project and its state lie, and what only plans change nothing', async () => {
  const usual = await digest(subject());
  expect(await digest(subject({ env: { LANGUAGE: 'C', CFLAGS: '-O2' } }))).toBe(usual);
  expect(await digest(projectOf(steps, undefined, { env }, '/elsewhere'), 'other')).toBe(usual);
  expect(await digest(subject({ coreSeconds: 7, memoryBytes: 2 ** 30 }))).toBe(usual);
  expect(await digest(withStepEnv({ A: '1', B: '2' }))).toBe(await digest(withStepEnv({ B: '2', A: '1' })));
});

test('a variable, a step, its comment, a source file, a version or a duplicate changes it', async () => {
  const digests = await Promise.all([
    digest(subject()),
    digest(subject({ env: { ...env, CFLAGS: '-O3' } })),
    digest(subject({ env: { CFLAGS: '-O2' } })),
    digest(withStepEnv({ CFLAGS: '-O3' })),
    digest(projectOf({ ...steps, build: '# why\ncc x.c' }, undefined, { env })),
    digest(projectOf({ install: steps.install, build: steps.build }, undefined, { env })),
    digest(subject({ version: '1:1.0-2' })),
    digest(subject({ duplicates: ['usr/share/info/dir'] })),
    digest(subject({ fetch: [{ kind: 'local', name: 'a.patch', sha256: '1'.repeat(64) }] })),
    digest(subject({ fetch: [{ kind: 'local', name: 'a.patch', sha256: '2'.repeat(64) }] })),
  ]);
  expect(new Set(digests).size).toBe(digests.length);
});

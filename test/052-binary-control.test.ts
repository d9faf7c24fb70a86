/**
 * What a package says of itself, once built: only what concerns its architecture, in versions that the archives have.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf } from '../src/by-name.ts';
import { readProject } from '../src/metadata/project/project.ts';
import { markedControl } from '../src/stages/version-suffix.ts';
import { apt } from './rig/apt-rig.ts';
import { files, scratch } from './rig/program.ts';
import { plannedSource } from './rig/project-rig.ts';

const base = scratch();
const recipe = 'recipe:\n  steps:\n    - install: "true"\n';
const metadata = files(join(base, 'metadata'), {
  'seed.yaml': 'Seed:\n  - {Package: tools, Version: "1", debian: [dash]}\n',
  'pair.yaml': `${plannedSource(
    'pair',
    'tools',
    '',
    `    Pre-Depends: other (>= 1.0-1)
    Depends: |
      pair-data (= 1.0-1) [amd64],
      ghost [arm64], phantom <cross>,
      other (<= 1.0-1), tools-of (= 1.0-1) | other (>= 1.0-1)
    Conflicts: ghost [arm64], other (>> 1.0-1)
    Breaks: pair-data (<< 1.0-1), elsewhere (= 1.0-1)
  - Package: pair-data
    Description: its data
`,
  )}${recipe}`,
  'other.yaml': `${plannedSource('other', 'tools', '', '    Depends: pair-data (= 1.0-1)\n    Provides: tools-of (= 1.0-1)\n')}${recipe}`,
});

async function controls(suffix: string) {
  const read = await readProject(metadata, { architecture: 'amd64' });
  expect(read.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  if (!read.ok) return [];
  return [...read.value.recipes.values()]
    .flatMap(({ variants }) => variants.get(0)!.binaries)
    .map(({ control }) => markedControl(control, suffix));
}

test('a relation to exactly the version of a build here means its marked version', async () => {
  const named = async (suffix: string) => new Map((await controls(suffix)).map((c) => [c.Package, c]));
  const [stage, final] = [await named('+bp1~stage1'), await named('+bp1')];
  expect(stage.get('pair')).toMatchObject({
    Version: '1.0-1+bp1~stage1',
    'Pre-Depends': 'other (>= 1.0-1)',
    Depends: 'pair-data (= 1.0-1+bp1~stage1), other (<= 1.0-1+bp1), tools-of (= 1.0-1) | other (>= 1.0-1)',
    Conflicts: 'other (>> 1.0-1+bp1)',
    Breaks: 'pair-data (<< 1.0-1), elsewhere (= 1.0-1)',
  });
  expect(final.get('pair')!.Depends).toMatch(/^pair-data \(= 1\.0-1\+bp1\), /);
  expect(final.get('other')).toMatchObject({ Depends: 'pair-data (>= 1.0-1)', Provides: 'tools-of (= 1.0-1)' });
});

test.for(['+bp1~stage1', '+bp1~tainted', '+bp1'])('apt can install what ends in %s', async (suffix, { expect }) => {
  const root = join(base, suffix);
  const archive = join(root, 'archive');
  for (const [i, control] of (await controls(suffix)).entries()) {
    const tree = join(root, String(i));
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(archive, { recursive: true });
    const text = entriesOf(control).map(([name, value]) => `${name}: ${value}\n`);
    writeFileSync(join(tree, 'DEBIAN/control'), text.join(''));
    execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, archive]);
  }
  writeFileSync(join(archive, 'Packages'), execFileSync('apt-ftparchive', ['packages', '.'], { cwd: archive }));
  const sources = `deb [trusted=yes] file:${archive} ./\n`;
  expect(apt(root, sources, 'update').code).toBe(0);
  const { code, text } = apt(root, sources, 'install', '--simulate', 'pair');
  expect(text).toContain('3 newly installed');
  expect(code).toBe(0);
});

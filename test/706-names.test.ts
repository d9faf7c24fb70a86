/**
 * Names are data. Every input here is answered twice: with something in it named as what every JavaScript object has,
 * and with a name beside it in byte order that means nothing. The two answers differ in the name alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bootplan, files, root, scratch } from './rig/program.ts';

/** Lower case, and so a name that Debian's packages, sources, steps and profiles may have. */
const special = 'constructor';
const plain = 'constructos';

/** The answer with digests, which differ, left out. */
const told = (text: string, name: string, where: string) =>
  text
    .replaceAll(where, 'DIRECTORY')
    .replaceAll(name, 'NAME')
    .replaceAll(name.toUpperCase(), 'NAME')
    .replace(/[0-9a-f]{64}/g, 'DIGEST');

/** Runs it in two directories that differ in the name; whatever it leaves there stays for the next. */
function asked(input: (name: string) => Record<string, string | Buffer>) {
  const places = [special, plain].map((name) => ({ name, where: scratch() }));
  for (const { name, where } of places) files(where, input(name));
  return (args: readonly string[]) => {
    const [first, second] = places.map(({ name, where }) => {
      const ran = bootplan(
        args.map((a) => a.replaceAll('NAME', name)),
        { cwd: where },
      );
      return { code: ran.code, stdout: told(ran.stdout, name, where), stderr: told(ran.stderr, name, where) };
    });
    expect([args.join(' '), first]).toEqual([args.join(' '), second]);
    return first!;
  };
}

const source = (name: string, more: string, recipe = ''): string => `Source: ${name}
Version: 1.0-1
Maintainer: Some One <one@example.org>
${more}
Packages:
  - {Package: ${name}, Architecture: any, Description: the ${name}, files: [usr/**]}
recipe:
  steps:
    - prepare: mkdir -p "$D/usr"
    - build: touch "$D/usr/${name}"
${recipe}`;

const seed = 'Seed:\n  - {Package: tools, Version: "1", debian: [dash, coreutils]}\n';

test('metadata in YAML: sources, packages, steps, stages, seeds, profiles, variables, image files and variants', () => {
  const ask = asked((name) => ({
    'md/seed.yaml': seed.replace('tools', name).concat('  - {Package: tools, Version: "1", debian: [dash]}\n'),
    'md/aa.yaml': source('aa', `Build-Depends: tools, bb, ${name} <!${name}>\nBuild-Depends-Bootstrap1: tools`),
    'md/bb.yaml': source('bb', 'Build-Depends: tools, aa')
      .replace('recipe:', `recipe:\n  env: {${name}: here, __proto__: there}\n  cross: {${name}: null}`)
      .replace('- prepare', `- ${name}: 'true'\n    - prepare`),
    'md/image.yaml': `Image: ${name}
packages: [aa]
root-size: 64
kernel: seed
seed-kernel: {amd64: linux-image-amd64}
initramfs: aa
guest-build: {}
files: {${name}: files/x}
variants: {${name}: {packages: [bb]}}
`,
    'md/files/x': 'x',
  }));
  expect(ask(['check', '--metadata', 'md']).code).toBe(0);
  expect(ask(['plan', '--metadata', 'md', '--output', 'plan.json']).code).toBe(0);
  for (const format of ['order', 'sbuild', 'wanna-build']) ask(['plan', 'export', 'plan.json', '--format', format]);
  for (const command of ['cycles', 'stuck']) ask([command, '--metadata', 'md', '--json']);
  ask(['explain', 'bb', '--metadata', 'md']);
  ask(['progress', '--metadata', 'md', '-n', '--json']);
  ask(['NAME', 'NAME', '--NAME']);
});

test('the sources themselves have the name: plan, overrides in force, and everything that looks up a build', () => {
  const ask = asked((name) => ({
    'md/seed.yaml': seed,
    'md/x.yaml': source(name, 'Build-Depends: tools, other\nBuild-Depends-Bootstrap1: tools'),
    'md/other.yaml': source('other', `Build-Depends: tools, ${name}`),
    'overrides.yaml': `phases: {full: {packages: [${name}, other]}}
sources:
  ${name}:
    env: {${name}: source}
    flags: {}
    extra-steps: [{name: ${name}, after: build, run: env}]
    stages: {1: {env: {valueOf: x}}}
  other:
    steps: {build: touch "$D/usr/other"}
    extra-steps: [{name: ${name}, after: build, run: env}, {name: last, after: ${name}, run: env}]
`,
  }));
  expect(ask(['plan', '--metadata', 'md', '--output', 'plan.json', '--json']).code).toBe(0);
  ask(['explain', 'NAME', '--metadata', 'md']);
  ask(['whatif', '--metadata', 'md', '--drop', 'other:NAME']);
  ask(['cycles', '--metadata', 'md', '--json']);
  expect(ask(['cycles', '--metadata', 'md', '--format', 'json', '--output', 'cycles.json']).code).toBe(1);
  expect(ask(['cycles', '--metadata', 'md', '--baseline', 'cycles.json']).code).toBe(0);
  ask(['progress', '--metadata', 'md', '--json']);
  expect(ask(['overrides', 'backport', '--overrides', 'overrides.yaml', '--metadata', 'md']).code).toBe(0);
});

test('the indices of an archive: a package that much depends on has the name, and so has a source, a profile, a section', () => {
  const indices = ['Packages', 'Sources'].map((kind) => [
    kind,
    gunzipSync(readFileSync(join(root, `test/fixtures/closure/${kind}.gz`))).toString(),
  ]);
  // Every word with it: a package, its source, and what needs them.
  const word = /(?<![a-z0-9+.-])gettext(?![a-z0-9+.-])/g;
  const ask = asked((name) =>
    Object.fromEntries(
      indices.map(([kind, text]) => {
        // One package has the word in its own name: it is no name of ours.
        const own = text!.replaceAll('strictconstructor', 'strict');
        const renamed = own.replaceAll(word, name).replaceAll('<!nodoc>', `<!${name}>`);
        return [`${kind}.gz`, gzipSync(renamed.replaceAll(/^Section: devel$/gm, `Section: ${name}\n${name}: x`))];
      }),
    ),
  );
  const input = ['--packages', 'Packages.gz', '--sources', 'Sources.gz', '--targets', 'essential'];
  expect(ask(['plan', ...input, '--wishes', 'last-resort', '--allow-wishes', '--json']).stdout).toContain('NAME');
  expect(ask(['stuck', ...input]).stdout).toContain('NAME');
  expect(ask(['cycles', ...input, '--json']).stdout).toContain('NAME');
  expect(ask(['explain', 'NAME', ...input]).stdout).toContain('NAME');
  ask(['check', ...input, '--format', 'dose']);
});

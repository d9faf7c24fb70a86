/** A cross build as it is read: which architecture each dependency means, which steps run, what the steps find. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostic, sortDiagnostics } from '../src/diagnostics.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { ProjectOptions } from '../src/metadata/project/project-shape.ts';
import { knownArchitectures } from '../src/metadata/relations/architecture.ts';
import { architectureVariables, gnuNames } from '../src/metadata/relations/gnu-names.ts';
import type { Plan, Project } from '../src/model.ts';
import { stepEnvironment } from '../src/runner/recipe/paths.ts';
import { dependencyGraph } from '../src/solver/graph/resolve.ts';
import { bootplan, files, needs, scratch } from './rig/program.ts';
import { plannedSource } from './rig/project-rig.ts';
import { fits } from './rig/schema.ts';

const base = scratch();
let count = 0;

const crossed = { architecture: 'arm64', buildArchitecture: 'amd64', targets: 'all' } as const;

async function read(contents: Readonly<Record<string, string>>, options: Partial<ProjectOptions> = {}) {
  const directory = join(base, String(count++));
  mkdirSync(directory, { recursive: true });
  return readProject(files(directory, contents), { ...crossed, ...options });
}

async function project(contents: Readonly<Record<string, string>>, options: Partial<ProjectOptions> = {}) {
  const result = await read(contents, options);
  expect(result.diagnostics.filter((d) => d.severity === 'error').map((d) => formatDiagnostic(d))).toEqual([]);
  return (result as Extract<typeof result, { ok: true }>).value;
}

const seed = `Seed:
  - {Package: seed-toolchain, Version: "1", debian: [gcc]}
  - {Package: seed-cross, Version: "1", debian: [gcc-aarch64-linux-gnu]}
`;

/** A compiler and a library in a cycle, a shell, a tool that wants the shell when it runs. */
const small = {
  'seed.yaml': seed,
  'cc.yaml': plannedSource(
    'cc',
    'cc <!cross>, seed-cross:native [arm64] <cross>, libc',
    'Build-Depends-Bootstrap1: seed-toolchain\n',
  ),
  'libc.yaml': plannedSource('libc', 'cc:native, seed-cross [arm64] <cross>, make:native'),
  'make.yaml': plannedSource('make', 'cc:native, libc', '', '    Depends: sh (>= 1)\n'),
  'sh.yaml': plannedSource('sh', 'cc:native, libc, make:native'),
};

const dependsOf = ({ universe }: Project, name: string) =>
  universe.sources.find((s) => s.name === name)!.variants[0]!.buildDepends.map((g) => g.map((r) => r.name).join(' | '));

test('each dependency means one of the two architectures; what a native tool runs with comes along', async () => {
  const read = await project(small);
  expect(read.buildArchitecture).toBe('amd64');
  expect(read.universe.architecture).toBe('arm64');
  expect(read.universe.profiles).toEqual(['cross']);
  expect(dependsOf(read, 'cc')).toEqual(['seed-cross', 'libc']);
  expect(dependsOf(read, 'libc')).toEqual(['cc:amd64', 'seed-cross', 'make:amd64', 'sh:amd64']);
  expect(dependsOf(read, 'sh')).toEqual(['cc:amd64', 'libc', 'make:amd64', 'sh:amd64']);
  expect(read.universe.native).toEqual({ architecture: 'amd64', binaries: ['cc:amd64', 'make:amd64', 'sh:amd64'] });
  expect(read.universe.seed).toEqual(['seed-cross']);
});

test('a cross build has no stages, and no cycle is left', async () => {
  const { universe } = await project(small);
  expect(universe.sources.map(({ variants }) => variants.map((v) => v.stage))).toEqual([[0], [0], [0], [0]]);
  const { unsatisfied, variants } = dependencyGraph(universe);
  expect(unsatisfied).toEqual([]);
  expect(variants).toHaveLength(4);
});

test('the native reading takes no notice of what is for cross builds', async () => {
  const read = await project(small, { architecture: 'amd64' });
  expect(dependsOf(read, 'cc')).toEqual(['cc', 'libc']);
  expect(dependsOf(read, 'libc')).toEqual(['cc', 'make']);
  expect(read.universe.native).toBeUndefined();
  expect(read.universe.profiles).toEqual([]);
});

test('a tool that is good for every architecture needs no qualifier, nor does what is for all of them', async () => {
  const read = await project({
    'seed.yaml': seed,
    'a.yaml': plannedSource('aa', 'seed-toolchain', '', '    Multi-Arch: foreign\n'),
    'b.yaml': plannedSource('bb', 'seed-toolchain', '', '    Multi-Arch: allowed\n'),
    'd.yaml': plannedSource('dd', 'seed-toolchain').replace('Architecture: any', 'Architecture: all'),
    'x.yaml': plannedSource('xx', 'aa, bb, bb:any, dd'),
  });
  expect(dependsOf(read, 'xx')).toEqual(['aa:amd64', 'bb', 'bb:amd64', 'dd:amd64']);
  expect(read.universe.sources.map((s) => s.name)).toEqual(['aa', 'bb', 'dd', 'xx']);
  // And is built as it is there.
  expect(dependsOf(read, 'dd')).toEqual(['seed-toolchain']);
});

test('what is only for the building machine is not built for the other, and its dependencies are not asked for', async () => {
  const read = await project({
    ...small,
    'only.yaml': plannedSource('only', 'nothing-of-that-name [arm64], cc').replace(
      'Architecture: any',
      'Architecture: amd64',
    ),
    'use.yaml': plannedSource('use', 'only:native, libc'),
  });
  expect(read.universe.sources.map((s) => s.name)).toEqual(['cc', 'libc', 'make', 'sh', 'use']);
  expect(dependsOf(read, 'use')).toEqual(['only:amd64', 'libc']);
});

test('a native tool that nothing builds is an error at its line', async () => {
  const result = await read({ ...small, 'use.yaml': plannedSource('use', 'cc:native, mak:native') });
  expect(result.ok).toBe(false);
  const [only] = sortDiagnostics(result.diagnostics.filter((d) => d.severity === 'error')).map((d) =>
    formatDiagnostic(d),
  );
  expect(only).toContain('nothing provides mak:native');
  expect(only).toContain('use.yaml:4:27');
  expect(only).toContain('did you mean `make`?');
});

test('recipe.cross replaces steps by name, and removes them with null; a step it does not have is an error', async () => {
  const recipe = `recipe:
  steps:
    - configure: ./configure
    - check: ./check
    - install: make install
  stages: {1: {configure: ./stage}}
  cross: {configure: "./configure --host=$DEB_HOST_GNU_TYPE", check: null}
`;
  const declared =
    plannedSource('aa', 'seed-toolchain, aa <!stage1>', 'Build-Depends-Bootstrap1: seed-toolchain\n') + recipe;
  const contents = { 'seed.yaml': seed, 'a.yaml': declared.replace('aa <!stage1>', 'aa <!cross>') };
  const steps = async (options: Partial<ProjectOptions>, stage: number) =>
    (await project(contents, options)).recipes
      .get('aa')!
      .variants.get(stage)
      ?.steps.map((s) => `${s.name}: ${s.run}`);
  expect(await steps({}, 0)).toEqual(['configure: ./configure --host=$DEB_HOST_GNU_TYPE', 'install: make install']);
  expect(await steps({ architecture: 'amd64' }, 0)).toEqual([
    'configure: ./configure',
    'check: ./check',
    'install: make install',
  ]);
  expect(await steps({}, 1)).toBeUndefined();
  const wrong = await read(
    { ...contents, 'a.yaml': declared.replace('check: null', 'chek: null') },
    { architecture: 'amd64' },
  );
  const said = wrong.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.message}; ${d.help}`);
  expect(said).toEqual(['the cross build changes the step `chek`, which `steps` does not have; did you mean `check`?']);
});

test('packages of a cross build are for the other architecture', async () => {
  const read = await project({
    'seed.yaml': seed,
    'a.yaml': `${plannedSource('aa', 'seed-cross')}recipe: {steps: [{install: "true"}]}\n`,
  });
  expect(
    read.recipes
      .get('aa')!
      .variants.get(0)!
      .binaries.map((b) => b.control.Architecture),
  ).toEqual(['arm64']);
});

test('the variables of a build have the values of dpkg-architecture', () => {
  expect(architectureVariables({ build: 'amd64', host: 'arm64' })).toEqual({
    DEB_BUILD_ARCH: 'amd64',
    DEB_BUILD_GNU_CPU: 'x86_64',
    DEB_BUILD_GNU_TYPE: 'x86_64-linux-gnu',
    DEB_BUILD_MULTIARCH: 'x86_64-linux-gnu',
    DEB_HOST_ARCH: 'arm64',
    DEB_HOST_GNU_CPU: 'aarch64',
    DEB_HOST_GNU_TYPE: 'aarch64-linux-gnu',
    DEB_HOST_MULTIARCH: 'aarch64-linux-gnu',
    PREFIX_TOOLS: '/usr',
    PREFIX_CROSS: '/usr',
  });
});

test.runIf(needs('dpkg-architecture'))(
  'every architecture that dpkg knows has the GNU names that dpkg gives it',
  () => {
    const asked = [
      'i386',
      'armhf',
      'armel',
      'x32',
      'ppc64el',
      'loong64',
      'hurd-amd64',
      'musl-linux-riscv64',
      'mips64el',
    ];
    for (const name of asked) {
      const ran = spawnSync('dpkg-architecture', ['-f', '-a', name], { encoding: 'utf8' });
      const value = (key: string) => new RegExp(`^DEB_HOST_${key}=(.*)$`, 'm').exec(ran.stdout)?.[1];
      expect(gnuNames(name), name).toEqual({
        cpu: value('GNU_CPU'),
        type: value('GNU_TYPE'),
        multiarch: value('MULTIARCH'),
      });
    }
    expect(knownArchitectures.filter((name) => gnuNames(name) === undefined)).toEqual([]);
  },
);

test('a recipe may have its own prefixes', () => {
  const machines = { build: 'amd64', host: 'arm64' };
  const own = { PREFIX_CROSS: '/cross-tools-arm64' };
  const found = stepEnvironment({ name: 'aa', version: '1.0-1' }, 1, own, machines);
  expect([found.PREFIX_TOOLS, found.PREFIX_CROSS, found.DEB_HOST_ARCH]).toEqual([
    '/usr',
    '/cross-tools-arm64',
    'arm64',
  ]);
});

test.runIf(process.arch === 'x64')('plan tells what run would build for another architecture', () => {
  const directory = files(join(base, 'planned'), small);
  const ran = bootplan(['plan', '--metadata', directory, '--arch', 'arm64', '--json']);
  expect(ran.code, ran.stderr).toBe(0);
  const plan = fits<Plan>(ran.stdout, 'plan');
  expect(plan.builds.map(({ id, archive, why }) => `${id} ${archive} ${why}`)).toEqual([
    'libc final full',
    'cc final full',
    'make final full',
    'sh final full',
  ]);
  expect(plan.native!.binaries).toEqual(['cc:amd64', 'make:amd64', 'sh:amd64']);
  const alone = fits<Plan>(bootplan(['plan', '--metadata', directory, '--arch', 'amd64', '--json']).stdout, 'plan');
  expect(alone.native).toBeUndefined();
  // libc and make need each other there, and nothing breaks that.
  expect(alone.stuck.map((s) => s.source)).toContain('libc');
});

test('what lacks for another architecture is told with its name, and why', () => {
  const source = (name: string, architecture: string, depends = '') => `Source: ${name}
Version: "1"
Maintainer: N <n@example.org>
Build-Depends: tools
Packages: [{Package: ${name}, Architecture: ${architecture}, Description: x, files: ['**']${depends}}]
`;
  const cwd = files(scratch(), {
    'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash]}]\n',
    'script.yaml': source('script', 'all'),
    'user.yaml': source('user', 'any', ', Depends: script'),
    'image.yaml': 'Image: x\npackages: [script, user]\nroot-size: 8\nkernel: seed\ninitramfs: user\n',
  });
  expect(bootplan(['plan', '--metadata', cwd]).code).toBe(0);
  const image =
    'Image: x\npackages: [user]\nroot-size: 8\nkernel: seed\nseed-kernel: linux-image-amd64\ninitramfs: user\n';
  const own = files(scratch(), {
    'seed.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash]}]\n',
    'user.yaml': source('user', 'any'),
    'image.yaml': image,
  });
  const kernel = bootplan(['run', '--metadata', own, '--arch', 'arm64', '--dry-run'], { cwd: own });
  expect([kernel.code, kernel.stderr]).toEqual([
    78,
    expect.stringContaining('no kernel for arm64: linux-image-amd64 is for amd64'),
  ]);
  const plan = (script: string, depends = '') =>
    bootplan([
      'plan',
      ...[
        '--metadata',
        files(cwd, { 'script.yaml': source('script', script), 'user.yaml': source('user', 'any', depends) }),
      ],
      ...['--arch', 'riscv64'],
    ]);
  // What is for all is there for all.
  expect(plan('all', ', Depends: script').code).toBe(0);
  const needed = plan('amd64', ', Depends: script');
  expect([needed.code, needed.stderr]).toEqual([65, expect.stringContaining('nothing provides script for riscv64')]);
  const wanted = plan('amd64');
  expect(wanted.stderr).toContain('the image wants script, which no source builds for riscv64');
  expect(wanted.stderr).toContain('with `Architecture: any`');
});

test('a cycle of cross builds is told with what breaks it there: they have no stages', () => {
  const directory = files(scratch(), {
    'seed.yaml': seed,
    'a.yaml': plannedSource('aa', 'bb, seed-toolchain', 'Build-Depends-Bootstrap1: seed-toolchain\n'),
    'b.yaml': plannedSource('bb', 'aa <!nocheck>, seed-toolchain'),
  });
  expect(bootplan(['plan', '--metadata', directory]).code).toBe(0);
  const { code, stdout } = bootplan(['plan', '--metadata', directory, '--arch', 'arm64']);
  expect(code).toBe(1);
  expect(stdout).toContain('a cross build has no stages: leave it out of cross builds, in Build-Depends');
  expect(stdout).toMatch(/- bb,\n +\+ bb <!cross>,/);
  expect(stdout).not.toContain('Bootstrap1');
  // What was told is done.
  files(directory, {
    'a.yaml': plannedSource('aa', 'bb <!cross>, seed-toolchain', 'Build-Depends-Bootstrap1: seed-toolchain\n'),
  });
  expect(bootplan(['plan', '--metadata', directory, '--arch', 'arm64']).code).toBe(0);
});

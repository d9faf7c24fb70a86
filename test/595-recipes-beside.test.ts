/** Recipes of a directory beside the indices of an archive: either kind is built with what the other yields. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { baseIndex, type MadeSource, smallDebian } from './rig/debian-rig.ts';
import { bootplan, files, scratch } from './rig/program.ts';

const base = await baseIndex();
const home = scratch();

/** A source of the archive that asks for what a recipe yields. */
const alpha: MadeSource = {
  name: 'alpha',
  version: '1',
  needs: 'helper',
  binary: 'alpha-dev',
  archived: '1+deb12u1',
  script: 'mkdir -p tree/usr/share/alpha; cp /usr/share/helper/origin tree/usr/share/alpha/origin',
};

/** A recipe that asks for what that source yields, and can do without in its stage. */
const helper = `Source: helper
Version: 2-1
Maintainer: Nobody <nobody@example.org>
Build-Depends: gcc, alpha-dev <!stage1>
Packages:
  - Package: helper
    Architecture: any
    Depends: helper-data (= 2-1)
    Description: a program
    files: [usr/bin/**]
  - Package: helper-data
    Architecture: any
    Description: where it is from
    files: [usr/share/**]
recipe:
  fetch:
    - {local: main.c, sha256: "${'0'.repeat(64)}"}
  steps:
    - build: |
        gcc -O2 -o helper "$F/main.c"
    - check: test "$(./helper)" = helping
    - install: |
        mkdir -p "$D/usr/bin" "$D/usr/share/helper"
        cp helper "$D/usr/bin"
        test -f /usr/share/alpha/origin
        echo "$PN $PV beside alpha" >"$D/usr/share/helper/origin"
  stages:
    1:
      install: |
        mkdir -p "$D/usr/bin" "$D/usr/share/helper"
        cp helper "$D/usr/bin"
        id -u >"$D/usr/share/helper/origin"
`;
const main = '#include <stdio.h>\nint main(void) { puts("helping"); return 0; }\n';

const directory = files(join(home, 'recipes'), { 'helper.yaml': helper, 'main.c': main });

describe('what is read of both', () => {
  const cwd = files(join(home, 'indices'), {
    P: 'Package: gcc\nVersion: 1\nArchitecture: amd64\n\nPackage: alpha-dev\nVersion: 1\nArchitecture: amd64\nSource: alpha\n\n',
    S: 'Package: alpha\nVersion: 1\nBinary: alpha-dev\nArchitecture: any\nBuild-Depends: helper, libhelper-dev\n\n',
  });
  const words = ['--packages', 'P', '--sources', 'S', '--targets', 'alpha', '--others', 'available'];

  test('is one archive: cycles lead through both, and a plan breaks them by the stage of a recipe', () => {
    const also = files(join(home, 'also'), {
      'helper.yaml': helper.replace('files: [usr/share/**]', 'files: [usr/share/**]\n    Provides: libhelper-dev'),
    });
    const cycles = bootplan(['cycles', ...words, '--metadata', also], { cwd });
    expect(cycles.stdout).toContain('alpha');
    const plan = bootplan(['plan', ...words, '--metadata', also, '--json'], { cwd });
    const { builds } = JSON.parse(plan.stdout);
    expect(builds.map(({ id }: { id: string }) => id).slice(0, 3)).toEqual(['helper<stage1>', 'alpha', 'helper']);
  });

  test('is held against the indices: what nothing provides is stuck by name', () => {
    const plan = bootplan(['plan', ...words, '--metadata', directory], { cwd });
    expect([plan.code, plan.stdout.includes('libhelper-dev')]).toEqual([1, true]);
  });

  test("has no seed and no image: both are the archive's", () => {
    const wrong = files(join(home, 'wrong'), {
      'helper.yaml': helper,
      'seed.yaml': 'Seed:\n  - {Package: tools, Version: "1", debian: [dash]}\n',
    });
    const refused = bootplan(['plan', ...words, '--metadata', wrong], { cwd });
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain('the archive is the seed of what is built beside it');
    expect(refused.stderr).toContain('seed.yaml:1');
  });

  test('names the line of a recipe where that is wrong', () => {
    const wrong = files(join(home, 'twice'), { 'helper.yaml': helper.replace('- check:', '- build:') });
    const refused = bootplan(['run', ...words, '--metadata', wrong, '--state', join(home, 'none'), '--dry-run'], {
      cwd,
    });
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain('the step `build` is there twice');
  });
});

describe.skipIf(base === undefined)('a cycle through a source of the archive and a recipe', () => {
  const archive = base === undefined ? [] : smallDebian(join(home, 'archive'), base, [alpha]);
  const state = join(home, 'state');
  const words = [...archive, '--metadata', directory, '--state', state, '--no-image'];
  const ledger = () =>
    readFileSync(join(state, 'ledger.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('a local file of the recipe is fetched by its digest', () => {
    const locked = bootplan(['run', ...words]);
    expect([locked.code, locked.stderr.includes(`bootplan relock --metadata ${directory}`)]).toEqual([66, true]);
    expect(bootplan(['relock', '--metadata', directory]).code).toBe(0);
  });

  test('is built: each with what the other yields, both clean in the end, and the same when compared', () => {
    const built = bootplan(['run', ...words]);
    expect(built.code, built.stderr).toBe(0);
    const builds = ledger();
    expect(builds.map(({ build, archive: to }) => [build, to]).slice(0, 3)).toEqual([
      ['helper<stage1>', 'stage1'],
      ['alpha', 'interim'],
      ['helper', 'final'],
    ]);
    const of = (id: string, name: string) =>
      builds.find(({ build }) => build === id).installed.find((one: { name: string }) => one.name === name);
    expect(of('alpha', 'helper')).toMatchObject({ version: '2-1+bp1~stage1', build: 'helper<stage1>' });
    // What apt installs along with it is from the same build.
    expect(of('alpha', 'helper-data')).toMatchObject({ build: 'helper<stage1>' });
    expect(of('helper', 'alpha-dev')).toMatchObject({ version: '1+bp1~tainted', build: 'alpha' });
    expect(built.stderr).toMatch(/compared \S+ with \S+: bit-identical/);
    const index = readFileSync(join(state, 'archives/final/Packages'), 'utf8');
    expect(index).toContain('Package: helper-data\n');
    expect(index).toContain('Depends: helper-data (= 2-1+bp1)');
  });

  test('its steps run as an ordinary user', () => {
    const log = readFileSync(join(state, 'logs/helper@stage1.log'), 'utf8');
    expect(log).toContain('>>> step install-deps');
    const opened = bootplan([
      'shell',
      'helper',
      ...words.slice(0, -1),
      '--step',
      'install',
      '--command',
      'id -u; ls; echo $D',
    ]);
    expect(opened.stdout, opened.stderr).toBe('1000\nhelper\n/work/outputs\n');
  });

  test('and again there is nothing to do, until the recipe changes', () => {
    expect(bootplan(['run', ...words, '--dry-run']).stdout).toContain('0 to build');
    const text = readFileSync(join(directory, 'helper.yaml'), 'utf8');
    files(directory, { 'helper.yaml': text.replace('-O2', '-O1') });
    expect(bootplan(['run', ...words, '--dry-run']).stdout).toContain('would build helper');
  });

  test.skipIf(!existsSync('/usr/bin/sbuild'))('sbuild builds no recipe, and says so', () => {
    const refused = bootplan(['run', ...words, '--backend', 'sbuild']);
    expect(refused.code).toBe(65);
    expect(refused.stderr).toContain('sbuild cannot build helper<stage1>: it has a recipe');
  });
});

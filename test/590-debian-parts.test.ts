/**
 * The parts of the builder of Debian sources that are pure: what was installed, who may have which ids, what a log ends
 * in.
 */

import { createHash } from 'node:crypto';
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InstalledBinary } from '../src/events.ts';
import { besideIndex } from '../src/metadata/universe/archive-root.ts';
import type { Recipe, Source, Variant } from '../src/model.ts';
import { sourceName } from '../src/names.ts';
import type { InputDeb } from '../src/runner/builder.ts';
import type { IndexedFile } from '../src/runner/builders/debian/archive/deb-pool.ts';
import { stanzaOf, stanzasNamed } from '../src/runner/builders/debian/archive/index-stanzas.ts';
import { installedIn, recordedSet, strangers } from '../src/runner/builders/debian/archive/recorded-set.ts';
import { isAsSealed, sealBase } from '../src/runner/builders/debian/base/base-seal.ts';
import { Stock } from '../src/runner/builders/debian/base/stock.ts';
import { installedByLog, sectionOf, stageFailed } from '../src/runner/builders/debian/build/sbuild-log.ts';
import { failStage, summaryOf } from '../src/runner/builders/debian/build/summary.ts';
import { covers, freeRange, grantedIn } from '../src/runner/builders/debian/chroot/id-range.ts';
import { buildDsc, buildOptions, debianRecipe } from '../src/runner/builders/debian/recipe/recipe.ts';
import { refuseWhatSbuildCannot } from '../src/runner/builders/debian/recipe/sbuild-limits.ts';
import { branded } from './rig/branded.ts';
import { files, scratch } from './rig/program.ts';

const status = `Package: libldap-2.5-0
Status: install ok installed
Architecture: amd64
Version: 2.5.13+bp1~stage1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2024a-0+deb12u1
`;
const input: InputDeb = branded({
  name: 'libldap-2.5-0',
  version: '2.5.13+bp1~stage1',
  path: '/x',
  sha256: 'a'.repeat(64),
  build: 'openldap<stage1>',
  archive: 'stage1',
});
const tzdata: IndexedFile = branded({
  name: 'tzdata',
  version: '2024a-0+deb12u1',
  architecture: 'all',
  source: 'tzdata',
  sha256: 'b'.repeat(64),
  bytes: 1,
});

describe('what was installed', () => {
  test('is what dpkg calls installed, and nothing that it has removed', () => {
    expect(installedIn(status).map(({ name }) => name)).toEqual(['libldap-2.5-0', 'tzdata']);
  });

  test('comes from the build or from the seed that had that very version', () => {
    const { installed, unknown } = recordedSet(installedIn(status), [input], [tzdata]);
    expect(unknown).toEqual([]);
    expect(installed.map(({ name, build, archive }) => [name, build, archive])).toEqual([
      ['libldap-2.5-0', 'openldap<stage1>', 'stage1'],
      ['tzdata', 'seed', 'seed'],
    ]);
  });

  test('and of what nobody gave the name is told', () => {
    expect(recordedSet(installedIn(status), [], [tzdata]).unknown).toEqual(['libldap-2.5-0 2.5.13+bp1~stage1']);
  });

  test('a copy of the seed where a build has yielded one is a stranger, whatever its version', () => {
    const seed: InstalledBinary = branded({
      ...{ name: 'libldap-2.5-0', version: '2.5.13+deb12u1', sha256: '' },
      ...{ build: 'seed', archive: 'seed' },
    });
    expect(strangers([seed], new Map([['libldap-2.5-0', 'openldap<stage1>']]))).toEqual([
      'libldap-2.5-0 2.5.13+deb12u1 of the seed, though openldap<stage1> yields it',
    ]);
    expect(strangers([seed], new Map())).toEqual([]);
  });
});

describe('the ids of a chroot', () => {
  test('are granted by subuid(5), by name or by number, when they are enough', () => {
    const text = 'other:100000:65536\nme:165536:1000\nme:300000:65536\n';
    expect(grantedIn(text, ['me', '1000'])).toBe(300000);
    expect(grantedIn('1000:400000:65536\n', ['me', '1000'])).toBe(400000);
    expect(grantedIn('me:165536:1000\n', ['me', '1000'])).toBe(undefined);
  });

  test('are proposed where nobody has any, so that no user is root in the chroot of another', () => {
    const subuid = 'a:100000:65536\nb:231072:65536\nc:165536:65536\n';
    expect([freeRange([]), freeRange([subuid]), freeRange([subuid, 'd:300000:1\n\n'])]).toEqual([
      200_000, 296_608, 300_001,
    ]);
    expect(freeRange(['e:100000:100000\nf:265536:9\n'])).toBe(200_000);
  });

  test('must exist in the namespace of whoever asks', () => {
    expect(covers('         0          0 4294967295\n', 1_879_000_000)).toBe(true);
    expect(covers('         0     100000      65536\n', 1_879_000_000)).toBe(false);
    expect(covers('         0     100000      65536\n', 0)).toBe(true);
  });
});

const variant: Variant = {
  stage: 1,
  profiles: ['nocheck', 'stage1'],
  notation: 'profiles',
  buildDepends: [[{ name: 'debhelper-compat', op: '=', version: '13' }], [{ name: 'byacc' }, { name: 'bison' }]],
  buildConflicts: [[{ name: 'autoconf2.13' }]],
  produces: [],
};
const source: Source = {
  name: sourceName('krb5'),
  version: '1:1.20.1-2',
  maintainer: '',
  uploaders: [],
  architectures: ['any'],
  section: 'net',
  variants: [{ ...variant, stage: 0, profiles: [] }, variant],
  origin: { file: 'Sources', line: 1 },
};

test('apt is asked for what is left of the dependencies in the stage, not for what the .dsc says', () => {
  const text = buildDsc(source, variant);
  expect(text).toContain('\nBuild-Depends: debhelper-compat (= 13), byacc | bison\nBuild-Conflicts: autoconf2.13\n');
  expect(text.split('\n').filter((line) => line.startsWith('Source:'))).toEqual(['Source: krb5']);
});

test('dpkg checks debian/control unless the stage is a list of its own: fields, or names that are dropped', () => {
  const build = (more: Partial<Variant>) =>
    debianRecipe({ ...source, variants: [{ ...variant, ...more }] }, [], { indep: false })
      .variants.get(more.stage ?? 1)!
      .steps.at(-1)!
      .run.split('\n')[1];
  expect(build({ notation: 'field', profiles: [] })).toBe('dpkg-buildpackage -us -uc -B -d');
  expect(build({ profiles: ['nocheck', 'pkg.krb5.stage1'] })).toBe('dpkg-buildpackage -us -uc -B -d');
  expect(build({ profiles: ['pkg.krb5.noldap'] })).toBe('dpkg-buildpackage -us -uc -B');
  expect(build({ stage: 0, profiles: ['nocheck'] })).toBe('dpkg-buildpackage -us -uc -B');
  expect(buildOptions(['nocheck', 'stage1'])).toEqual(['noautodbgsym', 'nocheck']);
});

test('the log ends in the keys of sbuild', () => {
  const facts = {
    source: sourceName('krb5'),
    version: '1.20.1-2',
    builtVersion: '1.20.1-2+bp1~stage1',
    architecture: 'amd64',
    profiles: ['stage1'],
    type: 'any',
    archive: 'stage1',
    seconds: 12.4,
  };
  const failed = summaryOf({ ...facts, failedIn: 'unpack' });
  expect(failed).toContain('\nFail-Stage: unpack\n');
  expect(failed).toContain('\nBuild Profiles: stage1\n');
  const done = summaryOf({ ...facts, failedIn: '' });
  expect(done).toContain('\nStatus: successful\n');
  expect(done).not.toContain('Fail-Stage');
  expect(done.split('\n').filter((line) => line.startsWith('| Summary'))[0]).toHaveLength(80);
  expect(failStage('patch-fix')).toBe('build');
});

test('a base is believed only as it was sealed: not after an edit whose times were put back, nor with a file more', async () => {
  const here = scratch();
  const base = files(join(here, 'base'), { 'etc/passwd': 'root:x:0:0\n', 'usr/bin/tool': 'tool' });
  const beside = scratch();
  expect(await isAsSealed(base, beside)).toBe(false);
  await sealBase(base, beside);
  expect(await isAsSealed(base, beside)).toBe(true);
  const tool = join(base, 'usr/bin/tool');
  const { atime, mtime } = statSync(tool);
  writeFileSync(tool, 'evil');
  utimesSync(tool, atime, mtime);
  expect(await isAsSealed(base, beside)).toBe(false);
  await sealBase(base, beside);
  writeFileSync(join(base, 'more'), '');
  expect(await isAsSealed(base, beside)).toBe(false);
});

describe('an index', () => {
  const text = (name: string, sha: string) =>
    `Package: ${name}\nVersion: 1:2-3\nArchitecture: amd64\nFilename: pool/${name}.deb\nSize: 5\nSHA256: ${sha}\n`;

  test('gives the stanza of a file by the name that apt would give that', () => {
    const index = `${text('a', 'c'.repeat(64))}\n${text('b', 'd'.repeat(64))}`;
    const found = stanzasNamed(index, new Set(['b_1%3a2-3_amd64.deb', 'c_1_amd64.deb']));
    expect([...found.values()].map(({ file }) => [file.name, file.sha256[0]])).toEqual([['b', 'd']]);
  });

  test('has nothing that can be built from where there is no sha256', () => {
    expect(stanzaOf(text('a', 'not'))).toBe(undefined);
  });

  test('is remembered for a build as what the plan takes of it: a record with a package more leaks, with one less lacks', async () => {
    const index = join(scratch(), 'Packages');
    const stanzas = ['a', 'b'].map((name, at) => text(name, String(at).repeat(64)));
    writeFileSync(index, stanzas.join('\n'));
    const wanted = ['a_1%3a2-3_amd64.deb'];
    const key = createHash('sha256').update(wanted.join('\n')).digest('hex');
    const recorded = async (places: readonly number[]) => {
      const file = join(scratch(), 'record.json');
      writeFileSync(file, JSON.stringify({ format: 1, stanzas, base: [], builds: { [key]: places } }));
      const stock = new Stock([index], 'amd64', file);
      await stock.cover([wanted]);
      return stock;
    };
    expect((await recorded([0])).of(wanted).map(({ file }) => file.name)).toEqual(['a']);
    const leaking = await recorded([0, 1]);
    expect(() => leaking.of(wanted)).toThrow('it gives a build b_1%3a2-3_amd64.deb, which the plan does not take');
    const lacking = await recorded([]);
    expect(() => lacking.of(wanted)).toThrow('it has not all that a build takes of the archive');
  });

  test('leads to files beside it, in a flat archive and in a mirror, and never out of there', () => {
    expect(besideIndex('/m/Packages', './a_1.deb')).toBe('/m/a_1.deb');
    expect(besideIndex('/m/dists/x/main/binary-amd64/Packages.xz', 'pool/main/a/a_1.deb')).toBe(
      '/m/pool/main/a/a_1.deb',
    );
    expect(besideIndex('/m/Packages', '../../etc/shadow')).toBe(undefined);
    expect(besideIndex('/m/Packages', '/etc/shadow')).toBe(undefined);
  });
});

describe('a log of sbuild', () => {
  const heading = (title: string) => `+---+\n| ${title.padEnd(76)} |\n+---+\n`;
  const log = [
    heading('Install package build dependencies'),
    heading('Build'),
    '>>> ii  libc6 2.36-9\n>>> ii  sbuild-build-depends-main-dummy 0.invalid.0\n>>> rc  gone 1\n>>> ii  g++ 4:12.2.0-3\n',
    'dpkg-buildpackage\n-----------------\n\n>>> ii  forged 1\n',
    heading('Summary'),
    '\nFail-Stage: build\nHost Architecture: amd64\nFail-Stage: later\n',
  ].join('');

  test('says what was installed before anything of the source ran, and nothing that the source says', () => {
    expect(installedByLog(log)).toEqual([
      { name: 'libc6', version: '2.36-9' },
      { name: 'g++', version: '4:12.2.0-3' },
    ]);
    expect(installedByLog('>>> ii  libc6 2.36-9\n')).toEqual([]);
  });

  test('says by its headings which step has begun, and in its summary which one failed', () => {
    expect(log.split('\n').flatMap((line) => sectionOf(line) ?? [])).toEqual(['install-deps', 'build']);
    expect(stageFailed(log)).toBe('build');
    expect(stageFailed('Fail-Stage: forged\n')).toBe(undefined);
  });
});

test('sbuild is given only what it can do: no steps of others, no lists of a stage', () => {
  const planned = (stage: number) =>
    ({ id: stage === 0 ? 'krb5' : `krb5<stage${stage}>`, source: 'krb5', stage }) as never;
  const project = (indep: boolean, more: Partial<Variant> = {}, mend = (recipe: Recipe) => recipe) => {
    const own = { ...source, variants: [source.variants[0]!, { ...variant, profiles: ['pkg.krb5.noldap'], ...more }] };
    return {
      universe: { sources: [own] },
      recipes: new Map([['krb5', mend(debianRecipe(own, [], { indep }))]]),
    } as never;
  };
  for (const indep of [false, true])
    expect(() => refuseWhatSbuildCannot(project(indep), [planned(0), planned(1)])).not.toThrow();
  expect(() => refuseWhatSbuildCannot(project(false, { notation: 'field', profiles: [] }), [planned(1)])).toThrow(
    'sbuild cannot build krb5<stage1>: its build dependencies are a list of the stage',
  );
  const patched = (recipe: Recipe): Recipe => ({
    ...recipe,
    variants: new Map(
      [...recipe.variants].map(([stage, { steps, ...rest }]) => [
        stage,
        { ...rest, steps: steps.map((step) => ({ ...step, env: { CC: 'tcc' } })) },
      ]),
    ),
  });
  expect(() => refuseWhatSbuildCannot(project(false, {}, patched), [planned(0)])).toThrow('its steps are changed');
});

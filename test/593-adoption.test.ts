/** Builds that were done elsewhere: what fits the plan is taken into the right archive, what does not is told whole. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootplan, files, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const home = scratch();

const stanza = (name: string, more = '') =>
  `Package: ${name}\nVersion: 1\nArchitecture: amd64\nMaintainer: N <n@example.org>\nDescription: d\n${more}Filename: ${name}.deb\nSize: 1\nSHA256: ${createHash('sha256').update(name).digest('hex')}\n\n`;

/** An archive of the least that the builder asks for, and two sources that need each other; alpha has a stage. */
const base = ['sh', 'apt', 'build-essential', 'fakeroot', 'cc'];
files(home, {
  Packages: [
    stanza('sh', 'Essential: yes\n'),
    stanza('apt'),
    stanza('build-essential', 'Depends: cc\n'),
    stanza('cc'),
    stanza('fakeroot'),
    stanza('tool'),
    stanza('other'),
    stanza('alpha-dev', 'Source: alpha\n').replace('Version: 1', 'Version: 1+deb12u1'),
    stanza('beta-dev', 'Source: beta\n').replace('Version: 1', 'Version: 1+deb12u1'),
  ].join(''),
  Sources: [
    ['alpha', 'tool, beta-dev <!stage1>'],
    ['beta', 'alpha-dev'],
  ]
    .map(
      ([name, needs]) =>
        `Package: ${name}\nBinary: ${name}-dev\nVersion: 1\nArchitecture: any\nMaintainer: N <n@example.org>\nBuild-Depends: ${needs}\nDirectory: .\nChecksums-Sha256:\n ${'a'.repeat(64)} 1 ${name}_1.dsc\n\n`,
    )
    .join(''),
});
const archive = [
  '--packages',
  'Packages',
  '--sources',
  'Sources',
  '--targets',
  'alpha',
  'beta',
  '--others',
  'available',
];

interface Build {
  readonly source: string;
  readonly suffix: string;
  readonly profiles?: string;
  /** Besides the base, `name version`. */
  readonly installed: readonly string[];
  readonly architecture?: string;
  readonly origin?: string;
  readonly binary?: string;
  readonly depends?: string;
}

const sum = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What a build daemon leaves of a build; returns the .changes. */
function built(directory: string, build: Build): string {
  const { source, suffix, profiles = '', installed, architecture = 'amd64', origin = `${source} (1)` } = build;
  const { binary = `${source}-dev`, depends } = build;
  const machine = architecture === 'all' ? 'all' : 'amd64';
  const version = `1${suffix}`;
  const tree = join(directory, 'tree');
  rmSync(tree, { recursive: true, force: true });
  files(tree, {
    'DEBIAN/control': `Package: ${binary}\nSource: ${origin}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: N <n@example.org>\n${depends === undefined ? '' : `Depends: ${depends}\n`}Description: d\n`,
    [`usr/share/${source}`]: `${source}\n`,
  });
  const deb = `${binary}_${version}_${architecture}.deb`;
  const packed = spawnSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, join(directory, deb)], {
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
  });
  expect(packed.status, String(packed.stderr)).toBe(0);
  rmSync(tree, { recursive: true });
  const list = [
    ...base.filter((name) => name !== 'apt' && name !== 'fakeroot').map((name) => `${name} 1`),
    ...installed,
  ];
  const info = `${source}_${version}_${machine}.buildinfo`;
  writeFileSync(
    join(directory, info),
    `Format: 1.0\nSource: ${source} (1)\nBinary: ${binary}\nArchitecture: amd64\nVersion: ${version}\nBuild-Architecture: amd64\nInstalled-Build-Depends:\n ${list.map((row) => row.replace(/^(\S+) (.*)$/, '$1 (= $2)')).join(',\n ')}\nEnvironment:\n DEB_BUILD_OPTIONS="parallel=1"\n${profiles === '' ? '' : ` DEB_BUILD_PROFILES="${profiles}"\n`}`,
  );
  const changes = join(directory, `${source}_${version}_${machine}.changes`);
  writeFileSync(
    changes,
    `Format: 1.8\nSource: ${source} (1)\nBinary: ${binary}\n${profiles === '' ? '' : `Built-For-Profiles: ${profiles}\n`}Architecture: amd64\nVersion: ${version}\nDistribution: unstable\nChecksums-Sha256:\n${vouched(directory, [deb, info])}`,
  );
  return changes;
}

const vouched = (directory: string, names: readonly string[]) =>
  names
    .map((name) => ` ${sum(join(directory, name))} ${readFileSync(join(directory, name)).length} ${name}\n`)
    .join('');

const stage: Build = { source: 'alpha', suffix: '+bp1~stage1', profiles: 'stage1', installed: ['tool 1'] };
const adopt = (from: string, state: string, ...more: string[]) =>
  bootplan(['adopt', from, ...more, '-C', home, ...archive, '--state', state]);
const place = (name: string) => {
  mkdirSync(join(home, name), { recursive: true });
  return join(home, name);
};
const events = (state: string) =>
  readFileSync(join(home, state, 'journal.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a stage build that fits is taken, is told as adopted everywhere, and counts for the builds after it', () => {
  const there = place('good');
  const changes = built(there, stage);
  const taken = adopt(there, 'state', '--json');
  expect(taken.code, taken.stderr).toBe(0);
  const packages = ['alpha-dev_1+bp1~stage1_amd64.deb'];
  const answer = { adopted: [{ build: 'alpha<stage1>', archive: 'stage1', packages }], already: [] };
  expect(fits(taken.stdout, 'adopt')).toMatchObject({ ...answer, done: 1 });
  expect(readdirSync(join(home, 'state/archives/stage1/pool'))).toEqual(packages);
  const finished = events('state').find(({ type }) => type === 'build-finished')!;
  expect([finished.how, finished.tainted, finished.sandboxed]).toEqual(['adopted', false, false]);
  const [row] = readFileSync(join(home, 'state/ledger.ndjson'), 'utf8').split('\n');
  const entry = JSON.parse(row!);
  expect([entry.adopted, entry.installed.map(({ name }: { name: string }) => name)]).toEqual([
    true,
    ['build-essential', 'cc', 'sh', 'tool'],
  ]);
  const statement = JSON.parse(readFileSync(join(home, 'state/provenance/alpha@stage1.json'), 'utf8'));
  expect(statement.predicate.buildDefinition.internalParameters.adopted).toBe(true);
  expect(statement.predicate.runDetails.builder.id).toContain('elsewhere');
  const verified = bootplan(['verify', '-C', home, '--state', 'state']);
  expect(verified.stdout).toContain('built elsewhere, and adopted: alpha<stage1>');
  expect(verified.stdout).not.toContain('without a sandbox');
  const left = bootplan(['run', '-C', home, ...archive, '--state', 'state', '--no-image', '--dry-run']);
  expect(left.stdout).not.toContain('alpha<stage1>');
  expect(left.stdout).toContain('would build beta for interim');
  expect(adopt(changes, 'state').stdout).toContain('adopted before, and as it was: alpha<stage1>');
});

test('several that build on one another are taken together, each against what the plan has for it by then', () => {
  const there = place('several');
  built(there, stage);
  built(there, { source: 'beta', suffix: '+bp1~tainted', installed: ['alpha-dev 1+bp1~stage1'] });
  const taken = adopt(there, 'several-state');
  expect(taken.code, taken.stderr).toBe(0);
  expect(readdirSync(join(home, 'several-state/archives/interim/pool'))).toEqual(['beta-dev_1+bp1~tainted_amd64.deb']);
  const beta = events('several-state').find(({ build }) => build === 'beta')!;
  expect(beta.tainted).toBe(true);
  expect(beta.installed).toContainEqual(
    expect.objectContaining({ name: 'alpha-dev', build: 'alpha<stage1>', archive: 'stage1' }),
  );
});

test('what waits for a build that is not there is refused by its name', () => {
  const there = place('early');
  built(there, { source: 'beta', suffix: '+bp1~tainted', installed: ['alpha-dev 1+bp1~stage1'] });
  const refused = adopt(there, 'early-state');
  expect([refused.code, existsSync(join(home, 'early-state/ledger.ndjson'))]).toEqual([65, false]);
  expect(refused.stderr).toContain('beta waits for alpha<stage1>');
});

/** Every line about what lies in that directory. */
const about = (stderr: string, directory: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.includes(`/${directory}/`))
    .join('\n');

test('what does not fit is refused with all its reasons, all of them at once, and nothing is taken', () => {
  const cases: Readonly<Record<string, readonly [Partial<Build>, readonly string[]]>> = {
    profile: [{ profiles: 'nocheck' }, ['built with profiles nocheck, and alpha<stage1> has profiles stage1']],
    archive: [{ suffix: '+bp1~stage2' }, ['its version is 1+bp1~stage2, and the plan has 1+bp1~stage1 for stage1']],
    mark: [{ suffix: '' }, ['its version is 1, and the plan has']],
    architecture: [{ architecture: 'arm64' }, ['neither version nor architecture is what the plan asks for']],
    source: [{ origin: 'gamma (1)' }, ['says that it is of gamma 1']],
    set: [
      { installed: ['tool 2', 'other 1'] },
      [
        'tool 2 was installed, and the plan has 1 of the archive',
        "other 1 was installed, which is not in the plan's set",
      ],
    ],
    smaller: [{ installed: [] }, ["tool 1 is in the plan's set, and was not installed"]],
  };
  const places = Object.entries(cases).map(([name, [change]]) => built(place(name), { ...stage, ...change }));
  const refused = adopt(places[0]!, 'never', ...places.slice(1));
  expect([refused.code, existsSync(join(home, 'never/archives/stage1'))]).toEqual([65, false]);
  for (const [name, [, said]] of Object.entries(cases))
    for (const words of said) expect(about(refused.stderr, name)).toContain(words);
});

test('a stage whose package needs what the stage is declared to do without does not fit', () => {
  files(home, { 'less.yaml': 'alpha: {stage1-without-depends: [tool]}\n' });
  const given = (depends: string, state: string) => {
    built(place(state), { ...stage, depends });
    return adopt(place(state), `${state}-state`, '--annotations', 'less.yaml');
  };
  const refused = given('cc, tool (>= 1)', 'needy');
  expect([refused.code, existsSync(join(home, 'needy-state/archives/stage1'))]).toEqual([65, false]);
  expect(refused.stderr).toContain(
    'alpha-dev depends on tool (>= 1), and stage 1 is declared to need none of it at run time',
  );
  const taken = given('cc, tool | cc', 'modest');
  expect(taken.code, taken.stderr).toBe(0);
});

test('the trap of version order: the copy of the archive where a build has yielded one does not fit', () => {
  const there = place('trap');
  built(there, stage);
  built(there, { source: 'beta', suffix: '+bp1~tainted', installed: ['alpha-dev 1+deb12u1'] });
  const refused = adopt(there, 'trap-state');
  expect([refused.code, existsSync(join(home, 'trap-state/archives/stage1'))]).toEqual([65, false]);
  expect(refused.stderr).toContain('alpha-dev 1+deb12u1 was installed, and the plan has 1+bp1~stage1 of alpha<stage1>');
});

test('a comparison is no comparison when it is the same build twice', () => {
  const there = place('twice');
  built(there, stage);
  built(there, { source: 'beta', suffix: '+bp1~tainted', installed: ['alpha-dev 1+bp1~stage1'] });
  const alpha = built(there, { source: 'alpha', suffix: '+bp1', installed: ['tool 1', 'beta-dev 1+bp1~tainted'] });
  built(there, { source: 'beta', suffix: '+bp1', installed: ['alpha-dev 1+bp1'] });
  const taken = adopt(there, 'twice-state');
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.stdout).toContain('4 of 5 builds of the plan are done');
  expect(readdirSync(join(home, 'twice-state/archives/final/pool')).length).toBe(2);
  const again = adopt(alpha, 'twice-state', '--build', 'alpha#2');
  expect([again.code, again.stderr]).toEqual([65, expect.stringContaining('and no second one')]);
  const other = place('again');
  built(other, { source: 'alpha', suffix: '+bp1', installed: ['tool 1', 'beta-dev 1+bp1'] });
  const compared = adopt(other, 'twice-state');
  expect([compared.code, compared.stderr]).toEqual([
    0,
    expect.stringContaining('compared alpha#2 with alpha: bit-identical'),
  ]);
  expect(compared.stdout).toContain('5 of 5');
});

const [stageDeb, stageInfo] = ['alpha-dev_1+bp1~stage1_amd64.deb', 'alpha_1+bp1~stage1_amd64.buildinfo'];
const pipe = (path: string) => spawnSync('mkfifo', [path]);
const endless = (path: string) => symlinkSync('/dev/zero', path);

const spoiled: readonly (readonly [string, (directory: string, changes: string) => void, string])[] = [
  ['a changed package', (d) => writeFileSync(join(d, 'alpha-dev_1+bp1~stage1_amd64.deb'), 'x'), 'is not'],
  [
    'a package of the right length and another content',
    (d) => {
      const path = join(d, 'alpha-dev_1+bp1~stage1_amd64.deb');
      const bytes = readFileSync(path);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(path, bytes);
    },
    'alpha-dev_1+bp1~stage1_amd64.deb is not what its sha256 says',
  ],
  ['no .buildinfo', (_, c) => withoutLine(c, '.buildinfo'), 'names 0 .buildinfo files'],
  [
    'a name that leads elsewhere',
    (_, c) => writeFileSync(c, readFileSync(c, 'utf8').replace(/ alpha-dev_/, ' ../../etc/alpha-dev_')),
    'names no file',
  ],
  [
    'a link in the place of a package',
    (d) => {
      renameSync(join(d, 'alpha-dev_1+bp1~stage1_amd64.deb'), join(home, 'elsewhere.deb'));
      symlinkSync(join(home, 'elsewhere.deb'), join(d, 'alpha-dev_1+bp1~stage1_amd64.deb'));
    },
    'is not there as a file of',
  ],
  [
    'a size that nobody has',
    (_, c) => writeFileSync(c, readFileSync(c, 'utf8').replace(/ \d+ alpha-dev_/, ' 99999999999999 alpha-dev_')),
    'is said to have 99999999999999 bytes',
  ],
  [
    'a size that is less than the file has',
    (_, c) => writeFileSync(c, readFileSync(c, 'utf8').replace(/ \d+ alpha-dev_/, ' 3 alpha-dev_')),
    'is not there as a file of 3 bytes',
  ],
  ['what is no package', (d, c) => revouched(d, c, 'garbage'), 'is no package that dpkg-deb can read'],
  [
    'a name of another package',
    (d, c) => {
      linkSync(join(d, 'alpha-dev_1+bp1~stage1_amd64.deb'), join(d, 'beta-dev_1+bp1~stage1_amd64.deb'));
      writeFileSync(c, readFileSync(c, 'utf8').replace(' alpha-dev_', ' beta-dev_'));
    },
    'holds a package whose name would be alpha-dev_1+bp1~stage1_amd64.deb',
  ],
  ['no control data', (_, c) => writeFileSync(c, Buffer.alloc(2000)), 'alpha_1+bp1~stage1_amd64.changes'],
  ['a flood', (_, c) => writeFileSync(c, 'A'.repeat(2 ** 22 + 1)), 'no .changes of at most'],
  ['a pipe in the place of a package', (d) => insteadOf(join(d, stageDeb), pipe), 'is not there as a file of'],
  [
    'a directory in the place of a package',
    (d) => insteadOf(join(d, stageDeb), mkdirSync),
    'is not there as a file of',
  ],
  ['a pipe in the place of the .buildinfo', (d) => insteadOf(join(d, stageInfo), pipe), 'is not there as a file of'],
  ['a device in the place of the .changes', (_, c) => insteadOf(c, endless), 'no .changes of at most'],
  ['a pipe in the place of the .changes', (_, c) => insteadOf(c, pipe), 'no .changes of at most'],
  ['a file named twice', (_, c) => again(c, stageDeb, stageDeb), `${stageDeb} is named twice`],
  ['a name that is an option', (_, c) => again(c, stageDeb, '--help_1_amd64.deb'), 'names no file'],
  ['a name that is hidden', (_, c) => again(c, stageDeb, '.x.deb'), 'names no file'],
  ['a name with what terminals obey', (_, c) => again(c, stageDeb, 'a\u001b[2J.deb'), 'a\\x1b[2J.deb names no file'],
  ['a list of files that is there twice', (_, c) => appendFileSync(c, 'Checksums-Sha256:\n'), 'line'],
  ['a text that was cut off', (_, c) => truncateSync(c, readFileSync(c).length - 20), 'names 0 .buildinfo files'],
  [
    'what it says of itself that leads elsewhere',
    (d, c) => repacked(d, c, (control) => control.replace(/^Version: .*$/m, 'Version: 1/../../../victim')),
    'holds a package whose name would be alpha-dev_1/../../../victim_amd64.deb',
  ],
];

function insteadOf(path: string, put: (path: string) => void): void {
  rmSync(path);
  put(path);
}

/** One more line for a file, under another name. */
function again(changes: string, name: string, other: string): void {
  const line = readFileSync(changes, 'utf8')
    .split('\n')
    .find((row) => row.endsWith(` ${name}`))!;
  appendFileSync(changes, `${line.replace(name, () => other)}\n`);
}

/** The package with other control data, which dpkg-deb packs without looking at it. */
function repacked(directory: string, changes: string, change: (control: string) => string): void {
  const tree = join(directory, 'unpacked');
  spawnSync('dpkg-deb', ['--raw-extract', join(directory, stageDeb), tree]);
  writeFileSync(join(tree, 'DEBIAN/control'), change(readFileSync(join(tree, 'DEBIAN/control'), 'utf8')));
  const packed = spawnSync('dpkg-deb', ['--nocheck', '-Znone', '--build', tree, join(directory, stageDeb)]);
  expect(packed.status, String(packed.stderr)).toBe(0);
  const head = readFileSync(changes, 'utf8').split('Checksums-Sha256:\n')[0]!;
  writeFileSync(changes, `${head}Checksums-Sha256:\n${vouched(directory, [stageDeb, stageInfo])}`);
}

test('what is not what it is said to be is refused, all of it at once, and nothing is taken', () => {
  const directoryOf = (name: string) => name.replaceAll(/\W/g, '-');
  const all = spoiled.map(([name, spoil]) => {
    const there = place(directoryOf(name));
    const changes = built(there, stage);
    spoil(there, changes);
    return changes;
  });
  const refused = adopt(all[0]!, 'never', ...all.slice(1), built(place('sound'), stage));
  expect([refused.code, existsSync(join(home, 'never/archives/stage1'))]).toEqual([65, false]);
  for (const [name, , said] of spoiled) expect(about(refused.stderr, directoryOf(name)), name).toContain(said);
  expect(about(refused.stderr, 'sound')).toBe('');
});

function withoutLine(changes: string, word: string): void {
  const lines = readFileSync(changes, 'utf8').split('\n');
  writeFileSync(changes, lines.filter((line) => !line.includes(word)).join('\n'));
}

function revouched(directory: string, changes: string, content: string): void {
  const [deb, info] = ['alpha-dev_1+bp1~stage1_amd64.deb', 'alpha_1+bp1~stage1_amd64.buildinfo'];
  writeFileSync(join(directory, deb), content);
  const head = readFileSync(changes, 'utf8').split('Checksums-Sha256:\n')[0]!;
  writeFileSync(changes, `${head}Checksums-Sha256:\n${vouched(directory, [deb, info])}`);
}

test('what is not there, and a project of recipes, are told at once', () => {
  const none = adopt(place('empty'), 'never');
  expect([none.code, none.stderr]).toEqual([66, expect.stringContaining('holds no .changes')]);
  const recipes = bootplan(['adopt', place('empty'), '-C', home, '--state', 'never']);
  expect([recipes.code, recipes.stderr]).toEqual([64, expect.stringContaining('recipes are built here')]);
});

test('a clear-signed .changes is read like any other', () => {
  const there = place('signed');
  const changes = built(there, stage);
  const text = readFileSync(changes, 'utf8');
  const signature = '-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n';
  writeFileSync(changes, `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${text}${signature}`);
  const taken = adopt(there, 'signed-state');
  expect(taken.code, taken.stderr).toBe(0);
});

test('what is the same on all architectures is a build of its own, in plan, journal, ledger and archive', () => {
  const parts = join(home, 'parts');
  const gamma = `Package: gamma\nBinary: gamma-bin, gamma-data\nVersion: 1\nArchitecture: any all\nMaintainer: N <n@example.org>\nPackage-List:\n gamma-bin deb misc optional arch=any\n gamma-data deb misc optional arch=all\nBuild-Depends-Indep: gamma-bin\nDirectory: .\nChecksums-Sha256:\n ${'a'.repeat(64)} 1 gamma_1.dsc\n\n`;
  files(parts, { Packages: readFileSync(join(home, 'Packages'), 'utf8'), Sources: gamma });
  const words = ['--packages', 'Packages', '--sources', 'Sources', '--targets', 'gamma', '--others', 'available'];
  const all = [...words, '--arch-all', 'build', '-C', parts];
  const planned = fits(bootplan(['plan', ...all, '--json']).stdout, 'plan') as { builds: { id: string }[] };
  expect(planned.builds.map(({ id }) => id)).toEqual(['gamma', 'gamma:all']);
  const there = place('parts/results');
  built(there, { source: 'gamma', suffix: '+bp1', binary: 'gamma-bin', installed: [] });
  built(there, {
    source: 'gamma',
    suffix: '+bp1',
    binary: 'gamma-data',
    architecture: 'all',
    installed: ['gamma-bin 1+bp1'],
  });
  const state = ['--state', join(parts, 'state')];
  const taken = bootplan(['adopt', there, ...all, ...state]);
  expect([taken.code, taken.stdout], taken.stderr).toEqual([0, expect.stringContaining('2 of 2 builds')]);
  expect(readdirSync(join(parts, 'state/archives/final/pool'))).toEqual([
    'gamma-bin_1+bp1_amd64.deb',
    'gamma-data_1+bp1_all.deb',
  ]);
  const verified = bootplan(['verify', ...state]);
  expect(verified.code, verified.stderr + verified.stdout).toBe(0);
  expect(bootplan(['run', ...all, ...state, '--no-image', '--dry-run']).stdout).toContain('0 to build, 2 done');
  expect(bootplan(['run', ...all, ...state, '--no-image', '--indep', '--dry-run']).stderr).toContain(
    'no plan reaches gamma',
  );
});

import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadUniverse } from '../src/application/universe/load-universe.ts';
import { requestOf } from '../src/command-line/input-flags.ts';
import { InputError } from '../src/errors.ts';
import { noVertex } from '../src/indices.ts';
import { formatGroups } from '../src/metadata/relations/relation.ts';
import type { Universe } from '../src/model.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

const base = scratch();
let serial = 0;

const binary = (name: string, fields = '') => `Package: ${name}\nVersion: 1\nArchitecture: amd64\n${fields}\n`;
const source = (name: string, fields = '', binaries = name) =>
  `Package: ${name}\nVersion: 1\nArchitecture: any\nBinary: ${binaries}\n${fields}\n`;

/** A small distribution: cc and libc are the base, app needs a library and documentation tools. */
const packages = [
  binary('build-essential', 'Source: cc\nDepends: cc'),
  binary('cc', 'Depends: libc'),
  binary('libc', 'Essential: yes'),
  binary('app', 'Depends: libc, liba'),
  binary('liba', 'Depends: libc'),
  binary('docs', 'Depends: liba').replace('amd64', 'all'),
  binary('left', ''),
];
const sources = [
  source('cc', 'Build-Depends: libc, docs', 'cc, build-essential'),
  source('libc', 'Build-Depends: cc'),
  source('app', 'Build-Depends: liba, docs <!stage1>'),
  source('liba', 'Build-Depends: app <!nocheck>'),
  source('docs', 'Build-Depends: left\nBuild-Depends-Indep: app'),
  source('left'),
];

interface Asked {
  readonly [flag: string]: unknown;
}

const flags = (more: Asked) => ({
  packages: [] as string[],
  sources: [] as string[],
  'from-apt': false,
  control: [],
  annotations: [],
  profiles: '',
  'arch-all': 'available',
  'no-indep': false,
  indep: false,
  alternatives: 'first',
  ...more,
});

async function load(more: Asked = {}, p = packages, s = sources): Promise<Universe> {
  const directory = files(join(base, String(serial++)), { P: p.join('\n'), S: s.join('\n') });
  const request = requestOf(flags({ packages: [join(directory, 'P')], sources: [join(directory, 'S')], ...more }));
  return (await loadUniverse(request)).universe;
}

const names = (u: Universe) => u.sources.map((s) => s.name).join(' ');
const targets = (u: Universe) => u.targets.map((t) => u.sources[t]!.name).join(' ');
const write = (name: string, content: string) => join(files(base, { [name]: content }), name);

describe('targets', () => {
  test('all is the default', async () => {
    const u = await load();
    expect([u.architecture, names(u), targets(u)]).toEqual([
      'amd64',
      'app cc docs left liba libc',
      'app cc docs left liba libc',
    ]);
  });

  test('essential: the base, what it needs to be built and to run, and the sources of all that', async () => {
    const u = await load({ targets: ['essential'] });
    expect([targets(u), names(u)]).toEqual(['cc libc', 'app cc liba libc']);
    const built = await load({ targets: ['essential'], 'arch-all': 'build' });
    expect(names(built)).toBe('app cc docs left liba libc');
  });

  test('names, of sources and of binaries', async () => {
    expect(names(await load({ targets: ['src:left'] }))).toBe('left');
    expect(targets(await load({ targets: ['build-essential'] }))).toBe('cc');
    expect(names(await load({ targets: ['liba,left'], profiles: 'nocheck' }))).toBe('left liba');
  });

  test('a name that is not there', async () => {
    await expect(load({ targets: ['lib-a'] })).rejects.toThrow('no source is named lib-a');
  });

  test('cutting changes no choice: what is kept needs nothing that was cut', async () => {
    const u = await load({ targets: ['essential'] });
    const kept = new Set(u.binaries.map((b) => b.name));
    for (const s of u.sources)
      for (const v of s.variants) for (const g of v.buildDepends) expect(kept).toContain(g[0]!.name);
  });
});

describe('the seed', () => {
  const given = (u: Universe) => u.binaries.flatMap((b) => (b.available ? [b.name] : [])).join(' ');

  test('is what every build environment holds, unless something else is said', async () => {
    const u = await load();
    expect([u.seed, given(u)]).toEqual([['build-essential', 'libc'], 'build-essential docs libc']);
    expect(given(await load({ 'arch-all': 'build' }))).toBe('build-essential libc');
  });

  test('none: every build then waits for the base too', async () => {
    const u = await load({ seed: 'none', 'arch-all': 'build' });
    expect(given(u)).toBe('');
    expect(formatGroups(u.sources.find((s) => s.name === 'left')!.variants[0]!.buildDepends)).toBe(
      'build-essential, libc',
    );
  });

  test('a file of names, or an index', async () => {
    expect((await load({ seed: write('seed', '# mine\nliba:amd64 # why\nlibc_1_amd64.deb\n') })).seed).toEqual([
      'liba',
      'libc',
    ]);
    expect((await load({ seed: write('status', binary('cc', 'Status: x')) })).seed).toEqual(['cc']);
    const dpkg = [
      binary('cc', 'Status: install ok installed'),
      binary('liba', 'Status: deinstall ok config-files'),
      'Package: left\nStatus: purge ok not-installed\n',
    ];
    expect((await load({ seed: write('status', dpkg.join('\n')) })).seed).toEqual(['cc']);
    const selections = 'cc\tinstall\nliba\tdeinstall\nlibc:amd64\t\thold\nleft purge\n';
    expect((await load({ seed: write('selections', selections) })).seed).toEqual(['cc', 'libc']);
    await expect(load({ seed: write('bad', 'liba\nlibx\n') })).rejects.toThrow('the seed names libx');
  });

  test('an index as a mirror has it: packed; or from standard input', async () => {
    const index = join(files(join(base, 'packed'), { P: packages.join('\n'), S: sources.join('\n') }), 'seed.gz');
    writeFileSync(index, gzipSync(binary('cc') + binary('libc').replace(/^/, '\n')));
    expect((await load({ seed: index })).seed).toEqual(['cc', 'libc']);
    expect((await load({ seed: write('nothing', '') })).seed).toEqual([]);
    const asked = ['plan', '--packages', join(base, 'packed/P'), '--sources', join(base, 'packed/S'), '--json'];
    const plan = spawnSync(join(root, 'bin/bootplan'), [...asked, '--seed', '-'], { input: 'cc\n', encoding: 'utf8' });
    expect(JSON.parse(plan.stdout)).toMatchObject({ seed: ['cc'] });
  });
});

describe('which source builds what', () => {
  test('the newest version counts, sources kept for Built-Using alone do not', async () => {
    const several = [
      ...sources,
      source('app', 'Build-Depends: old').replace('Version: 1', 'Version: 0.9'),
      source('app', 'Build-Depends: new\nExtra-Source-Only: yes').replace('Version: 1', 'Version: 2'),
    ];
    for (const order of [several, several.toReversed()]) {
      const u = await load({}, packages, order);
      expect(formatGroups(u.sources[0]!.variants[0]!.buildDepends)).toBe('liba, docs');
    }
  });

  test('a rebuilt binary names its source and version; what the source no longer builds has none', async () => {
    const more = [
      ...packages,
      binary('app-data', 'Source: app (1)').replace('Version: 1', 'Version: 1+b2'),
      binary('app-old', 'Source: app (0.9)'),
    ];
    const u = await load({}, more, [source('app', '', 'app, app-data'), ...sources.slice(3)]);
    const owner = (name: string) => u.sources[u.binaries.find((b) => b.name === name)!.source ?? noVertex]?.name;
    expect([owner('app-data'), owner('app-old'), owner('cc')]).toEqual(['app', undefined, undefined]);
    expect(u.sources[0]!.variants[0]!.produces.map((b) => u.binaries[b]!.name)).toEqual(['app', 'app-data']);
  });

  test('a source of other architectures is not here', async () => {
    const u = await load({}, packages, [...sources, source('alien').replace('any', 'i386 hurd-any')]);
    expect(names(u)).not.toContain('alien');
  });

  test('-Indep can be left out, and then nothing of Architecture: all is built', async () => {
    const doc = (u: Universe) => u.sources.find((s) => s.name === 'docs')!.variants[0]!;
    // Architecture: all is given, so nobody asks for what only builds that, unless it is wanted.
    expect(formatGroups(doc(await load()).buildDepends)).toBe('left');
    expect(formatGroups(doc(await load({ indep: true })).buildDepends)).toBe('left, app');
    const without = doc(await load({ 'no-indep': true }));
    expect([formatGroups(without.buildDepends), without.produces]).toEqual(['left', []]);
  });
});

describe('overlays', () => {
  const stages = (u: Universe, name: string) =>
    u.sources
      .find((s) => s.name === name)!
      .variants.map((v) => `${v.stage} ${v.notation}: ${formatGroups(v.buildDepends)}`);

  test('a debian/control replaces the build dependencies of its source', async () => {
    const control = write(
      'control',
      'Source: liba\nBuild-Depends: app\nXS-Build-Depends-Bootstrap1: left\n\nPackage: liba\nArchitecture: any\n',
    );
    expect(stages(await load({ control: [control] }), 'liba')).toEqual(['0 full: app', '1 field: left']);
  });

  test('a .dsc may bring a new source', async () => {
    const dsc = write(
      'new.dsc',
      'Format: 3.0\nSource: new\nVersion: 3\nArchitecture: any\nBinary: left\nBuild-Depends: cc\n',
    );
    expect(stages(await load({ control: [dsc] }), 'new')).toEqual(['0 full: cc']);
  });

  test('annotations: profiles of a stage, stage fields, droppable dependencies, in YAML or as a list', async () => {
    const yaml = write('a.yaml', 'liba: {stage1: [nocheck]}\nleft: {Build-Depends-Bootstrap1: ["libc (>= 0)", cc]}\n');
    const list = write('a.list', '# as botch has them\nsrc:libc cc gcc\nsrc:gone x\n');
    const u = await load({ annotations: [yaml, list] });
    expect(stages(u, 'liba')).toEqual(['0 full: app', '1 profiles: ']);
    expect(stages(u, 'libc')).toEqual(['0 full: cc', '1 profiles: ']);
    expect(stages(u, 'left')).toEqual(['0 full: ', '1 field: libc (>= 0), cc']);
  });

  test('a line of a droppable list that is none is left out with a warning: lists that botch ships have one', async () => {
    const list = write('typo.list', 'src:libc cc\nsrv:gvfs libgdu-dev\n');
    const directory = files(join(base, 'typo'), { P: packages.join('\n'), S: sources.join('\n') });
    const indices = { packages: [join(directory, 'P')], sources: [join(directory, 'S')] };
    const { universe, diagnostics } = await loadUniverse(requestOf(flags({ ...indices, annotations: [list] })));
    expect(stages(universe, 'libc')).toEqual(['0 full: cc', '1 profiles: ']);
    const warned = diagnostics.filter((d) => d.code === 'BP157');
    expect(warned.map((d) => [d.severity, d.origin?.line, d.message])).toEqual([
      ['warning', 2, '"srv:gvfs" where src:NAME was expected; the line is left out'],
    ]);
  });

  test.each([
    ['a: {stage1: [nocheck]}', '1:1 "a" is not a valid name here: lower-case letters, digits,'],
    ['app: {stage1: ["!nocheck"]}', '1:16 "!nocheck" is not a valid value: a build profile as it is written'],
    [
      'app: {reduced: [x]}',
      '1:7 unknown field `reduced`: known here: droppable, adds, build, supply, stage1-drops, stage1-omits, stage1-adds, stage1, stage1-without-depends',
    ],
    ['liba: {droppable: [app]}\r\n---\r\nleft: {}', '2:1 a second YAML document begins here: one file is one document'],
    [
      'left:\n  Build-Depends-Bootstrap1: cc\n  build-depends-bootstrap1: libc',
      '3:3 the field build-depends-bootstrap1 of left is there twice',
    ],
  ])('an annotation that is wrong is told once, where it is, with what would be right: %j', async (text, expected) => {
    const wrong = await load({ annotations: [write('wrong.yaml', text)] }).catch((e) => e);
    expect(wrong).toBeInstanceOf(InputError);
    const errors = (wrong as InputError).diagnostics.filter((d) => d.severity === 'error');
    const said = errors.map((d) => `${d.origin?.line}:${d.origin?.column} ${d.message}: ${d.help}`);
    expect(said).toEqual([expect.stringContaining(expected)]);
    expect(errors[0]!.excerpt).toBe(text.split('\r\n').flatMap((l) => l.split('\n'))[errors[0]!.origin!.line - 1]);
  });

  test('an annotation and a formula at odds are an error', async () => {
    const yaml = write('b.yaml', 'app: {Build-Depends-Bootstrap1: libc}\n');
    await expect(load({ annotations: [yaml] })).rejects.toThrow('stage 1 of app is declared twice');
  });
});

test('the order of files and stanzas changes nothing', async () => {
  const plain = (u: Universe) => JSON.stringify(u, (key, value) => (key === 'origin' ? undefined : value));
  expect(plain(await load({}, packages.toReversed(), sources.toReversed()))).toBe(plain(await load()));
});

test('what is asked for wrongly is a matter of usage', () => {
  const asked: Asked[] = [
    {},
    { packages: ['P'] },
    { sources: ['S'] },
    { packages: ['P'], sources: ['S'], 'from-apt': true },
    { packages: ['P'], sources: ['S'], 'no-indep': true, 'arch-all': 'build' },
    { packages: ['P'], sources: ['S'], targets: ['all', 'x'] },
    { metadata: 'd', control: ['c'] },
    { metadata: 'd', annotations: ['a'] },
    { metadata: 'd', seed: 'none' },
    { metadata: 'd', 'arch-all': 'build' },
  ];
  const answers = asked.map((a) => {
    try {
      return requestOf(flags(a));
    } catch (error) {
      return `${(error as { exit: number }).exit} ${(error as Error).message}`;
    }
  });
  expect(answers).toMatchInlineSnapshot(`
    [
      "64 there is nothing to read",
      "64 --packages needs --sources",
      "64 --sources needs --packages",
      "64 --packages/--sources and --from-apt exclude each other",
      "64 --no-indep leaves every Architecture: all binary unbuilt",
      "64 --targets all is a whole set",
      "64 --control is for the indices of an archive, and --metadata is not one",
      "64 --annotations is for the indices of an archive, and --metadata is not one",
      "64 --seed is for the indices of an archive, and --metadata is not one",
      "64 --arch-all is for the indices of an archive, and --metadata is not one",
    ]
  `);
});

describe('bad input, through the real program', () => {
  const ask = (p: string | Uint8Array, s: string | Uint8Array, ...more: string[]) => {
    const cwd = files(join(base, `bad${serial++}`), { P: p, S: s });
    const ran = bootplan(['cycles', '--packages', 'P', '--sources', 'S', ...more], { cwd });
    expect(ran.stdout).toBe('');
    return `${ran.code}\n${ran.stderr}`;
  };
  const p = packages.join('\n');
  const s = sources.join('\n');

  test('an unknown architecture', () =>
    expect(ask(p, s, '--arch', 'amd46')).toMatchInlineSnapshot(`
      "65
      error[BP156]: amd46 is not an architecture
      help: did you mean amd64?

      bootplan: 1 error in the input
      "
    `));
  test('another architecture', () =>
    expect(ask(p, s, '--arch', 'arm64')).toMatchInlineSnapshot(`
      "65
      error[BP156]: no binary is for arm64; the Packages files are for amd64
      help: a plan is made from the lists of an architecture that exists: give its Packages file, or --arch amd64

      bootplan: 1 error in the input
      "
    `));
  test('a file cut short', () =>
    expect(ask(gzipSync(p).subarray(0, 100), s)).toMatchInlineSnapshot(`
      "65
      error[BP130]: the gzip data is cut short (100 bytes are here): unexpected end of file
        --> P:1
      help: fetch the file again and compare its checksum with the Release file

      bootplan: 1 error in the input
      "
    `));
  test('an empty file', () =>
    expect(ask('', s)).toMatchInlineSnapshot(`
      "65
      error[BP130]: the file is empty
        --> P:1
      help: fetch or write it again; nothing can be read from it

      bootplan: 1 error in the input
      "
    `));
  test('binary data', () =>
    expect(
      ask(
        p,
        Uint8Array.from({ length: 100 }, (_, i) => i * 37),
      ),
    ).toMatchInlineSnapshot(`
    "65
    error[BP144]: binary data, not an index: byte 0x00 at offset 0
      --> S:1:1
    1 | \\x00%Jo���\\x03(Mr���\\x06+Pu��� .Sx���\\x0c1V{���\\x0f4Y~���\\x127\\����\\x15:_����\\x18=b����\\x1b@e����\\x1eCh����!Fk����$In���\\x02'Lq���\\x05*O
      | ^
    help: give a Packages or Sources index, plain or compressed with gz, xz, zst or lz4

    bootplan: 1 error in the input
    "
  `));
  test('bytes that are not UTF-8', () =>
    expect(ask(Buffer.from('Package: a\nMaintainer: Jos\xe9\n', 'latin1'), s)).toMatchInlineSnapshot(`
      "65
      error[BP144]: byte 0xe9 is not UTF-8
        --> P:2:16
      2 | Maintainer: Jos�
        |                ^
      help: convert the file to UTF-8, or fetch it again

      bootplan: 1 error in the input
      "
    `));
  test('everything wrong at once', () => {
    const broken = 'Version: 1\n\nPackage: a\nVersion: 1\nVersion: 2\nArchitecture: amd64\nDepends: b (>= \n';
    const stages = source('x', 'Build-Depends: a <!nocheck\nBuild-Depends-Bootstrap2: a');
    expect(ask(broken, stages)).toMatchInlineSnapshot(`
      "65
      error[BP145]: a stanza without \`Package\`, \`Architecture\`
        --> P:1:1
      1 | Version: 1
        | ^^^^^^^
      help: complete the stanza, or remove it

      error[BP143]: the field Version is there twice, first in line 4
        --> P:5:1
      5 | Version: 2
        | ^^^^^^^
      help: keep one of the two

      error[BP110]: the parenthesis ( is not closed
        --> P:7:12
      7 | Depends: b (>= 
        |            ^
      help: a dependency reads \`name (>= version) | other, next\`

      error[BP110]: Build-Depends of x: the bracket < is not closed
        --> S:5:18
      5 | Build-Depends: a <!nocheck
        |                  ^
      help: a dependency reads \`name (>= version) [architectures] <profiles> | other, next\`

      error[BP121]: Build-Depends-Bootstrap2 of x has no Build-Depends-Bootstrap1 before it
        --> S:6:27
      6 | Build-Depends-Bootstrap2: a
        |                           ^
      help: declare Build-Depends-Bootstrap1, or number the stages from 1 without a gap

      bootplan: 5 errors in the input
      "
    `);
  });
  test('no such file, each named', () => {
    const cwd = files(join(base, 'absent'), { 'directory/file': '' });
    const ran = bootplan(['cycles', '--packages', 'none', '--sources', 'nothing', 'directory'], { cwd });
    expect([ran.code, ran.stdout, ran.stderr]).toMatchInlineSnapshot(`
      [
        66,
        "",
        "error[BP100]: none: no such file
      help: check the path and its permissions

      error[BP100]: nothing: no such file
      help: check the path and its permissions

      error[BP100]: directory: a directory, not a file
      help: check the path and its permissions

      bootplan: 3 errors in the input
      ",
      ]
    `);
  });
});

test('a component with nothing in it is an empty list of apt, and no error', () => {
  const directory = files(join(base, 'apt'), { P: packages.join('\n'), S: sources.join('\n'), none: '' });
  const lists = ['Packages amd64 P', 'Packages amd64 none', 'Sources  none', 'Sources  S'];
  const lines = lists.map((l) => `echo "${l.replace(/[^ ]+$/, (name) => join(directory, name))}"`);
  files(directory, { 'apt-get': `#!/bin/sh\n${lines.join('\n')}\n` });
  chmodSync(join(directory, 'apt-get'), 0o755);
  const env = { PATH: `${directory}:${process.env.PATH}` };
  const ran = bootplan(['cycles', '--from-apt', '--arch', 'amd64', '--json'], { env });
  expect([ran.stderr, JSON.parse(ran.stdout).counts?.sources]).toEqual(['', 6]);
});

test('a missing list of this machine is an input that is missing', async () => {
  const request = requestOf(flags({ 'from-apt': true, arch: 'mint-m68k' }));
  const error = await loadUniverse(request).catch((e: unknown) => e);
  expect(error).toSatisfy(
    (e: unknown) => (e instanceof InputError && e.exit === 66) || (e as { exit?: number }).exit === 69,
  );
});

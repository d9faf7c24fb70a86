/** What maintainers have declared, under the names that they give it, is a stage of the plan. */
import { describe, expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { explainText } from '../src/reports/plan/explain.ts';
import { planAnnotations } from '../src/reports/plan/plan-annotations.ts';
import { wishLines, wishList } from '../src/reports/plan/wishes.ts';
import { explain, groundOf } from '../src/solver/explain/explain.ts';
import { wishesOfSet, wishFor } from '../src/solver/explain/wishes.ts';
import { Buildable } from '../src/solver/graph/buildable.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { noFirstLines } from '../src/solver/propose/first-lines.ts';
import { installedNames } from '../src/stages/installation-set.ts';
import { bin, planned, read, src } from './rig/answers.ts';
import { scratch } from './rig/program.ts';

const base = scratch();

test('a private name of a stage breaks the cycle as the registered one does', async () => {
  for (const profile of ['stage1', 'pkg.player.stage1', 'pkg.player.bootstrap', 'pkg.player.bootstrap1']) {
    const archive = {
      packages: [bin('player-dev', 'Source: player'), bin('print-dev', 'Source: print')],
      sources: [
        src('player', 'Binary: player-dev', `Build-Depends: print-dev <!${profile}>`),
        src('print', 'Binary: print-dev', 'Build-Depends: player-dev'),
      ],
    };
    expect(await planned(base, archive)).toBe('player<stage1> print player print#2 player#2');
  }
});

describe('a profile that is no stage by its name', () => {
  const archive = {
    packages: [bin('libldap-dev', 'Source: ldap'), bin('perl-dev', 'Source: perl'), bin('docs')],
    sources: [
      src('ldap', 'Binary: libldap-dev', 'Build-Depends: perl-dev <!pkg.ldap.noslapd>, docs <!nodoc> <cross>'),
      src('perl', 'Binary: perl-dev', 'Build-Depends: libldap-dev'),
      src('docs', 'Build-Depends: libldap-dev'),
    ],
  };
  const explained = async (source: string) => {
    const { universe } = await read(base, archive);
    const at = universe.sources.findIndex(({ name }) => name === source);
    return explain(groundOf(resolve(universe)), at);
  };

  test('is named with what it leaves out, and with the line that makes it a stage, before anything new', async () => {
    const found = await explained('ldap');
    expect(found.profiles).toEqual([
      { profile: 'pkg.ldap.noslapd', stage: 0, leavesOut: ['perl-dev'] },
      { profile: 'nodoc', stage: 0, leavesOut: ['docs'] },
    ]);
    expect(found.wish!.drops.map((d) => [d.binary, d.declaredBy])).toEqual([
      ['perl-dev', 'pkg.ldap.noslapd'],
      ['docs', 'nodoc'],
    ]);
    const text = explainText({ ...found, first: noFirstLines, places: [], used: [] });
    expect(text).toContain('  ldap: {stage1: [nodoc, pkg.ldap.noslapd]}\n');
    expect(text).not.toContain('declare stage 1');
    expect((await explained('perl')).profiles).toEqual([]);
  });

  test('is a stage with that line', async () => {
    const annotations = 'ldap: {stage1: [nodoc, pkg.ldap.noslapd]}\n';
    expect(await planned(base, archive)).toBe('! docs ! ldap ! perl');
    expect(await planned(base, { ...archive, annotations })).toMatch(/^ldap<stage1> docs perl ldap .*#2$/);
  });
});

describe('a stage whose binaries need less at run time than the full ones', () => {
  const archive = {
    packages: [
      bin('buildtool', 'Depends: libjson25 (>= 1), libc'),
      bin('libjson25', 'Source: libjson'),
      bin('libjson-dev', 'Source: libjson', 'Depends: libjson25 (= 1)'),
      bin('libc'),
    ],
    sources: [
      src('buildtool', 'Build-Depends: libjson-dev <!stage1>'),
      src('libjson', 'Binary: libjson25, libjson-dev', 'Build-Depends: buildtool'),
      src('libc'),
      src('app', 'Build-Depends: buildtool'),
    ],
  };

  test('is told as the obstacle, with the line that says otherwise', async () => {
    expect(await planned(base, archive)).toBe('libc ! app ! buildtool ! libjson');
    const { universe } = await read(base, archive);
    const ground = groundOf(resolve(universe));
    for (const name of ['buildtool', 'libjson']) {
      const found = explain(
        ground,
        universe.sources.findIndex((s) => s.name === name),
      );
      expect(found.obstacles).toEqual([
        {
          source: 'buildtool',
          stage: 1,
          binary: 'buildtool',
          needs: ['libjson25'],
          annotation: 'buildtool: {stage1-without-depends: [libjson25]}',
        },
      ]);
      const text = explainText({ ...found, first: noFirstLines, places: [], used: [] });
      expect(text).toContain('buildtool<stage1> is built, but its binaries (buildtool) are taken to need libjson25');
    }
  });

  test.each([
    ['without some', 'buildtool: {stage1-without-depends: [libjson25]}\n'],
    ['with a list of its own', 'buildtool: {stage1-depends: {buildtool: libc}}\n'],
  ])('breaks the cycle once that is said: %s', async (_, annotations) => {
    const { universe } = await read(base, { ...archive, annotations });
    const [whole, stage] = universe.sources.find(({ name }) => name === 'buildtool')!.variants;
    expect([whole!.without, stage!.without]).toEqual([undefined, [{ binary: 'buildtool', names: ['libjson25'] }]]);
    const { plan } = await answersFor(universe);
    expect(plan.stuck).toEqual([]);
    expect(plan.builds.filter((b) => b.stage > 0).map((b) => b.id)).toEqual(['buildtool<stage1>']);
    // The full one needs it, and has it installed along.
    const full = plan.builds.findLast((b) => b.source === 'app')!;
    expect(installedNames(full, plan)).toContain('libjson25');
    const before = plan.builds.find((b) => b.source === 'libjson')!;
    expect(installedNames(before, plan)).not.toContain('libjson25');
  });

  test('is installed without that also while it is there, and lacks something itself', async () => {
    const packages = [
      bin('buildtool', 'Depends: libjson25'),
      bin('libjson25', 'Source: ajson', 'Depends: libbr'),
      bin('libbr', 'Source: br'),
    ];
    const sources = [
      src('buildtool', 'Build-Depends: libjson25 <!stage1>'),
      src('ajson', 'Binary: libjson25'),
      src('br', 'Binary: libbr', 'Build-Depends: buildtool'),
    ];
    const annotations = 'buildtool: {stage1-without-depends: [libjson25]}\n';
    expect(await planned(base, { packages, sources, annotations })).toBe(
      'ajson buildtool<stage1> br buildtool br#2 buildtool#2',
    );
  });
});

describe('what a wish says to write, in the notation that the source has', () => {
  const packages = [bin('aa-dev', 'Source: aa'), bin('b-dev', 'Source: b'), bin('x-tool', 'Source: x')];
  const others = [
    src('b', 'Binary: b-dev', 'Build-Depends: aa-dev'),
    src('x', 'Binary: x-tool', 'Build-Depends: aa-dev'),
  ];
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['nothing yet', ['Build-Depends: b-dev (>= 1), x-tool']],
    ['a profile', ['Build-Depends: b-dev, x-tool <!stage1>']],
    ['a private profile', ['Build-Depends: b-dev <!cross>, x-tool <!pkg.aa.stage1>']],
    ['the second stage alone, by profile', ['Build-Depends: b-dev | b-old, x-tool <!stage2>']],
    ['a condition that holds in one of two stages', ['Build-Depends: b-dev <!stage1> <!stage2>, x-tool <!stage1>']],
    ['two lines that come to the same', ['Build-Depends: b-dev <!cross>, b-dev <!cross !noudeb>, x-tool <!stage1>']],
    ['a field', ['Build-Depends: b-dev, x-tool', 'Build-Depends-Bootstrap1: b-dev']],
    [
      'two fields',
      ['Build-Depends: b-dev, x-tool', 'Build-Depends-Bootstrap1: b-dev', 'Build-Depends-Bootstrap2: b-dev, x-tool'],
    ],
  ];
  test.each(kinds)('%s: read back, it is no error, and frees all', async (_, fields) => {
    const archive = (own: readonly string[]) => ({
      packages,
      sources: [src('aa', 'Binary: aa-dev', ...own), ...others],
    });
    const { universe } = await read(base, archive(fields));
    const resolved = resolve(universe);
    const wish = wishFor(resolved, Buildable.of(resolved.graph), 0);
    const lines = wishLines({ ...wish, alone: 0, together: null }).map((l) => l.trim());
    const [field, plain] = [lines.find((l) => l.startsWith('Build-Depends-')), fields[0]!];
    const written: string[][] = [];
    if (field !== undefined) {
      const name = field.slice(0, field.indexOf(':') + 1);
      written.push([...fields.filter((l) => !l.startsWith(name)), field]);
    }
    let profiled = plain;
    lines.forEach((l, i) => {
      if (!l.startsWith('- ')) return;
      expect(profiled).toContain(l.slice(2, -1));
      profiled = profiled.replace(l.slice(2, -1), lines[i + 1]!.slice(2).replace(/,( .*)?$/, ''));
    });
    if (profiled !== plain) written.push([profiled, ...fields.slice(1)]);
    expect(written.length).toBe(fields.length > 1 || plain.includes('stage') ? 1 : 2);
    for (const own of written) {
      const { plan } = await answersFor((await read(base, archive(own))).universe, {});
      expect([own, plan.stuck]).toEqual([own, []]);
    }
  });

  test('a stage that an annotation makes is reduced in that file', async () => {
    const { universe } = await read(base, {
      packages,
      sources: [src('aa', 'Binary: aa-dev', 'Build-Depends: b-dev, x-tool <!nodoc>'), ...others],
      annotations: 'aa: {stage1: [nodoc]}\n',
    });
    const resolved = resolve(universe);
    const wish = wishFor(resolved, Buildable.of(resolved.graph), 0);
    expect(wishLines({ ...wish, alone: 0, together: null })).toEqual([
      'reduce stage 1 further, in the annotations file that declares it:',
      '  aa: {stage1-drops: ["b-dev"]}',
    ]);
  });
});

test('a stage that would drop what no source is built without is no proposal: a copy from outside is', async () => {
  const { universe } = await read(base, {
    packages: [
      bin('debhelper', 'Source: debhelper'),
      bin('gettext', 'Source: gettext'),
      bin('mycc', 'Source: mycc', 'Section: devel'),
    ],
    sources: [
      src('debhelper', 'Binary: debhelper', 'Build-Depends: gettext'),
      src('gettext', 'Binary: gettext', 'Build-Depends: debhelper, mycc'),
      src('mycc', 'Binary: mycc', 'Build-Depends: mycc'),
    ],
  });
  const { solution, resolved } = await answersFor(universe, { wishes: 'last-resort' });
  const wishes = wishesOfSet(
    resolved,
    Buildable.of(resolved.graph),
    solution.wishes.map((name) => universe.sources.findIndex((s) => s.name === name)),
  );
  expect(wishes.map(({ source, undroppable }) => [source, undroppable])).toEqual([
    ['mycc', ['mycc']],
    ['debhelper', ['gettext']],
  ]);
  const text = wishList(wishes, true).join('\n');
  expect(text).toMatch(/debhelper {2}cross-build or supply it \(no build of it goes without gettext\)/);
  for (const wish of wishes) {
    expect(wishLines(wish).join(' ')).toContain(`${wish.source}: {supply: cross}`);
    expect(wishLines(wish).join(' ')).not.toContain('stage1>');
  }
  const all = wishes.map((wish) => ({ ...wish, archive: wish.source }));
  expect(planAnnotations({ wishes: all, stuck: new Set() })).toMatch(
    /"debhelper":\n {2}supply: cross\n"mycc":\n {2}supply: cross/,
  );
});

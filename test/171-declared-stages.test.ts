/** What maintainers have declared, under the names that they give it, is a stage of the plan. */
import { describe, expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { explainText } from '../src/reports/explain.ts';
import { explain, groundOf } from '../src/solver/explain/explain.ts';
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
    const { plan } = await answersFor((await read(base, { ...archive, annotations })).universe);
    expect(plan.stuck).toEqual([]);
    expect(plan.builds.filter((b) => b.stage > 0).map((b) => b.id)).toEqual(['buildtool<stage1>']);
    // The full one needs it, and has it installed along.
    const full = plan.builds.findLast((b) => b.source === 'app')!;
    expect(installedNames(full, plan)).toContain('libjson25');
    const before = plan.builds.find((b) => b.source === 'libjson')!;
    expect(installedNames(before, plan)).not.toContain('libjson25');
  });
});

/** What maintainers have declared, under the names that they give it, is a stage of the plan. */
import { describe, expect, test } from 'vitest';
import { explainText } from '../src/reports/explain.ts';
import { explain, groundOf } from '../src/solver/explain/explain.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
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
    const text = explainText({ ...found, places: [], used: [] });
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

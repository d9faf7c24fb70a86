/** A relation means the same to every command: what `check` denies, `plan` does not promise. */
import { describe, expect, test } from 'vitest';
import { bin, broken, planned, src } from './rig/answers.ts';
import { scratch } from './rig/program.ts';

const base = scratch();

describe('a qualifier that leaves out what has the name', () => {
  const archive = {
    packages: [
      bin('none'),
      bin('same', 'Multi-Arch: same'),
      bin('foreign', 'Multi-Arch: foreign'),
      bin('allowed', 'Multi-Arch: allowed', 'Version: 3.11'),
      bin('everywhere', 'Architecture: all', 'Depends: none:any (>= 1)'),
    ],
    sources: [
      ...['none', 'same', 'foreign'].map((name) => src(name)),
      src('allowed', 'Version: 3.11'),
      ...['none', 'same', 'foreign'].map((name) => src(`any-${name}`, `Build-Depends: ${name}:any`)),
      src('any-allowed', 'Build-Depends: allowed:any (>= 3)'),
      src('native-foreign', 'Build-Depends: foreign:native'),
      src('native-same', 'Build-Depends: same:native'),
      src('through', 'Build-Depends: everywhere'),
      src('either', 'Build-Depends: none:any | same'),
    ],
  };

  test('check says which', async () => {
    expect(await broken(base, archive)).toEqual([
      'any-foreign: foreign:any is missing: foreign is not Multi-Arch: allowed',
      'any-none: none:any is missing: none is not Multi-Arch: allowed',
      'any-same: same:any is missing: same is not Multi-Arch: allowed',
      'native-foreign: foreign:native is missing: foreign is Multi-Arch: foreign, which :native leaves out',
      'through: none:any (>= 1) is missing: none is not Multi-Arch: allowed',
    ]);
  });

  test('plan says the same', async () => {
    const plan = await planned(base, { ...archive, alternatives: 'any' });
    expect(plan.match(/! \S+/g)).toEqual([
      '! any-foreign',
      '! any-none',
      '! any-same',
      '! native-foreign',
      '! through',
    ]);
    expect(plan).toContain(' either ');
  });

  test('a cycle over such a qualifier is none', async () => {
    const ring = {
      packages: [bin('a', 'Multi-Arch: same'), bin('b')],
      sources: [src('a', 'Build-Depends: b'), src('b', 'Build-Depends: a:any | c'), src('c')],
    };
    expect(await planned(base, { ...ring, alternatives: 'any', packages: [...ring.packages, bin('c')] })).toBe('c b a');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, satisfies, versionProblem } from '../src/metadata/relations/version.ts';
import { dpkgIsHere, perl } from './rig/dpkg.ts';

const signs = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([a, b]) => Math.sign(compareVersions(a, b)));

test('the order of deb-version(7)', () => {
  const ascending = [
    '1~~',
    '1~~a',
    '1~',
    '1',
    '1a',
    '1+',
    '1.0',
    '1.0-1~bpo1',
    '1.0-1',
    '1.0-1+b1',
    '1.0-2',
    '1.2',
    '1.10',
    '1:0.1',
  ];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
    }
  }
});

test('equal without being the same text', () => {
  for (const [a, b] of [
    ['1.0', '1.0-0'],
    ['0:1', '1'],
    ['1.01', '1.1'],
    ['1.', '1.0'],
  ] as const) {
    expect(compareVersions(a, b)).toBe(0);
    expect(satisfies(a, '=', b)).toBe(true);
    expect(satisfies(a, '<<', b)).toBe(false);
  }
});

test('numbers longer than a double are compared exactly', () => {
  expect(compareVersions('20260101000000000000000001', '20260101000000000000000002')).toBeLessThan(0);
});

test('what is no version', () => {
  const complaints = ['', '1 2', ':1', 'x:1', '1:', 'a1', '1_2', '1-', '1-2_3', '-1'].map((v) => [
    v,
    versionProblem(v),
  ]);
  expect(complaints).toMatchInlineSnapshot(`
    [
      [
        "",
        "it is empty",
      ],
      [
        "1 2",
        "it has white space in it",
      ],
      [
        ":1",
        "the epoch is empty",
      ],
      [
        "x:1",
        "the epoch is not a number",
      ],
      [
        "1:",
        "the upstream version is empty",
      ],
      [
        "a1",
        "the upstream version does not start with a digit",
      ],
      [
        "1_2",
        ""_" is not allowed in it",
      ],
      [
        "1-",
        "the revision after the last \`-\` is empty",
      ],
      [
        "1-2_3",
        ""_" is not allowed in the revision",
      ],
      [
        "-1",
        "the upstream version is empty",
      ],
    ]
  `);
  for (const good of ['0', '1.2-3', '1:2.0~rc1-1+b2', '2.0-1-1', '1:2:3-1'])
    expect(versionProblem(good)).toBeUndefined();
});

const part = fc.stringMatching(/^[0-9a-zA-Z.+~]{0,8}$/);
const version = fc
  .record({
    epoch: fc.option(fc.nat(12)),
    first: fc.nat(30),
    upstream: part,
    revision: fc.option(fc.stringMatching(/^[0-9a-zA-Z.+~]{1,5}$/)),
  })
  .map(
    ({ epoch, first, upstream, revision }) =>
      `${epoch === null ? '' : `${epoch}:`}${first}${upstream}${revision === null ? '' : `-${revision}`}`,
  );

test('a total preorder', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});

describe.skipIf(!dpkgIsHere())('against dpkg', () => {
  const oracle = (pairs: readonly (readonly [string, string])[]) =>
    perl(
      'use Dpkg::Version',
      'my $c = version_compare($f[0], $f[1]); print(($c <=> 0), "\n");',
      pairs.map((p) => p.join('\t')),
    ).map(Number);

  test('generated versions', () => {
    const pairs = fc.sample(fc.tuple(version, version), { numRuns: 20_000, seed: 1 });
    expect(signs(pairs)).toEqual(oracle(pairs));
  });

  test('neighbours: one edit apart', () => {
    const edit = fc.tuple(version, fc.nat(), fc.constantFrom(...'0019azAZ.+~-')).map(([v, at, c]) => {
      const i = 1 + (at % v.length);
      return [v, v.slice(0, i) + c + v.slice(i)] as const;
    });
    const pairs = fc.sample(edit, { numRuns: 20_000, seed: 2 }).filter(([, b]) => versionProblem(b) === undefined);
    expect(signs(pairs)).toEqual(oracle(pairs));
  });
});

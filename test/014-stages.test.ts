import { describe, expect, test } from 'vitest';
import { variantsOf } from '../src/metadata/declared-stages/stages.ts';
import { parseFormula } from '../src/metadata/relations/formula.ts';
import { formatGroups } from '../src/metadata/relations/relation.ts';
import type { Result, Variant } from '../src/model.ts';

type Extra = Partial<Parameters<typeof variantsOf>[0]>;

/** Variants of the source x, declared as in a control file. */
function declared(control: string, extra: Extra = {}): Result<readonly Variant[]> {
  const fields = control
    .trim()
    .split('\n')
    .map(
      (line) =>
        [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
    );
  return variantsOf({
    source: 'x',
    fields: new Map(fields),
    architecture: 'amd64',
    profiles: [],
    noIndep: false,
    binaries: [{ index: 0 }],
    origin: { file: 'control', line: 1 },
    ...extra,
  });
}

/** One line per variant: stage, its profiles, its dependencies. */
const lines = (result: Result<readonly Variant[]>) =>
  result.ok
    ? result.value.map((v) => `${v.stage} {${v.profiles.join(' ')}} ${formatGroups(v.buildDepends)}`)
    : result.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message);

const codes = (result: Result<unknown>) => result.diagnostics.map((d) => `${d.severity} ${d.code}`);

test('plain fields make the full build alone', () => {
  expect(
    lines(declared('Build-Depends: a, b [i386], c <cross>\nBuild-Depends-Arch: d\nBuild-Depends-Indep: e')),
  ).toEqual(['0 {} a, d, e']);
  expect(lines(declared('Build-Depends: a\nBuild-Depends-Indep: e', { noIndep: true }))).toEqual(['0 {} a']);
});

describe('stage fields', () => {
  test('replace all plain fields', () => {
    expect(
      lines(
        declared(
          'Build-Depends: a, b, c\nBuild-Depends-Indep: i\nBuild-Depends-Bootstrap1: a\nBuild-Depends-Bootstrap2: a, b\nBuild-Depends-Bootstrap2-Arch: z',
        ),
      ),
    ).toEqual(['0 {} a, b, c, i', '1 {stage1} a', '2 {stage2} a, b, z']);
  });

  test('keep their own conditions, under the profiles of the stage', () => {
    expect(
      lines(
        declared('Build-Depends: a\nBuild-Depends-Bootstrap1: b <!nocheck>, c [i386], d <!stage1>', {
          profiles: ['nocheck'],
        }),
      ),
    ).toEqual(['0 {nocheck} a', '1 {nocheck stage1} ']);
  });

  test('may be empty, and from 3 on mean a private profile', () => {
    const fields = [1, 2, 3].map((k) => `XS-Build-Depends-Bootstrap${k}:`).join('\n');
    expect(lines(declared(`Build-Depends: a\n${fields}`))).toEqual([
      '0 {} a',
      '1 {stage1} ',
      '2 {stage2} ',
      '3 {pkg.x.bootstrap3} ',
    ]);
  });

  test('under older names are read with a warning', () => {
    for (const old of ['Build-Depends-Stage1', 'X-Build-Depends1', 'X-Build-Depends-Bootstrap1']) {
      const result = declared(`Build-Depends: a\n${old}: b`);
      expect(lines(result)).toEqual(['0 {} a', '1 {stage1} b']);
      expect(codes(result)).toContain('warning BP122');
    }
  });

  test('need no gap, a number, and one declaration', () => {
    const wrong = [
      'Build-Depends-Bootstrap2: a',
      'Build-Depends-Bootstrap0: a',
      'Build-Depends-Bootstrap01: a',
      'Build-Depends-Bootstrap: a',
      'Build-Depends-Bootstrap1: a\nBuild-Depends-Stage1: b',
    ];
    expect(wrong.flatMap((w) => lines(declared(w)))).toMatchInlineSnapshot(`
      [
        "Build-Depends-Bootstrap2 of x has no Build-Depends-Bootstrap1 before it",
        "Build-Depends-Bootstrap0: stages count from 1, without leading zeros",
        "Build-Depends-Bootstrap01: stages count from 1, without leading zeros",
        "Build-Depends-Bootstrap: no stage number at its end",
        "Build-Depends-Stage1 and Build-Depends-Bootstrap1 of x declare the same thing",
      ]
    `);
  });
});

describe('formulas', () => {
  test('a stage for each stage profile that is named', () => {
    expect(lines(declared('Build-Depends: a <!stage1 !stage2>, b <!stage1>, c <!nocheck>, d <stage1>'))).toEqual([
      '0 {} a, b, c',
      '1 {stage1} c, d',
      '2 {stage2} b, c',
    ]);
  });

  test('also by the private name, and only of this source', () => {
    expect(lines(declared('Build-Depends: a <!pkg.x.bootstrap3>, b <!pkg.y.bootstrap4>'))).toEqual([
      '0 {} a, b',
      '3 {pkg.x.bootstrap3} b',
    ]);
  });

  test('under every name that the source may give its stages', () => {
    for (const name of ['pkg.x.stage1', 'pkg.x.bootstrap', 'pkg.x.bootstrap1'])
      expect(lines(declared(`Build-Depends: a, b <!${name}>`))).toEqual(['0 {} a, b', `1 {${name}} a`]);
    expect(lines(declared('Build-Depends: a <!pkg.x.stage2>, b <!pkg.x.stage1>'))).toEqual([
      '0 {} a, b',
      '1 {pkg.x.stage1} a',
      '2 {pkg.x.stage2} b',
    ]);
    const none = 'a <!bootstrap>, b <!pkg.xy.stage1>, c <!pkg.x.stage01>, d <!pkg.x.nostage1>, e <!pkg.x.stage>';
    expect(lines(declared(`Build-Depends: ${none}`))).toEqual(['0 {} a, b, c, d, e']);
  });

  test('two names for one stage are one stage, in which both are active', () => {
    const both = 'a <!stage1>, b <!pkg.x.bootstrap>, c <pkg.x.stage1>, d';
    expect(lines(declared(`Build-Depends: ${both}`))).toEqual([
      '0 {} a, b, d',
      '1 {pkg.x.bootstrap pkg.x.stage1 stage1} c, d',
    ]);
  });

  test('an annotation gives a stage other profiles', () => {
    const annotation = new Map([[2, ['pkg.x.noslapd', 'nocheck']]]);
    expect(lines(declared('Build-Depends: a <!pkg.x.noslapd>, b <!nocheck>, c <!stage1>', { annotation }))).toEqual([
      '0 {} a, b, c',
      '1 {stage1} a, b',
      '2 {nocheck pkg.x.noslapd} c',
    ]);
  });

  test('binaries come out where their formula holds', () => {
    const binaries = [{ index: 4 }, { index: 7, formula: parseFormula('<!stage1>') }];
    const result = declared('Build-Depends: a', { binaries });
    expect(result.ok && result.value.map((v) => v.produces)).toEqual([[4, 7], [4]]);
  });
});

test('droppable names leave every stage, or make the first', () => {
  const droppable = new Set(['b', 'q']);
  expect(lines(declared('Build-Depends: a, b | c, d', { droppable }))).toEqual(['0 {} a, b | c, d', '1 {stage1} a, d']);
  expect(lines(declared('Build-Depends: a, b\nBuild-Depends-Bootstrap1: b, e', { droppable }))).toEqual([
    '0 {} a, b',
    '1 {stage1} e',
  ]);
});

describe('both notations', () => {
  test('may say the same', () => {
    const result = declared('Build-Depends: a, b <!stage1>\nBuild-Depends-Bootstrap1: a');
    expect(lines(result)).toEqual(['0 {} a, b', '1 {stage1} a']);
  });

  test('must not differ; the differing group is named', () => {
    expect(
      lines(declared('Build-Depends: a, b (>= 2) <!stage1>, c | d\nBuild-Depends-Bootstrap1: a, b')),
    ).toMatchInlineSnapshot(`
      [
        "stage 1 of x is declared twice, and differently: Build-Depends-Bootstrap1 has \`b\`, the formulas drop it; the formulas keep \`c | d\`, Build-Depends-Bootstrap1 does not have it",
      ]
    `);
  });
});

test('a conflict has no alternatives; a bad relation is named with its field', () => {
  expect(lines(declared('Build-Depends: a (\nBuild-Conflicts: b | c'))).toMatchInlineSnapshot(`
    [
      "Build-Depends of x: the parenthesis ( is not closed",
      "Build-Conflicts of x: alternatives have no meaning in a conflict: b | c",
    ]
  `);
});

test('remarks: unregistered profiles, stages that drop nothing', () => {
  expect(
    declared('Build-Depends: a <!nochek>\nBuild-Depends-Bootstrap1: a').diagnostics.map((d) => d.message),
  ).toMatchInlineSnapshot(`
    [
      "x uses the unregistered profile nochek",
      "stage 1 of x drops no binary: all are taken to come out of it",
      "stage 1 of x needs all that the full build needs",
    ]
  `);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formulaHolds,
  formulaProblem,
  isRegisteredProfile,
  parseFormula,
  parseListedFormula,
} from '../src/metadata/relations/formula.ts';
import { formatGroups, parseGroups } from '../src/metadata/relations/relation.ts';

const groups = (text: string) => {
  const { groups, problems } = parseGroups(text);
  expect(problems).toEqual([]);
  return groups;
};

test('every part of a relation', () => {
  expect(groups('libfoo-dev:any (>= 1.2~) [linux-any !hppa] <!nodoc cross> <stage1> | bar')).toEqual([
    [
      {
        name: 'libfoo-dev',
        qualifier: 'any',
        op: '>=',
        version: '1.2~',
        architectures: ['linux-any', '!hppa'],
        formula: [['!nodoc', 'cross'], ['stage1']],
      },
      { name: 'bar' },
    ],
  ]);
});

test('white space, line ends, a trailing comma and the old operators', () => {
  expect(formatGroups(groups('\n a(>=1) ,\n b  [ amd64   i386 ]<!nocheck>|c ( < 2 )  ,'))).toBe(
    'a (>= 1), b [amd64 i386] <!nocheck> | c (<= 2)',
  );
  expect(groups('')).toEqual([]);
});

test('equal texts give the same object', () => {
  const [a, b] = groups('a (>= 1) | b, x');
  const [c, d] = groups('y, a (>= 1) | b');
  expect(d).toBe(a);
  expect(b).not.toBe(c);
  expect(groups('q | a (>= 1)')[0]![1]).toBe(a![0]);
});

test('every problem of a field, each at its place', () => {
  const text =
    'a (>= , b [!], c <!nocheck, d e, , (>= 1), f (1), g [amd64] (>= 2), h <!a b,c>, i |, j <>, k:, l [i386] [amd64]';
  const { problems } = parseGroups(text);
  expect(problems.map((p) => `${p.message}  <<${text.slice(p.offset, p.offset + p.length)}>>`)).toMatchInlineSnapshot(`
    [
      "the parenthesis ( is not closed  <<(>>",
      ""!" is not an architecture  <<!>>",
      "the bracket < is not closed  <<<>>",
      ""e" after d: a comma or | is missing  <<e>>",
      "nothing before this comma  <<,>>",
      ""(>= 1)" does not begin with a package name  <<(>= 1)>>",
      "a version reads (>= 1.2), with one of << <= = >= >>  <<(1)>>",
      "a version (...) must come once, right after the name  <<(>= 2)>>",
      "the bracket < is not closed  <<<>>",
      "">" after c: a comma or | is missing  <<>>>",
      "nothing on this side of |  <<,>>",
      "nothing between < and >  <<<>>>",
      "after \`:\` comes any, native or an architecture, without a space  <<:>>",
      "a second architecture list [...]  <<[>>",
    ]
  `);
});

describe('formulas', () => {
  const holds = (text: string, ...active: string[]) => formulaHolds(parseFormula(text), new Set(active));

  test('are an OR of ANDs', () => {
    expect(holds('<!stage1 !stage2>')).toBe(true);
    expect(holds('<!stage1 !stage2>', 'stage2')).toBe(false);
    // The classic trap: two brackets hold whenever either profile is inactive.
    expect(holds('<!stage1> <!stage2>', 'stage2')).toBe(true);
    expect(holds('<!nocheck> <!noinsttest>', 'nocheck', 'noinsttest')).toBe(false);
    expect(holds('<cross nodoc>', 'cross')).toBe(false);
  });

  test('none holds always, an empty one never', () => {
    expect(formulaHolds(undefined, new Set())).toBe(true);
    expect(formulaHolds([], new Set())).toBe(false);
    expect(parseFormula('  ')).toBeUndefined();
  });

  test('in a Package-List, in both notations', () => {
    expect(parseListedFormula('profile', '!stage1,!nodoc+cross')).toEqual([['!stage1', '!nodoc'], ['cross']]);
    expect(parseListedFormula('profile:v1', '!stage1&!nodoc|cross')).toEqual([['!stage1', '!nodoc'], ['cross']]);
  });

  test('what is none', () => {
    const complaint = (t: string) => {
      const p = formulaProblem(t)!;
      return `${p.message}  <<${t.slice(p.offset, p.offset + p.length)}>>`;
    };
    expect(['<a', 'a', '<>', '<a> b', '<a,b>', '<!>'].map(complaint)).toMatchInlineSnapshot(`
      [
        "the bracket < is not closed  <<<>>",
        ""a" where a bracket < or the end was expected  <<a>>",
        "nothing between < and >  <<<>>>",
        ""b" where a bracket < or the end was expected  <<b>>",
        ""a,b" is not a profile name  <<a,b>>",
        ""!" is not a profile name  <<!>>",
      ]
    `);
  });

  test('registered names', () => {
    expect(
      ['nocheck', 'stage2', 'pkg.rustc.dlstage0', 'stage3', 'nocheckk', 'pkg.x'].filter(isRegisteredProfile),
    ).toEqual(['nocheck', 'stage2', 'pkg.rustc.dlstage0']);
  });
});

const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,12}$/);
const profile = fc.stringMatching(/^!?[a-z][a-z0-9.]{0,8}$/);
const relation = fc
  .record({
    name,
    qualifier: fc.constantFrom('', ':any', ':native', ':arm64'),
    version: fc.constantFrom('', ' (>= 1)', ' (<< 2:3.4~rc1-5+b6)', ' (= 0)'),
    architectures: fc.constantFrom('', ' [linux-any]', ' [!hurd-any !i386]'),
    formula: fc.array(fc.array(profile, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
  })
  .map(
    (r) => `${r.name}${r.qualifier}${r.version}${r.architectures}${r.formula.map((b) => ` <${b.join(' ')}>`).join('')}`,
  );
const field = fc
  .array(
    fc.array(relation, { minLength: 1, maxLength: 3 }).map((g) => g.join(' | ')),
    { maxLength: 5 },
  )
  .map((g) => g.join(', '));

describe('properties', () => {
  test('printing what was parsed is the identity on canonical texts', () => {
    fc.assert(
      fc.property(field, (text) => formatGroups(groups(text)) === text),
      { numRuns: 2000 },
    );
  });

  test('no text makes the parser throw; what it accepts, it prints so that it reads the same', () => {
    const noise = fc.array(
      fc.oneof(
        relation,
        fc.constantFrom(',', '|', '(', ')', '[', ']', '<', '>', '!', ':', ' ', '\n', '\t#', '>=', 'é', '\u0000'),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          noise.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const parsed = parseGroups(text);
          for (const p of parsed.problems) {
            expect(p.offset).toBeGreaterThanOrEqual(0);
            expect(p.offset + p.length).toBeLessThanOrEqual(text.length + 1);
          }
          const again = parseGroups(formatGroups(parsed.groups));
          expect(again.problems).toEqual([]);
          expect(again.groups).toEqual(parsed.groups);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

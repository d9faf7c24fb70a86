/**
 * Restriction formulas over build profiles, `<!nocheck> <cross stage1>`: an OR of brackets, each an AND of profile
 * names that must be active, or, with `!`, must not be (deb-src-control(5), "BUILD PROFILES").
 */

/** Disjunctive normal form. Present and empty means false. */
export type Formula = readonly (readonly string[])[];

/** No formula holds always. */
export function formulaHolds(formula: Formula | undefined, active: ReadonlySet<string>): boolean {
  if (formula === undefined) return true;
  return formula.some((bracket) =>
    bracket.every((literal) => (literal.startsWith('!') ? !active.has(literal.slice(1)) : active.has(literal))),
  );
}

/** dpkg's lenient set of characters of a profile name, with an optional `!` before. */
const literalForm = /^!?[A-Za-z0-9+.\-?/;:=@%*~_]+$/;

/** What is wrong, and where in the text: counted in UTF-16 units. */
export interface FormulaProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** Reads brackets from `start` to the end of the text; stops at the first thing that is none. */
export function scanFormula(text: string, start = 0): { formula: Formula; problem?: FormulaProblem } {
  const formula: string[][] = [];
  const bracket = /\s*<([^<>]*)>/y;
  let at = start;
  while (true) {
    bracket.lastIndex = at;
    const match = bracket.exec(text);
    if (!match) break;
    const inside = at + match[0].length - 1 - match[1]!.length;
    const literals = match[1]!.split(/\s+/).filter((l) => l !== '');
    const wrong = literals.find((l) => !literalForm.test(l));
    if (wrong !== undefined) {
      const offset = text.indexOf(wrong, inside);
      return { formula, problem: { message: `"${wrong}" is not a profile name`, offset, length: wrong.length } };
    }
    if (literals.length === 0)
      return { formula, problem: { message: 'nothing between < and >', offset: inside - 1, length: 2 } };
    formula.push(literals);
    at += match[0].length;
  }
  const rest = /\S/.exec(text.slice(at));
  if (!rest) return { formula };
  const offset = at + rest.index;
  const message =
    text[offset] === '<'
      ? 'the bracket < is not closed'
      : `"${text[offset]}" where a bracket < or the end was expected`;
  return { formula, problem: { message, offset, length: 1 } };
}

/** Why a text is no formula, with the place; undefined when it is one or empty. */
export const formulaProblem = (text: string): FormulaProblem | undefined => scanFormula(text).problem;

/** A Build-Profiles field; undefined when it is empty. What is not understood is left out: ask formulaProblem first. */
export function parseFormula(text: string): Formula | undefined {
  return text.trim() === '' ? undefined : scanFormula(text).formula;
}

/** A formula as fields have it. */
export const formatFormula = (formula: Formula): string => formula.map((b) => `<${b.join(' ')}>`).join(' ');

/** The formula in a Package-List: `profile=` joins with `,` and `+`, `profile:v1=` (dpkg 1.23) with `&` and `|`. */
export function parseListedFormula(key: string, value: string): Formula {
  const [and, or] = key === 'profile:v1' ? ['&', '|'] : [',', '+'];
  return value.split(or!).map((bracket) => bracket.split(and!));
}

/** Profile names a formula speaks of, without `!`. */
export const profilesIn = (formula: Formula | undefined): readonly string[] =>
  (formula ?? []).flatMap((bracket) => bracket.map((l) => (l.startsWith('!') ? l.slice(1) : l)));

const registered = new Set(
  'cross nobiarch nocheck nocil nodoc nogir nogolang noguile noinsttest nojava nolua noocaml noperl nopython noruby noudeb nowasm nowindows stage1 stage2'.split(
    ' ',
  ),
);

/** Is it a name that Debian has registered, or a private one, `pkg.<source>.<anything>`? */
export const isRegisteredProfile = (name: string): boolean =>
  registered.has(name) || /^pkg\.[a-z0-9][a-z0-9+.-]*\.[^.].*$/.test(name);

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formulaHolds, parseFormula, profilesIn } from '../src/metadata/relations/formula.ts';
import { reduceGroups } from '../src/metadata/relations/reduce.ts';
import { formatGroups, parseGroups } from '../src/metadata/relations/relation.ts';
import { dpkgIsHere, perl } from './rig/dpkg.ts';

const reduced = (text: string, architecture: string, ...active: string[]) =>
  formatGroups(reduceGroups(parseGroups(text).groups, architecture, new Set(active)));

test('an alternative that does not apply is dropped, a group without alternatives too', () => {
  const field = 'a <!stage1> | b, c [i386] | d [linux-any], e <cross>, f [hurd-any], g (>= 1)';
  expect(reduced(field, 'amd64')).toBe('a | b, d, g (>= 1)');
  expect(reduced(field, 'amd64', 'stage1', 'cross')).toBe('b, d, e, g (>= 1)');
  expect(reduced(field, 'hurd-i386')).toBe('a | b, f, g (>= 1)');
});

test('what needs no reduction stays the same object, equal results are one object', () => {
  const { groups } = parseGroups('a | b (>= 1), c');
  expect(reduceGroups(groups, 'amd64', new Set())).toBe(groups);
  const [x] = reduceGroups(parseGroups('a <!nocheck>').groups, 'amd64', new Set());
  expect(x).toBe(parseGroups('a').groups[0]);
});

describe.skipIf(!dpkgIsHere())('against dpkg', () => {
  /** Every distinct formula of Debian bookworm main, one per line. */
  const formulas = readFileSync(new URL('fixtures/013-reductions/formulas', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  /** Dependency fields from the same archive, the ones with most conditions. */
  const fields = readFileSync(new URL('fixtures/013-reductions/fields', import.meta.url), 'utf8')
    .trim()
    .split('\n');

  test('every formula of bookworm × no profile, every one it names, and every pair of common ones', () => {
    const common = ['nocheck', 'nodoc', 'cross', 'stage1', 'stage2', 'noinsttest', 'nopython', 'noudeb'];
    const questions = formulas.flatMap((text) => {
      const names = [...new Set([...profilesIn(parseFormula(text)), ...common])];
      const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]));
      return [[], ...names.map((n) => [n]), ...pairs].map((active) => [text, active] as const);
    });
    const answers = perl(
      'use Dpkg::BuildProfiles qw(parse_build_profiles evaluate_restriction_formula)',
      'my @p = split / /, $f[1]; print evaluate_restriction_formula([parse_build_profiles($f[0])], \\@p) ? 1 : 0, "\\n"',
      questions.map(([text, active]) => `${text}\t${active.join(' ')}`),
    );
    expect(formulas).toHaveLength(126);
    expect(questions.map(([text, active]) => (formulaHolds(parseFormula(text), new Set(active)) ? '1' : '0'))).toEqual(
      answers,
    );
  });

  test('whole fields × architectures × profiles', () => {
    const hosts = [
      'amd64',
      'arm64',
      'riscv64',
      'i386',
      'hurd-i386',
      'kfreebsd-amd64',
      'armel',
      's390x',
      'musl-linux-amd64',
    ];
    const profiles = [
      '',
      'nocheck',
      'nodoc',
      'stage1',
      'cross',
      'stage1 nocheck',
      'nocheck nodoc noinsttest',
      'cross nodoc stage2',
    ];
    const questions = fields.flatMap((f) => hosts.flatMap((h) => profiles.map((p) => [f, h, p] as const)));
    const answers = perl(
      'use Dpkg::Deps',
      'my $d = deps_parse($f[0], reduce_restrictions => 1, host_arch => $f[1], build_profiles => [split / /, $f[2]], build_dep => 1); print $d->output(), "\\n"',
      questions.map((q) => q.join('\t')),
    );
    expect(questions.map(([f, h, p]) => reduced(f, h, ...p.split(' ').filter((w) => w !== '')))).toEqual(answers);
  });
});

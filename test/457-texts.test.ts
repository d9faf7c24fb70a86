/** How answers read: never more than ten of anything unasked, no endless lines, nothing claimed that is not known. */

import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { visible } from '../src/diagnostics.ts';
import type { ChainStep, Plan, PlannedBuild } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import { verdictText } from '../src/reports/archive/check-text.ts';
import { breakVerdict, changeLines, cyclesText } from '../src/reports/archive/cycles-text.ts';
import { explainText } from '../src/reports/plan/explain.ts';
import type { Explained } from '../src/reports/plan/explained.ts';
import { planDiffText } from '../src/reports/plan/plan-diff.ts';
import { planText } from '../src/reports/plan/plan-text.ts';
import { whatifText } from '../src/reports/plan/whatif.ts';
import { wishList, worth } from '../src/reports/plan/wishes.ts';
import { bugLetter } from '../src/reports/proposals/bug-letter.ts';
import { chainLines } from '../src/reports/writing/chain.ts';
import { eventLines } from '../src/reports/writing/change.ts';
import { counted } from '../src/reports/writing/count.ts';
import { firstNames, paragraph } from '../src/reports/writing/paragraph.ts';
import type { Drop, Wish } from '../src/solver/explain/wishes.ts';
import { noFirstLines } from '../src/solver/propose/first-lines.ts';
import { diffPlans } from '../src/stages/diff.ts';
import { groupStuck, stuckSources } from '../src/stages/stuck.ts';

const longest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
const names = (n: number, stem = 'source') => Array.from({ length: n }, (_, i) => `${stem}-${i}`);

test('a paragraph breaks at blanks, keeps every word, and indents its further lines', () => {
  const text = names(40).join(' ');
  const lines = paragraph(text, { first: '- ', rest: '  ', width: 30 });
  expect(longest(lines.join('\n'))).toBeLessThanOrEqual(30);
  expect(lines[0]!.slice(2, 10)).toBe('source-0');
  expect(lines.slice(1).every((line) => /^ {2}\S/.test(line))).toBe(true);
  expect(lines.map((line) => line.slice(2)).join(' ')).toBe(text);
  expect(paragraph('one-word-that-is-longer-than-that', { width: 5 })).toEqual(['one-word-that-is-longer-than-that']);
});

test('of many names the first ten, how many more, and how to see them', () => {
  expect(firstNames(names(3))).toBe('source-0, source-1, source-2');
  expect(firstNames(names(12))).toMatch(/source-9 and 2 more; --all shows them$/);
  expect(firstNames(names(12), true)).toMatch(/source-10, source-11$/);
});

const drop = (binary: string, more: Partial<Drop> = {}): Drop => ({
  group: `${binary} (>= 1)`,
  line: `${binary} (>= 1)`,
  conditional: `${binary} (>= 1) <!stage1>`,
  binary: binaryName(binary),
  purpose: 'other',
  profile: undefined,
  declaredBy: undefined,
  ...more,
});
const wish = (source: string, more: Partial<Wish> = {}): Wish => ({
  source: sourceName(source),
  stage: 1,
  declared: false,
  notation: 'any',
  profile: 'stage1',
  registered: true,
  drops: [drop('x')],
  undroppable: [],
  declaredProfiles: [],
  annotation: undefined,
  purpose: 'other',
  field: 'Build-Depends-Bootstrap1: gcc',
  alone: 0,
  together: 7,
  ...more,
});

test('a wish tells what it is worth, names a binary once, and guesses no purpose', () => {
  const [line] = wishList([wish('a', { drops: [drop('zlib1g-dev'), drop('zlib1g-dev'), drop('x')] })], false);
  expect(line).toBe('  1. a  drop zlib1g-dev, x; without it 7 sources stay stuck');
  const worth = (alone: number, together: number | null) => wishList([wish('a', { alone, together })], false)[0]!;
  expect(worth(2, 7)).toContain('frees 2 sources alone; without it 7 sources stay stuck');
  expect(worth(0, 1)).toContain('without it 1 source stays stuck');
  expect(worth(7, 7)).toMatch(/frees 7 sources$/);
  expect(worth(1, null)).toMatch(/frees 1 source$/);
  const tests = wish('b', { drops: [drop('check', { purpose: 'tests' })], purpose: 'tests' });
  expect(wishList([tests], false)[0]).toContain('drop check (tests);');
});

const build = (source: string, why: PlannedBuild['why'], at: number): PlannedBuild => ({
  id: namedBuild(why === 'full' ? source : `${source}#2`),
  source: sourceName(source),
  version: '1',
  stage: 0,
  round: why === 'full' ? 1 : 2,
  archive: why === 'full' ? 'interim' : 'final',
  profiles: [],
  produces: [binaryName(source)],
  installs: [],
  needs: at === 0 ? [] : [at - 1],
  taintedBy: [],
  wave: at,
  why,
});
const chain: readonly ChainStep[] = [
  { from: 'src:a', to: 'b', how: 'build-depends' },
  { from: 'b', to: 'src:b', how: 'built-by' },
];
const bigPlan = (sources: number): Plan => ({
  format: 1,
  architecture: 'amd64',
  status: 'bounded',
  costs: [{ criterion: 'wishes', value: 12, lowerBound: 12 }],
  builds: [
    ...names(sources).map((s, i) => build(s, 'full', i)),
    ...names(sources).map((s, i) => build(s, 'rebuild', sources + i)),
  ],
  runtime: {},
  wishes: names(12, 'wish').map(sourceName),
  stuck: names(30, 'stuck-source')
    .map(sourceName)
    .map((source) => ({ source, scc: undefined, reason: { kind: 'behind', chain } })),
  unused: names(12, 'unused')
    .map(sourceName)
    .map((source) => ({ source, stage: 1 })),
  seed: [],
  sccs: [],
});

test('golden: a plan of very many builds, and every one of them when asked', async () => {
  const plan = bigPlan(60);
  const wishes = names(12, 'wish').map((source) => wish(source));
  const text = (all: boolean) => planText(plan, groupStuck(stuckSources(plan)), wishes, 12, all);
  expect(longest(text(false))).toBeLessThanOrEqual(100);
  await expect(text(false)).toMatchFileSnapshot('fixtures/457-texts/many.txt');
  for (const { id } of plan.builds) expect(text(true)).toMatch(new RegExp(`  ${id}  `));
  for (const name of [...plan.wishes, ...plan.unused.map((u) => u.source)]) expect(text(true)).toContain(name);
  expect(text(true)).not.toContain('--all');
  const small = { ...bigPlan(50), wishes: [], unused: [] };
  expect(planText(plan, [], wishes, 12, false, 204)).toContain('12 wishes for all but 204 sources');
  const whole = planText(small, [], [], 0, false);
  for (const { id } of small.builds) expect(whole).toMatch(new RegExp(`  ${id}  `));
});

test('an explanation of a long chain says why in lines of bounded width', () => {
  const ring = names(12, 'rust-some-crate');
  const steps = ring.flatMap((name, i): ChainStep[] => {
    const next = ring[(i + 1) % ring.length]!;
    return [
      { from: `src:${name}`, to: `lib${next}-dev`, how: 'build-depends' },
      { from: `lib${next}-dev`, to: `src:${next}`, how: 'built-by' },
    ];
  });
  const explained: Explained = {
    source: sourceName(ring[0]!),
    version: '1',
    maintainer: '',
    place: 'cycle',
    stuck: true,
    scc: { id: `${ring[0]}+11`, size: 12 },
    chain: steps,
    missing: [],
    breakers: [],
    profiles: [],
    annotation: '',
    obstacles: [],
    wish: null,
    first: noFirstLines,
    places: [],
    used: [],
  };
  const text = explainText(explained);
  const sentences = text.split('\n').filter((line) => !/^ .* (build-depends on|is built by) /.test(line));
  expect(longest(sentences.join('\n'))).toBeLessThanOrEqual(100);
  expect(text.replace(/\s+/g, ' ')).toContain(
    'and rust-some-crate-11 needs rust-some-crate-0, none of them can be built first.',
  );
});

test('a set of sources to reduce is said to be the fewest only when no cycle is left and that is proved', () => {
  const set = { size: 2, lowerBound: 2, sources: ['a', 'b'] };
  expect(breakVerdict({ ...set, status: 'optimal' })).toContain('proved to be the fewest');
  expect(breakVerdict({ ...set, status: 'bounded', lowerBound: 1 })).toContain('at least 1 are needed, 50 % are not');
  expect(breakVerdict({ ...set, status: 'bounded', lowerBound: 2 })).toContain(
    'fewest, but maybe not the alphabetically',
  );
  const none = breakVerdict({ ...set, status: 'none', stuck: ['c'] });
  expect(none).toContain('does not break every cycle: 1 source cannot be freed');
  expect(none).not.toContain('fewest');
  expect(breakVerdict({ status: 'none', size: 0, lowerBound: 0, sources: [], stuck: ['c', 'd'] })).toBe(
    'What may be dropped does not break every cycle: 2 sources cannot be freed.',
  );
});

test('a full build that is not clean says what taints it, also where no build of the plan does', () => {
  const tainted = { ...build('b', 'full', 1), taintedBy: [0] };
  const text = planText({ ...bigPlan(0), builds: [build('a', 'full', 0), tainted] }, [], [], 0, false);
  expect(text).toMatch(/ a +interim {2}\(installs what no build here made\)\n/);
  expect(text).toMatch(/ b +interim {2}\(a installed\)\n/);
});

test('a change that moves no build does not promise a list of them', () => {
  const same = { added: [], removed: [] };
  const text = whatifText(
    'no q',
    {
      sccs: [],
      newSccs: [],
      freed: [],
      lost: [],
      stuck: { before: 2, after: 1 },
      costs: [],
      plan: {
        same: false,
        architecture: { before: 'amd64', after: 'amd64' },
        status: { before: 'none', after: 'none' },
        costs: [],
        builds: { ...same, moved: [], changed: [] },
        wishes: same,
        stuck: { added: [], removed: ['q'] },
        seed: same,
      },
      distance: { knot: { before: 3, after: 2 }, upTo: 0, cycles: { before: 0, after: 0 }, touched: [] },
      uncounted: [],
    },
    false,
  );
  expect(text).toBe(
    'With no q:\n\nsources in the largest knot 3 -> 2\nstuck sources 2 -> 1\nthe builds of the plan stay the same\n',
  );
});

test('a bug report names what debian/control names, and tries it with every option that a profile asks for', () => {
  const line = (group: string, profile: string) => ({ group, profile, conditional: `${group} <!${profile}>` });
  const letter = (...lines: ReturnType<typeof line>[]) =>
    bugLetter({ source: sourceName('anna'), version: '1', lines, why: 'why.', isGuess: false });
  const one = letter(line('transfig:native (>= 2) | fig2dev', 'nodoc'));
  expect(one).toContain('Subject: anna: please allow building without transfig (build profiles)\n');
  expect(one).toContain('\n  + transfig:native (>= 2) | fig2dev <!nodoc>,\n');
  expect(one).toContain('\n  DEB_BUILD_OPTIONS="nodoc" sbuild --no-clean-source --no-arch-all --profiles=nodoc\n');
  expect(one).toContain('nodoc is a registered profile: https://');
  expect(one).toContain('\n\n  ifeq (,$(filter nodoc,$(DEB_BUILD_PROFILES)))\n  ...\n  endif\n\n');
  const change = { patch: '- a,\n+ a <!nodoc>,\n', isReal: false, absent: new Map() };
  const none = bugLetter({
    ...{ source: sourceName('anna'), version: '1', lines: [line('a', 'nodoc')], why: 'why.', isGuess: false },
    change,
  });
  expect([one, none].map((text) => text.includes('\n\n\n'))).toEqual([false, false]);
  const more = letter(line('a', 'nocheck'), line('b', 'nopython'), line('c', 'pkg.anna.stage1'));
  expect(more).toContain('without a, b and c (build profiles)');
  expect(more).toContain(
    '\n  DEB_BUILD_OPTIONS="nocheck" sbuild --no-clean-source --no-arch-all --profiles=nocheck,nopython,pkg.anna.stage1\n',
  );
  expect(more.replace(/\n(?=\S)/g, ' ')).toContain(
    'nocheck and nopython are registered profiles; pkg.anna.stage1 is private to the package',
  );
  const [tried, guessed] = [line('a', 'nodoc'), line('b', 'nocheck')];
  const known = bugLetter({
    source: sourceName('anna'),
    version: '1',
    lines: [tried, guessed],
    why: 'why.',
    isGuess: true,
    works: [tried],
  });
  expect(known).toContain('\nFor a debian/rules needs no change: the trial was made with the one of the\narchive.\n');
  expect([known.includes('Under nodoc'), known.includes('Under nocheck')]).toEqual([false, true]);
  const texinfo = { ...line('texinfo', 'nodoc'), switches: ['MAKEINFO=true'] };
  const about = { source: sourceName('anna'), version: '1', lines: [texinfo, tried], why: 'why.' };
  const rules = '\n\n  ifneq (,$(filter nodoc,$(DEB_BUILD_PROFILES)))\n  export MAKEINFO = true\n  endif\n';
  const shown = bugLetter({ ...about, isGuess: false, works: [texinfo, tried] });
  expect(shown).toContain(`\nFor texinfo debian/rules needs this and nothing else: the trial was made so.${rules}`);
  expect(shown).toContain('\nFor a debian/rules needs no change');
  const unknown = bugLetter({ ...about, isGuess: true });
  expect(unknown).toContain(`Where Automake's rules make what texinfo is there for, these lines are enough:${rules}`);
  expect(letter(line('a', 'pkg.anna.stage1'))).toContain(
    '\n  sbuild --no-clean-source --no-arch-all --profiles=pkg.anna.stage1\n',
  );
});

test('numbers of things agree with their words, and long ones can be read', () => {
  expect([counted(0), counted(1), counted(2), counted(1836), counted(1_000_000, 'wish', 'wishes')]).toEqual([
    '0 sources',
    '1 source',
    '2 sources',
    '1,836 sources',
    '1,000,000 wishes',
  ]);
});

test('what is no character, or half of one, is written as its number', () => {
  expect(visible('a\ufffeb\uffffc\ud800d\ud83d\ude00')).toBe('a\\ufffeb\\uffffc\\ud800d\ud83d\ude00');
});

test('several sources need binaries of their own, one of its own', () => {
  const of = (n: number) =>
    cyclesText({
      format: 1,
      verdict: 'cycles',
      input: 'universe',
      counts: {
        sources: n,
        binaries: n,
        edges: n,
        sccs: n,
        inSccs: n,
        largest: 1,
        selfCycles: n,
        beforeCycles: 0,
        behindCycles: 0,
      },
      sccs: [],
      selfCycles: names(n).map((source) => ({ source, type: 1 as const, chain: [] })),
      blocks: [],
      fixpoint: [],
      behind: [],
      unsatisfied: [],
    });
  expect(of(1)).toContain('1 source needs a binary of its own:');
  expect(of(2)).toContain('2 sources need a binary of their own:');
  const change = {
    newMembers: [],
    goneMembers: [],
    newSelfCycles: names(2),
    goneSelfCycles: names(1),
    merged: [],
    newDependencies: [],
    noLongerBroken: [],
  };
  expect(changeLines(change)).toContain('2 sources need themselves now:');
  expect(changeLines(change)).toContain('1 source needs itself no more:');
});

test('thousands are written alike in all answers', () => {
  const plan: Plan = { ...bigPlan(1), costs: [{ criterion: 'rebuilds', value: 2519, lowerBound: 1250 }] };
  expect(planText(plan, [], [])).toContain('2,519  at least 1,250, gap 1,269');
  const wished = planText({ ...plan, wishes: names(1234).map(sourceName) }, [], []);
  expect(wished).toContain('Wishes (1,234): ');
  expect(wished).toContain(' and 1,224 more');
  const checked = { architecture: 'amd64', profiles: [], alternatives: 'any', binaries: 1, builds: [] } as const;
  expect(verdictText({ ...checked, checked: 34_233, broken: 1035 })).toContain(' of 1,035 of 34,233 builds ');
  expect(firstNames(names(2010))).toContain(' and 2,000 more');
  const steps = names(3000).map((to, i): ChainStep => ({ from: `source-${i - 1}`, to, how: 'depends' }));
  expect(chainLines(steps)).toContain('... 2,948 more steps');
  expect(worth({ alone: 1234, together: null } as Wish)).toBe('frees 1,234 sources');
  const lost = { members: names(2003).map(sourceName), behind: names(1001).map(sourceName) };
  const event = { kind: 'lost', cycle: true, causes: [], ...lost } as const;
  expect(eventLines(event)[0]).toMatch(/and 2,000 more is no longer .* \(and 1,001 behind it\)/);
  const difference = planDiffText(diffPlans(plan, { ...plan, wishes: names(2500).map(sourceName) }), {
    all: false,
    waves: false,
  });
  expect(difference).toContain('wishes (2,512)\n');
  expect(difference).toContain('... and 2,502 more; --all shows them');
});

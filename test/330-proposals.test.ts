/** The cheapest edits and supplies: every set of them tried, planted ones found, and a plan that needs nothing else. */
import { expect, test } from 'vitest';
import { boldness, propose } from '../src/application/proposals/propose.ts';
import type { Universe } from '../src/model.ts';
import { proposalVerdict } from '../src/reports/proposals/proposal-text.ts';
import { type EditClass, editClasses } from '../src/solver/explain/edit-class.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { EditGround } from '../src/solver/propose/edit-ground.ts';
import { noKnowledge } from '../src/solver/propose/edit-lines.ts';
import { editProblem } from '../src/solver/propose/edit-problem.ts';
import { cheapestEdits, editCriteria, levelOf } from '../src/solver/propose/edit-search.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

/** What these names are for, said once more. */
const meaning = new Map<string, EditClass>([
  ['doxygen', 'documentation'],
  ['texinfo', 'documentation'],
  ['bats', 'tests'],
  ['default-jdk', 'bindings'],
  ['gcc-multilib', 'biarch'],
  ['libldap2-dev', 'features'],
]);

function drawn(seed: number): string {
  const draw = random(seed);
  const names = ['app', 'base', 'core', ...[...meaning.keys()].filter(() => draw(3) > 0)];
  const lines = names.map((n) => {
    const needs = names.filter(() => draw(100) < 38);
    return `${n}: ${needs.join(', ')}`;
  });
  for (const n of names) if (draw(6) === 0) lines.push(`${n} => ${names[draw(names.length)]}`);
  return `${lines.join('\n')}\ntargets: app, base, core\n`;
}

interface Line {
  readonly source: string;
  readonly needs: string;
  readonly kind: EditClass;
}

/** Costs on every level, by trying all sets of supplies and lines; shares nothing with the search. */
function everySet(u: Universe): readonly number[] {
  const build = new Map<string, string[]>(
    u.sources.map((s) => [s.name, s.variants[0]!.buildDepends.map((g) => g[0]!.name)]),
  );
  const run = new Map<string, string[]>(u.binaries.map((b) => [b.name, b.depends.map((g) => g[0]!.name)]));
  const required = new Set<string>(u.targets.map((t) => u.sources[t]!.name));
  for (const r of required) {
    const installed = new Set(build.get(r));
    for (const b of installed) for (const c of run.get(b)!) installed.add(c);
    for (const b of installed) required.add(b);
  }
  const lines: Line[] = [];
  for (const source of build.keys()) {
    for (const needs of new Set(build.get(source))) {
      const kind = meaning.get(needs);
      if (kind === undefined) continue;
      if ((kind === 'documentation' || kind === 'tests') && run.get(source)!.includes(needs)) continue;
      if ((kind === 'bindings' || kind === 'features') && needs === source) continue;
      // What a source is about it cannot do without.
      if (source === 'default-jdk' && kind === 'bindings') continue;
      if (source === 'gcc-multilib' && kind === 'biarch') continue;
      lines.push({ source, needs, kind });
    }
  }
  const works = (supplied: ReadonlySet<string>, dropped: ReadonlySet<Line>): boolean => {
    const there = new Set(supplied);
    const full = new Set<string>();
    const gone = new Set([...dropped].map((l) => `${l.source} ${l.needs}`));
    for (let changed = true; changed; ) {
      changed = false;
      // The largest set of present binaries that have what they need at run time.
      const usable = new Set(there);
      for (let shrunk = true; shrunk; ) {
        shrunk = false;
        for (const b of usable) if (run.get(b)!.some((r) => !usable.has(r))) shrunk = usable.delete(b);
      }
      for (const [source, needs] of build) {
        const isThere = (all: readonly string[]) => all.every((n) => usable.has(n));
        if (!there.has(source) && isThere(needs.filter((n) => !gone.has(`${source} ${n}`)))) {
          there.add(source);
          changed = true;
        }
        if (!full.has(source) && isThere(needs)) {
          full.add(source);
          changed = true;
        }
      }
    }
    return [...required].every((r) => full.has(r));
  };
  const names = [...build.keys()];
  const all = new Set(lines);
  let best: readonly number[] | undefined;
  for (let size = 0; best === undefined; size++) {
    for (let bits = 0; bits < 1 << names.length; bits++) {
      const supplied = new Set(names.filter((_, i) => (bits >> i) & 1));
      if (supplied.size !== size || !works(supplied, all)) continue;
      for (let chosen = 0; chosen < 1 << lines.length; chosen++) {
        const dropped = new Set(lines.filter((_, i) => (chosen >> i) & 1));
        const on = (level: string) =>
          new Set([...dropped].filter((l) => levelOf[l.kind] === level).map((l) => l.source)).size;
        const costs = [size, on('features'), on('bindings'), on('plain'), dropped.size];
        const isLess = best === undefined || costs.reduce((d, c, i) => d || c - best![i]!, 0) < 0;
        if (isLess && works(supplied, dropped)) best = costs;
      }
    }
  }
  return best;
}

const many = Number(process.env.BOOTPLAN_PROPOSALS ?? 150);

test('the costs on every level are those of the best of all sets of supplies and lines', async () => {
  let tried = 0;
  for (let seed = 1; tried < many; seed++) {
    const u = universe(drawn(seed));
    const lines = u.sources.reduce(
      (n, s) => n + s.variants[0]!.buildDepends.filter((g) => meaning.has(g[0]!.name)).length,
      0,
    );
    if (lines > 11) continue;
    tried++;
    const problem = editProblem(new EditGround(resolve(u)), new Set(editClasses), noKnowledge);
    const { costs, status, lowerBound } = await cheapestEdits(problem, {});
    expect({ seed, status, costs: editCriteria.map((c) => costs[c]) }).toEqual({
      seed,
      status: 'optimal',
      costs: everySet(u),
    });
    expect({ seed, lowerBound }).toEqual({ seed, lowerBound: costs });
  }
});

test('the plan of a proposal needs nothing beside it', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const u = universe(drawn(seed));
    const request = { classes: boldness.at(-1)!, knowledge: noKnowledge, frontier: false };
    const p = await propose(u, request);
    expect({ seed, stuck: p.plan.stuck, status: p.status }).toEqual({ seed, stuck: [], status: 'optimal' });
  }
});

const knot = `
  lib: doxygen, compiler
  doxygen: lib, compiler
  compiler: compiler, lib
  app: lib, default-jdk
  default-jdk: default-jdk, app
`;

test('planted edits are found: documentation goes, what is written in itself is supplied', async () => {
  const p = await propose(universe(knot), { classes: boldness.at(-1)!, knowledge: noKnowledge, frontier: true });
  expect(p.edits.map((e) => [e.source, ...e.lines.map((l) => l.conditional)])).toEqual([['lib', 'doxygen <!nodoc>']]);
  expect(p.supplies.map((s) => s.source).sort()).toEqual(['compiler', 'default-jdk']);
  expect(p.supplies.every((s) => s.itself)).toBe(true);
  expect(p.frontier.map((r) => r.costs[0]!.value)).toEqual([3, 2, 2, 2, 2]);
});

test.each(['libc6-dev-i386', 'libc6-x32', 'libc0.1-dev-i386', 'lib32z1', 'gfortran-multilib'])(
  'nobody builds %s without the compiler for that ABI',
  async (other) => {
    const u = universe(`
      plain -> plain, ${other}: gcc-multilib
      gcc-multilib: plain, app
      gcc-multilib => ${other}
      app: plain
    `);
    const p = await propose(u, { classes: boldness.at(-1)!, knowledge: noKnowledge, frontier: false });
    expect(p.supplies).toHaveLength(1);
  },
);

test('what nothing brings is said to stay stuck, and not to be built', async () => {
  const request = { classes: boldness.at(-1)!, knowledge: noKnowledge, frontier: false };
  const stuck = await propose(universe(`${knot}\nother: nowhere`), request);
  expect(stuck.plan.stuck).toEqual(['other']);
  expect(proposalVerdict(stuck)).toMatch(/ end all cycles .*; 1 source stays stuck all the same/);
  expect(proposalVerdict(await propose(universe(knot), request))).toContain('let all of them be built (proved');
});

test('what is kept is not dropped', async () => {
  const knowledge = { ...noKnowledge, keep: new Set(['lib:doxygen']) };
  const p = await propose(universe(knot), { classes: boldness.at(-1)!, knowledge, frontier: false });
  expect(p.edits).toEqual([]);
  expect(p.supplies).toHaveLength(3);
});

test('a line that failed in a trial is not proposed again', async () => {
  const knowledge = {
    ...noKnowledge,
    evidence: new Map([['lib 1 doxygen', { verdict: 'fails' as const, step: 'build', file: 'e' }]]),
  };
  const p = await propose(universe(knot), { classes: boldness.at(-1)!, knowledge, frontier: false });
  expect(p.edits).toEqual([]);
});

test('a list of droppable dependencies counts where nothing is guessed, and is named', async () => {
  const knot2 = 'lib: thing, seed-only\nthing: lib\nseed-only:\n';
  const listed = new Map([['lib', new Map([['thing', 'droppable.list']])]]);
  const p = await propose(universe(knot2), {
    classes: [],
    knowledge: { ...noKnowledge, listed },
    frontier: false,
  });
  expect(p.edits[0]!.lines[0]).toMatchObject({ kind: 'listed', because: 'droppable.list' });
  expect(p.supplies).toEqual([]);
});

test('what every build runs is never dropped, whatever a list says', async () => {
  const listed = new Map([['lib', new Map([['debhelper', 'droppable.list']])]]);
  const p = await propose(universe('lib: debhelper\ndebhelper: lib\n'), {
    classes: boldness.at(-1)!,
    knowledge: { ...noKnowledge, listed },
    frontier: false,
  });
  expect(p.edits).toEqual([]);
  expect(p.supplies).toHaveLength(1);
});

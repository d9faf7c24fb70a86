/** Trials, as far as they build nothing: bisection, what others miss, what was opened, and the evidence file. */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boldness } from '../src/application/proposals/propose.ts';
import { readEvidence } from '../src/application/proposals/propose-knowledge.ts';
import { proposeByTrial } from '../src/application/proposals/propose-trial.ts';
import type { trial } from '../src/application/proposals/trial.ts';
import { linesToTry } from '../src/application/proposals/trial-lines.ts';
import { exitCode, InputError } from '../src/errors.ts';
import { reduceGroups } from '../src/metadata/relations/reduce.ts';
import { formatGroups, parseGroups } from '../src/metadata/relations/relation.ts';
import type { InputRequest } from '../src/metadata/universe/read.ts';
import type { Source } from '../src/model.ts';
import { sourceName } from '../src/names.ts';
import { trialText } from '../src/reports/proposals/trial-text.ts';
import { accessesIn, useOf } from '../src/runner/trial/access-trace.ts';
import { leastKept } from '../src/runner/trial/delta-debugging.ts';
import { appendEvidence, evidenceIn, evidenceOf } from '../src/runner/trial/evidence.ts';
import { causeWords, endOf, failureCause } from '../src/runner/trial/failure-cause.ts';
import { type BuiltPackage, outputChange } from '../src/runner/trial/output-change.ts';
import { reducedVariant } from '../src/runner/trial/reduced-variant.ts';
import { trySource } from '../src/runner/trial/trial.ts';
import type { TrialOrder } from '../src/runner/trial/trial-build.ts';
import { EndedByMachine, type TrialSite } from '../src/runner/trial/trial-site.ts';
import { switchesFor } from '../src/solver/explain/tool-switches.ts';
import { noKnowledge } from '../src/solver/propose/edit-lines.ts';
import type { Proposal } from '../src/solver/propose/proposal.ts';
import { scratch } from './rig/program.ts';
import { universe } from './rig/universe.ts';

/** Nothing ends the search. */
const always = () => false;

/** A build that needs, of each of these sets, one member. */
const needing = (sets: readonly (readonly number[])[]) => (kept: readonly number[]) =>
  sets.every((set) => set.some((n) => kept.includes(n)));

/** The smallest kept sets by trying all of them; by number of members. */
function smallest(count: number, works: (kept: readonly number[]) => boolean): readonly (readonly number[])[] {
  const all = Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (_, i) => i).filter((i) => bits & (1 << i)),
  );
  return all.filter((kept) => works(kept) && kept.every((k) => !works(kept.filter((n) => n !== k))));
}

const problem = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    sets: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 3 }), {
      maxLength: 4,
    }),
  }),
);

describe('bisection', () => {
  test('ends in a set of which nothing can be left out, by all subsets', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ count, sets }) => {
        const works = needing(sets);
        const { kept, isMinimal, tried } = await leastKept(count, async (k) => works(k), always);
        expect(isMinimal).toBe(true);
        expect(smallest(count, works).map((s) => s.join())).toContain(kept.join());
        expect(new Set(tried.map((t) => t.kept.join())).size).toBe(tried.length);
      }),
      { numRuns: 500 },
    );
  });

  test('never tries more than its budget, and calls nothing minimal that it has not seen to be', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.integer({ min: 1, max: 6 }), async ({ count, sets }, budget) => {
        const works = needing(sets);
        let calls = 0;
        const ask = async (kept: readonly number[]) => {
          calls++;
          return works(kept);
        };
        const { kept, isMinimal } = await leastKept(count, ask, () => calls >= budget);
        expect(calls).toBeLessThanOrEqual(budget);
        expect(kept.length === count || works(kept)).toBe(true);
        if (isMinimal) expect(smallest(count, works).map((s) => s.join())).toContain(kept.join());
      }),
      { numRuns: 500 },
    );
  });

  test('asks once when all of it is harmless, and few times when one of many has to stay', async () => {
    const harmless = await leastKept(30, async () => true, always);
    expect([harmless.kept, harmless.tried.length]).toEqual([[], 1]);
    const one = await leastKept(32, async (kept) => kept.includes(19), always);
    expect([one.kept, one.tried.length < 14]).toEqual([[19], true]);
  });
});

describe('what others miss', () => {
  const made = (name: string, paths: readonly string[], exports: readonly string[] = []): BuiltPackage => ({
    name,
    files: paths.map((path) => [path, 'same'] as const),
    libraries: exports.length > 0 ? [{ soname: 'libx.so.1', exports }] : [],
    relations: ['Depends: libc6', 'Provides: x-abi'],
  });
  const lib = made('libx1', ['/usr/lib/libx.so.1', '/usr/share/doc/libx1/api.html'], ['a', 'b']);

  test('is no manual and no -doc package', () => {
    const reduced = made('libx1', ['/usr/lib/libx.so.1'], ['a', 'b']);
    const change = outputChange([lib, made('x-doc', ['/usr/share/doc/x'])], [reduced], new Set());
    expect(change.missed).toEqual([]);
    expect([change.lost, change.packages[0]!.lost]).toEqual([['x-doc'], ['/usr/share/doc/libx1/api.html']]);
  });

  test.each([
    ['a binary', [], 'libx1 is not built'],
    ['a file', [made('libx1', [], ['a', 'b'])], 'libx1 lacks /usr/lib/libx.so.1'],
    ['a symbol', [made('libx1', ['/usr/lib/libx.so.1'], ['a'])], 'libx.so.1 of libx1 lacks 1 symbols (b)'],
    ['a provided name', [{ ...lib, relations: ['Depends: libc6'] }], 'libx1 has no longer Provides: x-abi'],
  ])('is %s', (_, reduced, words) => {
    expect(outputChange([lib], reduced, new Set()).missed).toEqual([words]);
  });

  test('is a file that the reduced build leaves empty; what was empty before is the same', () => {
    const of = (digest: string): BuiltPackage => ({
      ...lib,
      files: [
        ['/usr/lib/libx.so.1', `0 0000644  ${digest}`],
        ['/usr/share/doc/libx1/api.html', `0 0000644  ${digest}`],
        ['/etc/x.conf', '0 0000644  '],
        ['/usr/lib/libx.so', '2 0000777 libx.so.1 '],
      ],
    });
    const [change] = outputChange([of('d1')], [of('')], new Set()).packages;
    expect(change!.emptied).toEqual(['/usr/lib/libx.so.1', '/usr/share/doc/libx1/api.html']);
    expect(outputChange([of('d1')], [of('')], new Set()).missed).toEqual(['/usr/lib/libx.so.1 of libx1 is empty']);
    expect(outputChange([of('')], [of('')], new Set()).missed).toEqual([]);
    expect(outputChange([of('')], [of('d1')], new Set()).missed).toEqual([]);
  });

  test('is nothing that the stage is declared to leave out', () => {
    const change = outputChange([lib], [], new Set(['libx1']));
    expect([change.missed, change.omitted]).toEqual([[], ['libx1']]);
  });
});

describe('a build whose time is over', () => {
  const line = (dependency: string) => ({ group: dependency, dependency, profile: 'nodoc', kind: 'documentation' });
  const source = { name: 'lib', version: '1', variants: [{ stage: 0, buildDepends: [] }] } as unknown as Source;
  const none = { profiles: [], declared: [], omits: [], switchesFor: () => [] };
  const request = { source, lines: ['a', 'b'].map(line), ...none, budget: 12 };
  const built = { step: '', message: '', tail: [], cpuSeconds: 1, packages: [], accesses: [], isKept: false, log: '' };

  /** Ends well, badly, or not in time, by what it does without. */
  const ask = (end: (dropped: readonly string[]) => 'works' | 'fails' | 'late') => {
    const build = async ({ dropped }: TrialOrder) => {
      const how = end(dropped);
      return { ...built, format: 1, ok: how === 'works', isLate: how === 'late', step: how === 'works' ? '' : 'build' };
    };
    return trySource({ build } as unknown as TrialSite, request, () => {});
  };

  test('says nothing of any line, and what is evidence does not hold it', async () => {
    const late = await ask((dropped) => (dropped.length === 0 ? 'works' : 'late'));
    expect(late.lines.map((l) => l.verdict)).toEqual(['untried', 'untried']);
    expect([late.isMinimal, evidenceOf(late, 'amd64')]).toEqual([false, []]);
    expect(late.builds.every((b) => b.verdict === 'late')).toBe(true);
    // One line alone ends in time: of the other nothing is known.
    const one = await ask((dropped) => (dropped.includes('a') ? 'late' : 'works'));
    expect(one.lines.map((l) => l.verdict)).toEqual(['untried', 'works']);
    const fails = await ask((dropped) => (dropped.includes('a') ? 'fails' : 'works'));
    expect(fails.lines.map((l) => l.verdict)).toEqual(['fails', 'works']);
  });
});

describe('a tool that debian/rules can leave uncalled by one word', () => {
  const line = (dependency: string) => ({ group: dependency, dependency, profile: 'nodoc', kind: 'documentation' });
  const source = { name: 'lib', version: '1', variants: [{ stage: 0, buildDepends: [] }] } as unknown as Source;
  const built = { step: '', message: '', tail: [], cpuSeconds: 1, packages: [], accesses: [], isKept: false, log: '' };

  /** @param end the step that fails, or '' */
  const ask = (lines: readonly string[], budget: number, end: (order: TrialOrder) => string) => {
    const build = async (order: TrialOrder) => ({ ...built, format: 1, ok: end(order) === '', step: end(order) });
    const none = { profiles: [], declared: [], omits: [], switchesFor, budget };
    return trySource({ build } as unknown as TrialSite, { source, lines: lines.map(line), ...none }, () => {});
  };
  const callsMakeinfo = ({ dropped, switches }: TrialOrder) =>
    dropped.includes('texinfo') && !switches.includes('MAKEINFO=true') ? 'build' : '';

  test('is tried again with that word, and evidence says so', async () => {
    const trial = await ask(['texinfo', 'doxygen'], 12, callsMakeinfo);
    expect(trial.builds.map((b) => [b.verdict, b.switches.join()])).toEqual([
      ['fails', ''],
      ['works', 'MAKEINFO=true'],
    ]);
    expect(trial.lines.map((l) => [l.verdict, l.switches.join()])).toEqual([
      ['works', 'MAKEINFO=true'],
      ['works', ''],
    ]);
    const [texinfo, doxygen] = evidenceOf(trial, 'amd64');
    expect([texinfo!.switches, doxygen!.switches]).toEqual([['MAKEINFO=true'], undefined]);
    expect(evidenceIn(`${JSON.stringify(texinfo)}\n`, 'e').evidence).toEqual([texinfo]);
    expect(trialText({ format: 1, architecture: 'amd64', trials: [trial] })).toContain(
      'texinfo (documentation): harmless, the source builds without it where debian/rules sets MAKEINFO=true\n',
    );
  });

  test('needs no word where the source does not call it, and is not tried again where something else fails', async () => {
    const harmless = await ask(['texinfo'], 12, () => '');
    expect([harmless.builds.length, harmless.lines[0]!.switches]).toEqual([1, []]);
    const step =
      (name: string) =>
      ({ dropped }: TrialOrder) =>
        dropped.length > 0 ? name : '';
    expect((await ask(['texinfo'], 12, step('apt'))).builds).toHaveLength(1);
    expect((await ask(['doxygen'], 12, step('build'))).builds).toHaveLength(1);
    const both = await ask(['texinfo'], 12, step('build'));
    expect([both.builds.length, both.lines[0]!.verdict, both.lines[0]!.switches]).toEqual([2, 'fails', []]);
  });

  test('is told once, by whatever names a line asks for it', () => {
    expect(switchesFor(['texinfo', 'doxygen', 'texinfo'])).toEqual(['MAKEINFO=true']);
  });

  test('counts against the budget like any other build', async () => {
    for (const budget of [1, 2, 3, 4, 5]) {
      const trial = await ask(['texinfo', 'a', 'b', 'c'], budget, ({ dropped }) => (dropped.length > 1 ? 'build' : ''));
      expect(trial.builds.length).toBeLessThanOrEqual(budget);
    }
  });
});

describe('why a build failed', () => {
  const echoes = [
    'make[2]: *** [Makefile:398: doc/libffi.info] Error 127',
    "make[2]: Leaving directory '/build'",
    'make[1]: *** [Makefile:625: all] Error 2',
    'dh_auto_build: error: make -j2 returned exit code 2',
    'make: *** [debian/rules:71: stamp-build] Error 2',
    'dpkg-buildpackage: error: debian/rules build-arch subprocess returned exit status 2',
  ];

  test.each([
    [
      'what is missing, and no advice on what to do about it',
      [
        "WARNING: 'makeinfo' is missing on your system.",
        '         You might want to install GNU make:',
        '         <https://www.gnu.org/software/make/>',
      ],
      "WARNING: 'makeinfo' is missing on your system.",
    ],
    [
      'the target, where nothing else is told',
      ['using a buggy make:', '<https://www.gnu.org>'],
      'make[2]: *** [Makefile:398: doc/libffi.info] Error 127',
    ],
  ])('is %s', (_, lines, line) => {
    expect(failureCause([...lines, ...echoes])).toEqual({
      line,
      at: 'dh_auto_build, debian/rules:71 stamp-build',
      file: undefined,
    });
  });

  test('stands before what other jobs of make wrote, however much that is', () => {
    const failed = ['/bin/bash: line 1: doxygen: command not found', 'make[2]: *** [Makefile:131: dox] Error 127'];
    const others = Array.from({ length: 300 }, (_, i) => `cc -c ${i}.c -o error.o`);
    const log = ['begin', ...failed, 'make[2]: *** Waiting for unfinished jobs....', '', ...others, ...echoes.slice(2)];
    const kept = endOf(log.join('\n'));
    expect(kept.length).toBeLessThan(170);
    expect(causeWords(failureCause(kept))).toBe(`dh_auto_build, debian/rules:71 stamp-build: ${failed[0]}`);
  });

  test('names what is missing rather than an error that names nothing', () => {
    const said = [
      "bootstrap:   error: Prerequisite 'makeinfo' not found. Please install it, or",
      "export MAKEINFO='x'",
    ];
    const table = ['bootstrap:   error: Program    Min_version Homepage', 'bootstrap:          xz 4.999.8beta'];
    const end = ['make: *** [debian/rules:80: config-stamp] Error 1'];
    expect(causeWords(failureCause([...said, ...table, ...end]))).toBe(`debian/rules:80 config-stamp: ${said[0]}`);
    const other = 'x.c:1: error: y undeclared';
    const later = [...said, ...Array.from({ length: 30 }, (_, i) => `cc -c ${i}.c`), other];
    expect(causeWords(failureCause([...later, ...end]))).toBe(`debian/rules:80 config-stamp: ${other}`);
  });

  test('is no place in a stack of Ruby, which has words of its own', () => {
    const said = 'LoadError: cannot load such file -- ronn';
    const stack = ["/build/docs/Rakefile:3:in `<top (required)>'", '(See full trace by running task with --trace)'];
    const end = ['make: *** [debian/rules:13: build] Error 1'];
    expect(causeWords(failureCause(['rake aborted!', said, ...stack, ...end]))).toBe(`debian/rules:13 build: ${said}`);
  });

  const tests = [
    'FAIL: t/1: cannot connect',
    'make[2]: *** [Makefile:99: check] Error 1',
    'make[2]: *** Waiting for unfinished jobs....',
    'PASS: t/2',
  ];
  test('is not what debhelper warned of before it went on', () => {
    const warned = [
      'dh_missing: warning: usr/lib/x.la exists in debian/tmp but is not installed to anywhere',
      '   dh_dwz',
    ];
    const end = ['dwz: x.so: DWARF version 0 unhandled', 'dh_dwz: error: dwz -- x.so returned exit code 1'];
    expect(causeWords(failureCause([...warned, ...end]))).toBe(`dh_dwz: ${end[0]}`);
  });

  const fault = ['x.c:1: error: y undeclared', 'make[2]: *** [Makefile:7: x.o] Error 1'];
  test.each([
    ['dh, which runs its next program', ['   dh_prep', '   dh_auto_install']],
    ['dh, which asks debian/rules next', ['   debian/rules override_dh_auto_install']],
    ['debian/rules, which runs its next make', ["make[1]: Entering directory '/build'"]],
    ['a make that ignores it', ['make[1]: [Makefile:5: check-recursive] Error 2 (ignored)']],
  ])('is not one that was forgiven by %s', (_, goesOn) => {
    const log = ['begin', ...tests, ...goesOn, ...fault, ...echoes];
    const words = `dh_auto_build, debian/rules:71 stamp-build: ${fault[0]}`;
    expect(causeWords(failureCause(endOf(log.join('\n'))))).toBe(words);
    const others = Array.from({ length: 300 }, (_, i) => `cc -c ${i}.c -o error.o`);
    const waiting = ['make[2]: *** Waiting for unfinished jobs....', ...others];
    const long = ['begin', ...tests, ...others, ...goesOn, ...fault, ...waiting, ...echoes];
    expect(causeWords(failureCause(endOf(long.join('\n'))))).toBe(words);
  });

  // As debhelper 13.11 says it: dh_install, Dh_Lib.pm, dh_missing.
  const end = ['make: *** [debian/rules:7: binary] Error 255', 'dpkg-buildpackage: error: debian/rules binary'];
  test.each([
    [
      'debian/BINARY.install, which names what is not there',
      [
        'dh_install: warning: Cannot find (any matches for) "usr/share/doc/x/html" (tried in ., debian/tmp)',
        '',
        'dh_install: warning: x-doc missing files: usr/share/doc/x/html',
        'dh_install: error: missing files, aborting',
      ],
      'debian/rules:7 binary: dh_install: warning: x-doc missing files: usr/share/doc/x/html (debian/x-doc.install asks for it)',
    ],
    [
      'a list of documents, of which debhelper does not say whose it is',
      ['dh_installdocs: error: Cannot find (any matches for) "build/html/*" (tried in ., debian/tmp)', ''],
      'debian/rules:7 binary: dh_installdocs: error: Cannot find (any matches for) "build/html/*" (tried in ., debian/tmp) (debian/*.docs asks for it)',
    ],
    [
      'a file that no package takes any more',
      [
        'dh_missing: warning: usr/share/x/a exists in debian/tmp but is not installed to anywhere ',
        'The following debhelper tools have reported what they installed (with files per package)',
        'dh_missing: error: missing files, aborting',
      ],
      'debian/rules:7 binary: dh_missing: warning: usr/share/x/a exists in debian/tmp but is not installed to anywhere',
    ],
    [
      'the override that calls a tool that is not there',
      [
        '/bin/sh: 1: doxygen: not found',
        'make[1]: *** [debian/rules:20: override_dh_auto_build] Error 127',
        "make[1]: Leaving directory '/build'",
      ],
      'debian/rules:20 override_dh_auto_build: /bin/sh: 1: doxygen: not found',
    ],
    [
      'the target alone, where nothing else is told',
      [],
      'debian/rules:7 binary: make: *** [debian/rules:7: binary] Error 255',
    ],
  ])('is %s', (_, lines, words) => {
    expect(causeWords(failureCause([...lines, ...end]))).toBe(words);
  });
});

describe('a reduced build', () => {
  const fields = 'make, doxygen <!nodoc>, graphviz, python3, python3 <!nodoc>, bootstrap-kit <nodoc>, check <!nocheck>';
  const groups = (text: string) => parseGroups(text).groups;
  const full = {
    stage: 0,
    notation: 'full',
    profiles: ['nocheck'],
    buildDepends: reduceGroups(groups(fields), 'amd64', new Set(['nocheck'])),
    conditions: groups(fields).filter((group) => group.some((r) => r.formula !== undefined)),
  };
  const source = { name: 'lib', version: '1', variants: [full] } as unknown as Source;
  const asks = (dropped: readonly string[], profiles?: readonly string[]) =>
    formatGroups(reducedVariant(source, 'amd64', dropped, profiles).buildDepends);

  // What deb-src-control(5) says of each field under the profiles.
  test('does without what is dropped, and without what its profiles leave out', () => {
    expect(asks(['graphviz'], ['nocheck', 'nodoc'])).toBe('make, python3, bootstrap-kit');
    expect(asks(['graphviz'])).toBe('make, doxygen, python3, python3');
    expect(asks([])).toBe('make, doxygen, graphviz, python3, python3');
    expect(asks([], [])).toBe('make, doxygen, graphviz, python3, python3, check');
  });

  test('is a list of its own where lines are dropped by name, and is not where profiles alone say it', () => {
    expect(reducedVariant(source, 'amd64', ['graphviz'], ['nodoc'])).toMatchObject({ stage: 1, notation: 'field' });
    expect(reducedVariant(source, 'amd64', [], ['nodoc'])).toMatchObject({ notation: 'full', profiles: ['nodoc'] });
  });
});

describe('a trial of a proposal', () => {
  const u = universe('a 1 -> a, a-doc: x, doxygen\na stage1 -> a: doxygen\nx:\ndoxygen:');
  const lines = [{ group: 'doxygen', binary: 'doxygen', profile: 'nodoc', kind: 'documentation' }];
  const of = (profiles: readonly string[]) =>
    linesToTry(
      u,
      u.sources.findIndex((s) => s.name === 'a'),
      {
        drop: [],
        classes: [],
        knowledge: noKnowledge,
        proposal: {
          edits: [{ source: 'a', lines, stages: [{ stage: 2, profiles, drops: ['doxygen'], omits: [] }] }],
        } as unknown as Proposal,
      },
    );

  test('has what the source declares already active where the proposed stage is made from it, and misses nothing that is declared', () => {
    expect(of(['nodoc', 'stage1'])).toMatchObject({ declared: ['stage1'], omits: ['a-doc'] });
    expect(of(['nodoc'])).toMatchObject({ declared: [], omits: [] });
  });
});

describe('what was opened', () => {
  const of = new Map(accessesIn('gone 0 4 0\nused 1 4 1\nscripted 0 4 1\nnot a line\n').map((a) => [a.name, a]));

  test.each([
    ['unused', ['gone']],
    ['used', ['gone', 'used']],
    ['script', ['gone', 'scripted']],
    ['brought', []],
    ['used', ['gone', 'of-the-base']],
  ])('makes a dependency %s with %j', (use, gone) => {
    expect(useOf(gone, of)).toBe(use);
  });
});

describe('the evidence file', () => {
  const good = {
    source: sourceName('lib'),
    version: '1:2-3',
    dependency: 'doxygen',
    verdict: 'fails',
    step: 'build',
  } as const;
  const line = JSON.stringify(good);

  test.each([
    '{"source":"lib","version":"1","dependency":"x","verdict":"perhaps"}',
    '{"source":"../../etc","version":"1","dependency":"x","verdict":"works"}',
    '{"source":"lib","version":"1","dependency":"\\u001b[31m","verdict":"works"}',
    '{"source":"lib","version":"1 2","dependency":"x","verdict":"works"}',
    '{"source":"lib","version":"1","dependency":["x"],"verdict":"works"}',
    '{"source":"lib","version":"1","dependency":"x","verdict":"works","__proto__":{"verdict":"fails"}}',
    `{"source":"lib","version":"1","dependency":"x","verdict":"works","why":"${'y'.repeat(1001)}"}`,
    '[]',
    'null',
    '\u0000',
  ])('refuses %j, by its line', (hostile) => {
    const { evidence, problems } = evidenceIn(`${line}\n${hostile}\n${line}\n`, 'e');
    expect(problems.map((p) => [p.code, p.origin])).toEqual([['BP462', { file: 'e', line: 2 }]]);
    expect(evidence).toEqual([good, good]);
  });

  test('heeds no last line that is torn, whereever it was torn, and says so', () => {
    for (let end = 1; end < line.length; end++) {
      const read = evidenceIn(`${line}\n${line.slice(0, end)}`, 'e');
      expect([read.evidence.length, read.isTorn, read.problems]).toEqual([1, true, []]);
    }
    expect(evidenceIn(`${line}\n${line}`, 'e')).toMatchObject({ isTorn: false, evidence: [good, good] });
  });

  test('is only ever added to, and what was torn is cut off', () => {
    const file = join(scratch(), 'evidence');
    expect(appendEvidence(file, [good])).toBe(false);
    expect(appendEvidence(file, [good])).toBe(false);
    appendFileSync(file, line.slice(0, 9));
    expect(appendEvidence(file, [good])).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(`${line}\n`.repeat(3));
    writeFileSync(file, line);
    appendEvidence(file, [good]);
    expect(readFileSync(file, 'utf8')).toBe(`${line}\n`.repeat(2));
  });

  test('is no file where nothing was learned, and an empty one says nothing', async () => {
    const file = join(scratch(), 'evidence.ndjson');
    expect([appendEvidence(file, []), existsSync(file)]).toEqual([false, false]);
    writeFileSync(file, '');
    expect(await readEvidence([file], () => {})).toEqual(new Map());
    appendEvidence(file, [good]);
    expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
  });
});

describe('propose --trial', () => {
  const u = universe('a: doxygen\ndoxygen: a\nb: texinfo\ntexinfo: b\nc: pandoc\npandoc: c');
  const asked = { classes: boldness.at(-1)!, knowledge: noKnowledge, frontier: true };
  const learn = async (most: number, verdictOf: (source: string) => string | undefined, limit = {}) => {
    const file = join(scratch(), 'evidence.ndjson');
    const said: string[] = [];
    const attempts: string[] = [];
    const attempt: typeof trial = async ({ names, proposal }) => {
      const [source] = names;
      attempts.push(source!);
      const verdict = verdictOf(source!);
      const gone = { severity: 'error', code: 'BP510', message: 'gone' } as const;
      if (verdict === undefined) throw new InputError([gone], exitCode.missingInput);
      if (verdict === 'ended') throw new EndedByMachine('no memory', exitCode.tryAgain, 'try it again');
      const [line] = proposal!.edits.find((e) => e.source === source)!.lines;
      const dependency = line!.binary;
      appendFileSync(file, `${JSON.stringify({ source, version: '1', architecture: 'amd64', dependency, verdict })}\n`);
      return { format: 1, architecture: 'amd64', trials: [] };
    };
    const talk = { talk: (line: string) => said.push(line), remarks: () => {} };
    const input = {} as unknown as InputRequest;
    const how = { state: file, budget: 12, timeoutSeconds: 10, cores: 1 };
    const order = { input, each: 1, most, file, files: [file], how };
    const proposal = await proposeByTrial(u, { ...asked, ...limit }, order, talk, attempt);
    const kinds = proposal.edits.map((e) => [e.source, e.lines[0]!.kind]).sort();
    return { attempts, kinds, supplies: proposal.supplies.length, rows: proposal.frontier.length, end: said.at(-1) };
  };

  test('tries one after the other, learns from each, and ends when nothing is a guess any more', async () => {
    expect(await learn(10, (source) => (source === 'b' ? 'fails' : 'works'))).toEqual({
      attempts: ['a', 'b', 'c'],
      kinds: [
        ['a', 'tried'],
        ['c', 'tried'],
      ],
      supplies: 1,
      rows: boldness.length,
      end: '3 sources tried, of at most 10; nothing is left to try',
    });
  });

  test('goes on when the machine was too small for one source, and begins nothing when the time is over', async () => {
    expect(await learn(2, (source) => (source === 'a' ? 'ended' : 'works'))).toMatchObject({
      attempts: ['a', 'b', 'c'],
      end: '2 sources tried, of at most 2; nothing is left to try',
    });
    // The process is older than that.
    expect(await learn(2, () => 'works', { timeLimitSeconds: 0.001 })).toMatchObject({
      attempts: [],
      end: 'the time is over: 0 sources tried, of at most 2; 3 sources are left to try',
    });
  });

  test('counts no source that the mirrors no longer have, and says how many are left', async () => {
    expect(await learn(1, (source) => (source === 'a' ? undefined : 'works'))).toMatchObject({
      attempts: ['a', 'b'],
      end: '1 source tried, of at most 1; 1 source is left to try',
    });
    expect(await learn(2, () => undefined)).toMatchObject({
      attempts: ['a', 'b', 'c'],
      end: '0 sources tried, of at most 2; nothing is left to try',
    });
  });
});

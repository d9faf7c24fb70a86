/** `bootplan cycles` as a user starts it: every input, every format, every way to go wrong. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parseGraph } from '../src/solver/graph/graph-input.ts';
import { sccsOf } from '../src/solver/graph/scc.ts';
import { archive } from './rig/generate/archive.ts';
import { random } from './rig/generate/graphs.ts';
import { bootplan, files, needs, root, scratch } from './rig/program.ts';

const stanzas = (list: readonly string[]) => `${list.map((s) => s.trim()).join('\n\n')}\n`;
const binary = (name: string, more = '') => `Package: ${name}\nVersion: 1\nArchitecture: amd64\n${more}`;
const source = (name: string, depends: string, more = '') =>
  `Package: ${name}\nBinary: ${name}\nVersion: 1\nArchitecture: any\nMaintainer: ${name.toUpperCase()} <${name}@example.org>\nBuild-Depends: ${depends}\n${more}`;

const packages = stanzas(['a', 'b', 'c', 'd'].map((n) => binary(n)));
const day = (...sources: string[]) => ({ Packages: packages, Sources: stanzas(sources) });
const ring = [source('a', 'b <!stage1>'), source('b', 'c'), source('c', 'a'), source('d', 'a')];
const directory = files(scratch(), {
  ring: stanzas(ring),
  tree: stanzas([source('a', ''), source('b', 'a'), source('c', 'b'), source('d', 'c')]),
  Packages: packages,
  'Packages.gz': gzipSync(packages),
  'graph.json': '{"nodes": ["b", "a", "c"], "succ": [[1], [0], [2]]}',
  'broken.json': '{"nodes": ["b"], "succ": [[1]]}',
  'broken.xml': '<graphml>\n<graph>\n<node id="a"/>\n<edge source="a" target="b"/>\n</graph></graphml>',
  empty: '',
});
const run = (...args: string[]) => bootplan(['cycles', ...args], { cwd: directory });
const on = (sources: string, ...args: string[]) => run('--packages', 'Packages', '--sources', sources, ...args);
const json = (text: string) => JSON.parse(text);

const schema = json(readFileSync(`${root}/metadata/schema/cycles.schema.json`, 'utf8'));
const isAnswer = new Ajv({ allErrors: true, strict: true }).compile(schema);
function expectAnswer(value: unknown): void {
  expect(isAnswer(value), JSON.stringify(isAnswer.errors)).toBe(true);
}

describe('the answer', () => {
  test('a cycle: exit 1, the verdict first, the chain in words', () => {
    const { code, stdout, stderr } = on('ring');
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toBe('Cycles: 3 of 4 sources are in 1 SCC.');
    expect(stdout).toContain('src:a  build-depends on  b\n');
    expect(stdout).toContain('a      is built by       src:a   <- back at the start');
    expect(stderr).not.toContain('error');
  });

  test('no cycle: exit 0', () => {
    const { code, stdout } = on('tree');
    expect(code).toBe(0);
    expect(stdout).toBe('No cycles: 4 sources in 4 waves.\n');
  });

  test('as JSON it is what the schema says', () => {
    const { code, stdout } = on('ring', '--json');
    const answer = json(stdout);
    expect(code).toBe(1);
    expectAnswer(answer);
    expect(answer).toMatchObject({ verdict: 'cycles', behind: ['d'], fixpoint: [] });
    expect(answer.sccs).toMatchObject([
      { id: 'a+2', size: 3, sources: ['a', 'b', 'c'], stages: [{ source: 'a', stages: [1] }], unbroken: [] },
    ]);
    expectAnswer(json(on('tree', '--json').stdout));
  });

  test('only what the targets need is looked at', () => {
    expect(json(on('ring', '--targets', 'b', '--json').stdout).counts.sources).toBe(3);
    expect(on('ring', '--targets', 'nobody')).toMatchObject({ code: 65 });
  });

  test('a packed index, a graph, and the same answer twice', () => {
    const args = ['--packages', 'Packages.gz', '--sources', 'ring', '--json'];
    expect(run(...args)).toEqual(run(...args));
    expect(json(run(...args).stdout).sccs).toEqual(json(on('ring', '--json').stdout).sccs);
    const graph = json(run('--graph', 'graph.json', '--json').stdout);
    expectAnswer(graph);
    expect(graph.sccs).toMatchObject([
      { id: 'a+1', size: 2, sources: ['a', 'b'] },
      { id: 'c', size: 1, sources: ['c'] },
    ]);
    expect(graph.selfCycles).toMatchObject([{ source: 'c' }]);
    expect(run('--graph', 'graph.json').code).toBe(1);
  });

  test('never more than ten of anything without saying how many', () => {
    const n = 40;
    const nodes = Array.from({ length: n }, (_, i) => `n${i}`);
    const succ = nodes.map((_, i) => [i, i ^ 1]);
    const dir = files(scratch(), { 'pairs.json': JSON.stringify({ nodes, succ }) });
    const { stdout } = bootplan(['cycles', '--graph', 'pairs.json'], { cwd: dir });
    expect(stdout).toContain('... and 10 more SCCs');
    expect(stdout).toContain('... and 30 more self-cycles');
    expect(stdout.split('\n').length).toBeLessThan(80);
  });
});

describe('--break', () => {
  test('the fewest sources to reduce, in metadata and in a graph', () => {
    const answer = json(on('ring', '--break', '--json').stdout);
    expectAnswer(answer);
    expect(answer.break).toEqual({ status: 'optimal', size: 1, lowerBound: 1, sources: ['a'] });
    expect(on('ring', '--break').stdout).toContain(
      '1 source to reduce, and no cycle is left (proved to be the fewest):',
    );
    expect(on('tree', '--break').stdout).toContain('Nothing has to be reduced.');
    const graph = json(run('--graph', 'graph.json', '--break', '--json').stdout);
    expect(graph.break).toEqual({ status: 'optimal', size: 2, lowerBound: 2, sources: ['a', 'c'] });
    expect(on('ring', '--time-limit', '900').code).toBe(1);
  });

  test('too hard for its limit: a set, its bound, exit 2; new cycles are worse', () => {
    const draw = random(3);
    const nodes = Array.from({ length: 250 }, (_, i) => `n${i}`);
    const succ = nodes.map(() => Array.from({ length: 8 }, () => draw(nodes.length)));
    const none = { format: 1, sccs: [], selfCycles: [] };
    const cwd = files(scratch(), { 'hard.json': JSON.stringify({ nodes, succ }), 'none.json': JSON.stringify(none) });
    const hard = ['cycles', '--graph', 'hard.json', '--break', '--time-limit', '4', '--json'];
    const { code, stdout } = bootplan(hard, { cwd });
    expect(code).toBe(2);
    const { status, size, lowerBound } = json(stdout).break;
    expect(status).toBe('bounded');
    expect(lowerBound).toBeGreaterThan(20);
    expect(lowerBound).toBeLessThan(size);
    expect(bootplan([...hard, '--baseline', 'none.json'], { cwd }).code).toBe(1);
  });

  test('where other nodes lie between, sources are told apart from them', () => {
    const fixture = `${root}/test/fixtures/120-graph-input/toy-buildgraph.xml`;
    const { break: set } = json(run('--graph', fixture, '--break', '--json').stdout);
    expect(set).toEqual({ status: 'optimal', size: 2, lowerBound: 2, sources: ['a', 'build-essential'] });
  });
});

describe('--break with a list of what may be dropped from a graph', () => {
  const fixture = `${root}/test/fixtures/120-graph-input/toy-buildgraph.xml`;
  const broken = (lists: Readonly<Record<string, string>>, ...more: string[]) => {
    const cwd = files(scratch(), lists);
    const given = Object.keys(lists).flatMap((file) => ['--annotations', file]);
    return bootplan(['cycles', '--graph', fixture, '--break', ...given, ...more], { cwd });
  };

  test('the fewest sources that their droppable dependencies free', () => {
    const answer = json(broken({ l1: 'src:a b\nsrc:b nothing\n', l2: 'src:be build-essential\n' }, '--json').stdout);
    expectAnswer(answer);
    expect(answer.break).toEqual({ status: 'optimal', size: 2, lowerBound: 2, sources: ['a', 'be'], stuck: [] });
  });

  test('what it does not free is named', () => {
    const answer = json(broken({ list: 'src:a b\n' }, '--json').stdout);
    expectAnswer(answer);
    const stuck = ['be'];
    expect(answer.break).toEqual({ status: 'none', size: 1, lowerBound: 1, sources: ['a'], stuck });
    expect(broken({ list: 'src:a b\n' }).stdout).toContain(
      'What may be dropped does not break every cycle: 1 source cannot be freed; 1 source to reduce for the others:',
    );
    expect(broken({ list: 'src:a c\n' }).stdout).toContain(
      'does not break every cycle: 4 sources cannot be freed.\nCannot be freed:\n  a\n',
    );
  });

  test('asked for wrongly', () => {
    const cwd = files(scratch(), { list: 'src:a b\nnonsense\n', yaml: 'a: 1\n' });
    const ask = (...args: string[]) => bootplan(['cycles', '--graph', fixture, ...args], { cwd });
    expect(ask('--annotations', 'list')).toMatchObject({ code: 64 });
    expect(ask('--break', '--annotations', 'list').stderr).toContain('list:2');
    expect(ask('--break', '--annotations', 'yaml')).toMatchObject({ code: 65, stdout: '' });
    expect(ask('--break', '--annotations', 'missing')).toMatchObject({ code: 66, stdout: '' });
  });
});

describe('formats', () => {
  test('GraphML that reads back to the same members', () => {
    const { stdout } = on('ring', '--format', 'graphml');
    const graph = parseGraph(stdout, 'x');
    if (!graph.ok) throw new Error(graph.diagnostics[0]!.message);
    expect(sccsOf(graph.value).map((c) => c.id)).toEqual(['a+2']);
  });

  test.runIf(needs('botch-graph-info'))('GraphML that botch reads', () => {
    const file = files(scratch(), { 'g.xml': on('ring', '--format', 'graphml').stdout });
    const ran = spawnSync('botch-graph-info', [`${file}/g.xml`], { encoding: 'utf8' });
    // Kind, vertices, edges, components.
    expect(ran.stdout.trim().split('\t').slice(1), ran.stderr).toEqual(['6', '6', '1']);
  });

  test('DOT, Markdown and a list for maintainers', () => {
    expect(on('ring', '--format', 'dot').stdout).toContain('"0 src:a" -> "0 b" [label="build-depends"];');
    expect(on('ring', '--format', 'markdown').stdout).toContain('- `a+2`: 3 sources');
    expect(on('ring', '--format', 'dd-list').stdout).toBe(
      'A <a@example.org>\n   a\n\nB <b@example.org>\n   b\n\nC <c@example.org>\n   c\n\n',
    );
    expect(run('--graph', 'graph.json', '--format', 'dd-list').code).toBe(64);
  });

  test('several at once, by name, by directory, in order', () => {
    const out = scratch();
    expect(on('ring', '--output', `${out}/x.json`, '--output', `${out}/x.dot`)).toMatchObject({ code: 1, stdout: '' });
    expectAnswer(json(readFileSync(`${out}/x.json`, 'utf8')));
    on('ring', '--output', `${out}/reports/`, '--format', 'text', '--format', 'markdown');
    expect(readdirSync(`${out}/reports`).sort()).toEqual(['cycles.md', 'cycles.txt']);
    expect(readFileSync(`${out}/reports/cycles.txt`, 'utf8')).toBe(on('ring').stdout);
    expect(on('ring', '--format', 'text', '--format', 'dot').code).toBe(64);
    expect(on('ring', '--output', `${out}/x.odd`).code).toBe(64);
    expect(existsSync(`${out}/x.odd`)).toBe(false);
  });
});

describe('what is new', () => {
  const answers = scratch();
  const keep = (name: string, ...sources: string[]) => {
    const dir = files(`${answers}/${name}`, day(...sources));
    bootplan(['cycles', '--packages', 'Packages', '--sources', 'Sources', '--output', '../last.json'], { cwd: dir });
    return (...args: string[]) =>
      bootplan(['cycles', '--packages', 'Packages', '--sources', 'Sources', '--baseline', '../last.json', ...args], {
        cwd: dir,
      });
  };
  const compare = (before: string[], after: string[]) => {
    keep('before', ...before);
    const last = readFileSync(`${answers}/last.json`, 'utf8');
    const again = keep('after', ...after);
    files(answers, { 'last.json': last });
    const told = again();
    const answer = json(again('--json').stdout);
    expectAnswer(answer);
    return { code: told.code, text: told.stdout, change: answer.change, verdict: answer.verdict };
  };
  const calm = [source('a', 'b'), source('b', 'a'), source('c', 'a'), source('d', '')];

  test('nothing: exit 0 though there is a cycle', () => {
    const found = compare(calm, calm);
    expect(found).toMatchObject({ code: 0, verdict: 'no-new-cycles' });
    expect(found.text.split('\n')[0]).toBe('Nothing changed since the baseline.');
  });

  test('a new member', () => {
    const found = compare(calm, [source('a', 'b, c'), ...calm.slice(1)]);
    expect(found).toMatchObject({ code: 1, verdict: 'new-cycles', change: { newMembers: ['c'] } });
    expect(found.text).toContain('1 source is new in an SCC:\n  src:c\n');
  });

  test('a new self-cycle, and a cycle that is gone', () => {
    const found = compare(calm, [source('a', ''), source('b', 'a'), source('c', 'a'), source('d', 'd')]);
    expect(found.change).toMatchObject({ newSelfCycles: ['d'], newMembers: ['d'], goneMembers: ['a', 'b'] });
    expect(found.code).toBe(1);
  });

  test('a cycle less is good news', () => {
    const found = compare(calm, [source('a', ''), ...calm.slice(1)]);
    expect(found).toMatchObject({ code: 0, change: { goneMembers: ['a', 'b'], newMembers: [] } });
  });

  test('a new cycle among old members, by the dependency that closes it', () => {
    const before = [source('a', 'b'), source('b', 'c'), source('c', 'a'), source('d', '')];
    const found = compare(before, [source('a', 'b'), source('b', 'c, a'), source('c', 'a'), source('d', '')]);
    expect(found.code).toBe(1);
    expect(found.change.newDependencies).toEqual([{ from: 'src:b', to: 'a', scc: 'a+2' }]);
  });

  test('two components that grow together', () => {
    const before = [source('a', 'b'), source('b', 'a'), source('c', 'd'), source('d', 'c')];
    const found = compare(before, [source('a', 'b, c'), source('b', 'a'), source('c', 'd'), source('d', 'c, a')]);
    expect(found.change.merged).toEqual([{ id: 'a+3', from: ['a+1', 'c+1'] }]);
  });

  test('a cycle that is no longer broken automatically, and which change did it', () => {
    const before = [source('a', 'b <!stage1>'), source('b', 'a'), source('c', ''), source('d', '')];
    const found = compare(before, [source('a', 'b'), source('b', 'a'), source('c', ''), source('d', '')]);
    expect(found.code).toBe(1);
    expect(found.text).toContain('the cycle of a, b is no longer broken automatically');
    expect(found.text).toContain('no longer declares stage 1');
  });

  test('a baseline that is none', () => {
    files(answers, { 'odd.json': '{"format": 2}', 'half.json': '{"format": 1, "sccs": [{}]}', 'no.json': '{' });
    const at = (name: string) => on('ring', '--baseline', `${answers}/${name}`);
    expect(at('odd.json').code).toBe(65);
    expect(at('odd.json').stderr).toContain('no answer of `bootplan cycles`');
    expect(at('half.json').stderr).toContain('`sccs` of the baseline is damaged');
    expect(at('no.json').stderr).toContain('the baseline is no JSON');
    expect(at('missing.json').code).toBe(66);
  });
});

describe('what goes wrong', () => {
  test('nothing, two things, or a graph and metadata', () => {
    expect(run().code).toBe(64);
    expect(run('--graph', 'graph.json', '--packages', 'Packages').code).toBe(64);
    expect(run('--packages', 'Packages').code).toBe(64);
    expect(on('ring', '--format', 'pdf').code).toBe(64);
    expect(on('ring', '--up-to', '0').code).toBe(64);
  });

  test('a graph that is none: place, cause, remedy', () => {
    expect(run('--graph', 'broken.json')).toMatchObject({ code: 65, stdout: '' });
    expect(run('--graph', 'broken.json').stderr).toContain('succ[0] holds 1, which is no index of a node');
    expect(run('--graph', 'broken.xml').stderr).toContain('broken.xml:4');
    expect(run('--graph', 'empty').code).toBe(65);
    expect(run('--graph', 'missing')).toMatchObject({ code: 66 });
    expect(run('--graph', '.')).toMatchObject({ code: 66 });
    expect(run('--graph', 'missing').stderr).not.toMatch(/\n\s+at /);
  });

  test('with --json errors are JSON too', () => {
    const { code, stdout } = run('--graph', 'broken.json', '--json');
    expect(code).toBe(65);
    expect(json(stdout).error.diagnostics[0].code).toBe('BP201');
  });
});

test('a generated archive of 1,000 sources: every source is somewhere', () => {
  const generated = archive(1000);
  const dir = files(scratch(), { Packages: generated.packages, Sources: generated.sources });
  const { code, stdout } = bootplan(['cycles', '--packages', 'Packages', '--sources', 'Sources', '--json'], {
    cwd: dir,
  });
  expect(code).toBe(1);
  const answer = json(stdout);
  expectAnswer(answer);
  expect(answer.unsatisfied).toEqual([]);
  expect(answer.counts.largest).toBeGreaterThan(100);
  expect(answer.counts.beforeCycles + answer.counts.inSccs + answer.counts.behindCycles).toBe(answer.counts.sources);
});

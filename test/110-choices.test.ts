/**
 * Which alternative and which provider is chosen, and what is taken out of the way because it is there from the start.
 */

import { expect, test } from 'vitest';
import type { DependencyGraph, Universe } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { cutToTargets } from '../src/solver/graph/closure.ts';
import { successors } from '../src/solver/graph/csr.ts';
import { dependencyGraph, resolve } from '../src/solver/graph/resolve.ts';
import { universe } from './rig/universe.ts';

/** What each variant asks for, and what each binary needs at run time, by name. */
function spelled(graph: DependencyGraph): Record<string, string> {
  const names = (list: Int32Array) => Array.from(list, (b) => graph.binaries[b]).join(' ');
  const rows: Record<string, string> = {};
  graph.sources.forEach((name, s) => {
    for (const v of graph.variants[s]!) rows[v.stage === 0 ? name : `${name}<stage${v.stage}>`] = names(v.needs);
  });
  graph.binaries.forEach((name, b) => {
    const row = names(successors(graph.runtime, b));
    if (row !== '') rows[`${name} =>`] = row;
  });
  return rows;
}

const graphOf = (text: string) => spelled(dependencyGraph(universe(text)));

/** With every alternative of Build-Depends, of which a build daemon takes only the first. */
const open = (text: string) => `${text}\nalternatives: any`;

test('of Build-Depends the first alternative alone, and further versions of it, as build daemons read them', () => {
  const told = (text: string) => dependencyGraph(universe(text)).unsatisfied.map((u) => u.group);
  expect(graphOf('a: b | c\nb:\nc:')).toMatchObject({ a: 'b' });
  expect(told('a: b (>= 2) | c\nb 1.0:\nc:')).toEqual(['b (>= 2)']);
  expect(told('a: gone | c\nc:')).toEqual(['gone']);
  expect(graphOf('a: b (>= 2) | c | b (<< 2)\nb 1.0:\nc:')).toMatchObject({ a: 'b' });
  expect(graphOf(open('a: gone | c\nc:'))).toMatchObject({ a: 'c' });
});

test('of what binaries need, every alternative: what is installed already, else the first that can be satisfied', () => {
  const archive = 'a:\na => b | c\nb:\nc:\n';
  expect(graphOf(archive)).toMatchObject({ 'a =>': 'b' });
  expect(graphOf(`${archive}seed: c`)['a =>']).toBeUndefined();
  expect(graphOf(archive.replace('b |', 'gone |'))).toMatchObject({ 'a =>': 'c' });
});

test('the first alternative that can be satisfied, versions heeded', () => {
  expect(graphOf('a: b (>= 2) | c | d\nb 1.0:\nc:\nd:\nalternatives: any')).toMatchObject({ a: 'c' });
  expect(graphOf('a: b (>= 2) | c\nb 2.0-1:\nc:')).toMatchObject({ a: 'b' });
});

test('an alternative that misses something at run time is none', () => {
  expect(graphOf('a: b | c\nb:\nb => lib\nlib => gone\nx -> lib:\nc:\nalternatives: any')).toMatchObject({ a: 'c' });
});

test('what breaks late breaks everything that chose it, through rings as well', () => {
  const text = 'a: w1 | safe\nx -> w1, w2, w3:\nw1 => w2\nw2 => w3 | w1\nw3 => w1, gone\nsafe:\nalternatives: any';
  // w3 is broken; w2 falls back to w1, so the ring w1 <-> w2 stands.
  expect(graphOf(open(text))).toMatchObject({ a: 'w1', 'w1 =>': 'w2', 'w2 =>': 'w1' });
  expect(graphOf(open(text.replace(' | w1', '')))).toMatchObject({ a: 'safe' });
});

test('a real one before a provider, an available provider before others, then Priority, then name', () => {
  const providers = 'p1:\np2:\np3:\np1 provides: mta\np2 provides: mta (= 3)\np3 provides: mta';
  expect(graphOf(`a: mta\n${providers}`)).toMatchObject({ a: 'p1' });
  expect(graphOf(`a: mta\nmta:\n${providers}`)).toMatchObject({ a: 'mta' });
  expect(graphOf(`a: mta\n${providers}\np3 is standard`)).toMatchObject({ a: 'p3' });
  expect(graphOf(`a: mta\n${providers}\np3 is available`)).toMatchObject({ a: '' });
  expect(graphOf(`a: mta (>= 2)\n${providers}`)).toMatchObject({ a: 'p2' });
});

test('one that some source builds before one that none does', () => {
  expect(graphOf('a: orphan | b\norphan 1\nb:\nalternatives: any')).toMatchObject({ a: 'b' });
  const graph = dependencyGraph(universe('a: orphan\norphan 1'));
  expect(graph.unsatisfied).toEqual([]);
  expect(graph.madeBy[graph.binaries.indexOf(binaryName('orphan'))]).toBe(-1);
});

test('every stage has its own needs and yields', () => {
  const graph = dependencyGraph(universe('a -> a, libb: b, c\na stage1 -> libb: c\na stage2: c, d\nb:\nc:\nd:'));
  expect(spelled(graph)).toMatchObject({ a: 'b c', 'a<stage1>': 'c', 'a<stage2>': 'c d' });
  expect(graph.variants[0]!.map((v) => v.yields.length)).toEqual([2, 1, 2]);
});

test('the seed and its run-time closure are given; Architecture: all is given, what it needs is not', () => {
  const graph = resolve(
    universe('a: gcc, doc\nx -> libc:\nseed: gcc\ngcc => libc\ndoc is all, available\ndoc => perl\nperl:'),
  );
  expect(spelled(graph.graph)).toMatchObject({ a: 'perl' });
  expect(graph.graph.binaries).toEqual(['a', 'perl']);
});

test('what lies behind given binaries is found through rings of them', () => {
  const text = 'a: d1\nd1 is all, available\nd2 is all, available\nd1 => d2\nd2 => d1, perl, sh\nperl:\nsh:';
  expect(graphOf(text)).toMatchObject({ a: 'perl sh' });
});

test('why nothing satisfies a need is told alike of an archive and of what is cut out of it', () => {
  const told = (u: Universe) =>
    resolve(u)
      .graph.unsatisfied.filter((d) => d.source >= 0)
      .map((d) => `${d.group}: ${d.why}`);
  for (const [text, why] of [
    // make is there, and what it needs; nobody else of what is cut out asks for it.
    [
      'a: tools\ntools:\ntools => make, nope\nmake:\nmake => libc\nlibc:',
      'tools: tools depends on nope, and nothing has or provides that name',
    ],
    [
      'a: gir\ngir:\ngir => tools\ntools:\ntools => make, nope\nmake:\nmake => libc\nlibc:',
      'gir: gir depends on tools, and tools depends on nope, and nothing has or provides that name',
    ],
    ['a: make (>= 2)\nmake:', 'make (>= 2): no version or architecture of it fits'],
    [
      'a: tools\ntools:\ntools => make (>= 2)\nmake:',
      'tools: tools depends on make (>= 2), and no version or architecture of it fits',
    ],
    [
      'a: ring\nring:\nring => ring, other\nother:\nother => ring, nope',
      'ring: ring depends on other, and other depends on nope, and nothing has or provides that name',
    ],
  ] as const) {
    const whole = universe(`${text}\ntargets: a`);
    expect(told(whole)[0]).toBe(why);
    expect(told(cutToTargets(whole, { base: false, archAll: 'available' }))).toEqual([why]);
  }
});

test('a need that nothing satisfies is told with its reason', () => {
  const told = (text: string) => dependencyGraph(universe(text)).unsatisfied.map((u) => `${u.group}: ${u.why}`);
  expect(told('a: nope | b (>= 2)\nb:\nalternatives: any')).toEqual([
    'nope | b (>= 2): no version or architecture of it fits',
  ]);
  expect(told('a: nope')).toEqual(['nope: nothing has or provides that name']);
  expect(told('a: b\nb:\nb => c\nx -> c:\nc => nope')).toEqual([
    'b: b depends on c, and c depends on nope, and nothing has or provides that name',
  ]);
  expect(dependencyGraph(universe('a: b\na stage2: nope\nb:')).unsatisfied).toMatchObject([{ source: 0, stage: 2 }]);
});

test('a binary that needs itself, or a group met twice, adds nothing', () => {
  expect(graphOf('a: b, b\nb:\nb => b, b (>= 0)')).toEqual({ a: 'b', b: '' });
});

const ring = 'a: b | c\nb: a\nc: seedling\nseed: seedling';

test('`any` takes the alternative that can be there first, else the first', () => {
  expect(graphOf(ring)).toMatchObject({ a: 'b' });
  expect(graphOf(`${ring}\nalternatives: any`)).toMatchObject({ a: 'c' });
  expect(graphOf('a: b | c\nb: a\nc: a\nalternatives: any')).toMatchObject({ a: 'b' });
});

test('`any` sees through run-time rings: they are installed as one', () => {
  const text = 'a: b | r1\nb: a\nx -> r1, r2:\nr1 => r2\nr2 => r1\nalternatives: any';
  expect(graphOf(text)).toMatchObject({ a: 'r1' });
});

/**
 * Universes in a few lines, for tests:
 *
 *     a: b | c (>= 2), d          source a yields binary a; its full build needs (b or c) and d
 *     a stage1: d                 its stage 1 needs only d, and yields all of a's binaries
 *     a stage1 -> liba: d         ... and yields only liba
 *     a 2.0 -> a, liba: b         source a of version 2.0 yields the binaries a and liba
 *     a build-conflicts: x        of every variant
 *     liba => libc (>= 2), sh     liba needs these at run time
 *     liba 1:2.0                  a binary's own version, when it is not its source's
 *     liba provides: liba-abi (= 3), liba-any
 *     liba conflicts: x           liba breaks: y
 *     liba is same, all, essential, required, available
 *     seed: gcc, make             binaries taken as given; one that is mentioned nowhere else has no source
 *     targets: a                  default: every source
 *     alternatives: any           default: first
 *
 * `#` begins a comment. Sources and binaries come out in byte order, whatever the order of the lines.
 */

import { noVertex } from '../../src/indices.ts';
import { parseGroups } from '../../src/metadata/relations/relation.ts';
import { compareVersions } from '../../src/metadata/relations/version.ts';
import type { Binary, Group, Universe, Variant } from '../../src/model.ts';
import { binaryName, sourceName } from '../../src/names.ts';
import { byteOrder } from '../../src/order.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface SourceLine {
  version: string;
  /** Binary names of each stage; stage 0 is the full build. */
  readonly stages: Map<number, { depends: readonly Group[]; yields: readonly string[] | undefined }>;
  conflicts: readonly Group[];
  readonly line: number;
}

function groups(text: string): readonly Group[] {
  const { groups, problems } = parseGroups(text);
  if (problems.length > 0) throw new Error(`${problems[0]!.message} in: ${text}`);
  return groups;
}

const names = (text: string): string[] => text.split(/[\s,]+/).filter((n) => n !== '');

const multiArch = new Set(['same', 'foreign', 'allowed']);
const priorities = new Set(['required', 'important', 'standard', 'optional', 'extra']);

class Lines {
  readonly sources = new Map<string, SourceLine>();
  readonly binaries = new Map<string, Mutable<Binary>>();
  seed: string[] = [];
  targets: string[] | undefined;
  alternatives: 'first' | 'any' = 'first';

  binary(name: string, line: number): Mutable<Binary> {
    let b = this.binaries.get(name);
    if (!b) {
      b = {
        name: binaryName(name),
        version: '',
        architecture: 'amd64',
        source: undefined,
        multiArch: undefined,
        essential: false,
        priority: 'optional',
        section: 'misc',
        depends: [],
        conflicts: [],
        breaks: [],
        provides: [],
        available: false,
        origin: { file: 'universe', line },
      };
      this.binaries.set(name, b);
    }
    return b;
  }

  source(name: string, line: number): SourceLine {
    let s = this.sources.get(name);
    if (!s) {
      s = { version: '', stages: new Map(), conflicts: [], line };
      this.sources.set(name, s);
    }
    return s;
  }

  read(text: string, line: number): void {
    const runtime = /^(\S+)(?:\s+(\S+))?\s*=>\s*(.*)$/.exec(text);
    const is = /^(\S+) is (.*)$/.exec(text);
    const field = /^(?:(\S+) )?(provides|build-conflicts|conflicts|breaks|seed|targets|alternatives):(.*)$/.exec(text);
    const build = /^(\S+?)(?:\s+stage(\d+))?(?:\s+([^\s:>-]\S*?))?(?:\s*->\s*([^:]*))?:(?=\s|$)(.*)$/.exec(text);
    const version = /^(\S+)\s+(\S+)$/.exec(text);
    if (runtime) {
      const b = this.binary(runtime[1]!, line);
      if (runtime[2] !== undefined) b.version = runtime[2];
      b.depends = groups(runtime[3]!);
    } else if (is) this.attributes(this.binary(is[1]!, line), names(is[2]!));
    else if (field) this.field(field[1], field[2]!, field[3]!.trim(), line);
    else if (build) {
      const s = this.source(build[1]!, line);
      if (build[3] !== undefined) s.version = build[3];
      const yields = build[4] === undefined ? undefined : names(build[4]);
      s.stages.set(Number(build[2] ?? 0), { depends: groups(build[5]!), yields });
    } else if (version) this.binary(version[1]!, line).version = version[2]!;
    else throw new Error(`universe:${line}: what is "${text}"?`);
  }

  private attributes(b: Mutable<Binary>, words: readonly string[]): void {
    for (const word of words) {
      if (multiArch.has(word)) b.multiArch = word as Binary['multiArch'];
      else if (priorities.has(word)) b.priority = word;
      else if (word === 'essential') b.essential = true;
      else if (word === 'available') b.available = true;
      else b.architecture = word;
    }
  }

  private field(name: string | undefined, key: string, value: string, line: number): void {
    if (key === 'seed') this.seed = names(value);
    else if (key === 'targets') this.targets = names(value);
    else if (key === 'alternatives') this.alternatives = value as 'first' | 'any';
    else if (name === undefined) throw new Error(`universe:${line}: ${key} of what?`);
    else if (key === 'build-conflicts') this.source(name, line).conflicts = groups(value);
    else if (key === 'provides') this.binary(name, line).provides = groups(value).flat();
    else this.binary(name, line)[key === 'breaks' ? 'breaks' : 'conflicts'] = groups(value);
  }

  universe(): Universe {
    for (const name of this.seed) this.binary(name, 0).available = true;
    const sources = [...this.sources].sort(([a], [b]) => byteOrder(a, b));
    sources.forEach(([name, s], index) => {
      for (const { yields } of s.stages.values()) {
        for (const binary of yields ?? []) this.binary(binary, s.line).source = index;
      }
      if (s.stages.get(0)?.yields === undefined) this.binary(name, s.line).source = index;
    });
    const binaries = [...this.binaries.values()].map((b) => ({
      ...b,
      version: b.version || (sources[b.source ?? noVertex]?.[1].version ?? '') || '1',
    }));
    binaries.sort((a, b) => byteOrder(a.name, b.name) || compareVersions(b.version, a.version));
    const indexOf = new Map(binaries.map((b, i) => [b.name, i]));
    const indices = (list: readonly string[]) => list.map((n) => indexOf.get(binaryName(n))!).sort((a, b) => a - b);
    const variants = (name: string, s: SourceLine): Variant[] => {
      const all = s.stages.get(0)?.yields ?? [name];
      const declared = [...s.stages].sort(([a], [b]) => a - b);
      return declared.map(([stage, { depends, yields }]) => ({
        stage,
        profiles: stage === 0 ? [] : [`stage${stage}`],
        notation: stage === 0 ? 'full' : 'field',
        buildDepends: depends,
        buildConflicts: s.conflicts,
        produces: indices(yields ?? all),
      }));
    };
    const built = sources.map(([name, s]) => {
      if (!s.stages.has(0)) throw new Error(`universe: ${name} has no full build`);
      return {
        name: sourceName(name),
        version: s.version || '1',
        maintainer: 'Nobody <nobody@example.org>',
        uploaders: [],
        architectures: ['any'],
        section: 'misc',
        variants: variants(name, s),
        origin: { file: 'universe', line: s.line },
      };
    });
    const wanted = this.targets;
    return {
      architecture: 'amd64',
      profiles: [],
      sources: built,
      binaries,
      targets: built.flatMap((s, i) => (wanted === undefined || wanted.includes(s.name) ? [i] : [])),
      seed: [...this.seed].sort(byteOrder).map(binaryName),
      alternatives: this.alternatives,
    };
  }
}

/** The universe that the lines describe; throws on a line it does not understand. */
export function universe(text: string): Universe {
  const lines = new Lines();
  text.split('\n').forEach((raw, i) => {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line !== '') lines.read(line, i + 1);
  });
  return lines.universe();
}

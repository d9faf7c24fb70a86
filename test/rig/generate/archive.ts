/**
 * Archives of any size that are built like Debian's: one large component of about 15 % of the sources, small ones, and
 * the rest in layers above; few binaries that most need, many that nobody needs; half of the binaries Architecture:
 * all; versions, alternatives, virtual packages and build profiles about as often as in bookworm main. The same size
 * and seed give the same bytes.
 */

/** Numbers from 0 to 1, always the same for a seed (mulberry32, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Shape {
  readonly name: string;
  readonly version: string;
  /** Indices of the sources it builds with. */
  readonly needs: readonly number[];
  readonly isAll: boolean;
}

const base = ['build-essential', 'dpkg', 'gcc', 'glibc', 'make'] as const;

/** Which sources build with which: the first are the base, then the core, then the layers above. */
function shapes(n: number, random: () => number): Shape[] {
  const core = base.length + Math.floor(n * 0.15);
  const skewed = (limit: number, power: number) => Math.floor(limit * random() ** power);
  return Array.from({ length: n }, (_, s): Shape => {
    const version = `${1 + Math.floor(random() * 9)}.${Math.floor(random() * 30)}-${1 + Math.floor(random() * 4)}`;
    if (s < base.length) return { name: base[s]!, version, needs: [], isAll: false };
    const needs = new Set<number>();
    const count = 1 + Math.floor(-Math.log(1 - random()) * 6);
    for (let i = 0; i < count; i++) {
      // The core needs itself, mostly its popular few; others need the core, and what lies below them.
      if (s < core || random() < 0.6) needs.add(base.length + skewed(core - base.length, 3));
      else needs.add(core + skewed(s - core + 1, 1.5));
    }
    // Once in a while two neighbours need each other: the small components.
    if (s >= core && s % 500 === 1 && s + 1 < n) needs.add(s + 1);
    if (s > core && s % 500 === 2) needs.add(s - 1);
    if (s >= core) needs.delete(s);
    const isAll = s >= core && random() < 0.5;
    return { name: `${s < core ? 'core' : 'leaf'}-${s}`, version, needs: [...needs], isAll };
  });
}

const stanza = (fields: readonly (readonly [string, string])[]): string =>
  `${fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}\n`;

const isLibrary = (s: Shape) => !s.isAll;
const developed = (s: Shape) => (isLibrary(s) ? `lib${s.name}-dev` : `${s.name}-data`);

/** Binaries of a source: a library with its headers and a tool, or data that any architecture reads. */
function binaryStanzas(all: readonly Shape[], s: number): string {
  const { name, version, needs, isAll } = all[s]!;
  const common = (binary: string, architecture: string): [string, string][] => [
    ['Package', binary],
    ['Source', binary === name ? '' : name],
    ['Version', version],
    ['Architecture', architecture],
    ['Maintainer', `Team ${s % 40} <team-${s % 40}@example.org>`],
    ['Section', 'misc'],
    ['Priority', 'optional'],
  ];
  // What is needed at run time lies far below, so that a build installs hundreds, not everything.
  const run = needs
    .filter((t) => t < s / 2)
    .slice(0, 3)
    .map((t) => all[t]!);
  const libraries = run.filter(isLibrary).map((t) => `lib${t.name} (>= ${t.version})`);
  if (isAll) {
    const fields = common(`${name}-data`, 'all');
    return stanza([...fields, ['Multi-Arch', 'foreign'], ['Depends', run.map((t) => developed(t)).join(', ')]]);
  }
  const headers = run.filter(isLibrary).map((t) => `lib${t.name}-dev`);
  const provides = s % 7 === 0 ? `lib${name}-abi (= ${version}), libabi-${s % 50}` : '';
  return [
    stanza([
      ...common(`lib${name}`, 'amd64'),
      ['Multi-Arch', 'same'],
      ['Provides', provides],
      ['Depends', ['libc6 (>= 2.14)', ...libraries].join(', ')],
    ]),
    stanza([...common(`lib${name}-dev`, 'amd64'), ['Depends', [`lib${name} (= ${version})`, ...headers].join(', ')]]),
    ...(s % 3 === 0 ? [stanza([...common(name, 'amd64'), ['Depends', `libc6, lib${name} (= ${version})`]])] : []),
  ].join('');
}

function baseStanzas(all: readonly Shape[], s: number): string {
  const { name, version } = all[s]!;
  const of = (binary: string, depends: string, more: readonly [string, string][] = []) =>
    stanza([
      ['Package', binary],
      ['Source', binary === name ? '' : name],
      ['Version', version],
      ['Architecture', 'amd64'],
      ...more,
      ['Depends', depends],
    ]);
  const required: [string, string][] = [['Priority', 'required']];
  switch (name) {
    case 'glibc':
      return of('libc6', '', required).replace(`Version: ${version}`, `Version: 2.36-${s}`) + of('libc6-dev', 'libc6');
    case 'dpkg':
      return of('dpkg', 'libc6', [['Essential', 'yes'], ...required]);
    case 'build-essential':
      return of('build-essential', 'gcc, libc6-dev, make, dpkg');
    default:
      return of(name, 'libc6');
  }
}

function sourceStanza(all: readonly Shape[], s: number, random: () => number): string {
  const { name, version, needs, isAll } = all[s]!;
  const relation = (t: Shape): string => {
    const plain = random() < 0.2 ? `${developed(t)} (>= ${t.version})` : developed(t);
    const formula = random() < 0.1 ? ' <!nocheck>' : random() < 0.01 ? ' <!nodoc> <!stage1>' : '';
    return random() < 0.01 ? `${plain}${formula} | libabi-${s % 50}${formula}` : `${plain}${formula}`;
  };
  const own = s < base.length ? ({ glibc: 'libc6, libc6-dev' }[name as string] ?? name) : undefined;
  const binaries = isAll ? `${name}-data` : `lib${name}, lib${name}-dev${s % 3 === 0 ? `, ${name}` : ''}`;
  return stanza([
    ['Package', name],
    ['Binary', own ?? binaries],
    ['Version', version],
    ['Maintainer', `Team ${s % 40} <team-${s % 40}@example.org>`],
    ['Architecture', isAll ? 'all' : 'any'],
    ['Build-Depends', needs.map((t) => relation(all[t]!)).join(', ')],
  ]);
}

export interface GeneratedArchive {
  readonly packages: string;
  readonly sources: string;
}

/** @param n number of sources, at least 10 */
export function archive(n: number, seed = 1): GeneratedArchive {
  const random = randomNumbers(seed);
  const all = shapes(n, random);
  const packages: string[] = [];
  const sources: string[] = [];
  for (let s = 0; s < n; s++) {
    packages.push(s < base.length ? baseStanzas(all, s) : binaryStanzas(all, s));
    sources.push(sourceStanza(all, s, random));
  }
  return { packages: packages.join(''), sources: sources.join('') };
}

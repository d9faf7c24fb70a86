/**
 * The same questions to botch and to bootplan (docs/compared-with-botch.md). `$BOOTPLAN_BOTCH` names a directory where
 * botch-native works, ten minutes of CPU, unless its results are there already: `out/` and `tmp/`.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { comparedSets } from './botch-sets.ts';
import { bootplanMeasured, dataFile, isInstalled, leftOut, measured, type Row } from './measure.ts';

export const name = 'botch';

const droppable = '/usr/share/botch/droppable';
/** The lists that botch-native takes. */
const lists = ['pehjota', 'thorsten-glaser', 'daniel-schepler', 'gentoo', 'wookey', 'selfcycles'].map(
  (list) => `${droppable}/${list}.list`,
);

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const plural = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Everything of botch-native, from the indices of the closure to its build order. */
function native(directory: string, packages: string, sources: string): Row {
  const [p, s] = ['Packages', 'Sources'].map((f) => join(directory, f));
  writeFileSync(p!, gunzipSync(readFileSync(packages)));
  writeFileSync(s!, gunzipSync(readFileSync(sources)));
  const what = 'botch-native, all of it';
  if (existsSync(join(directory, 'out/feedback_vertex_set.list'))) return leftOut(what, 'done before');
  const script =
    'cd "$1" && mkdir -p tmp && botch-native --keep --self-contained --output=out --tmp=tmp amd64 Packages Sources';
  return { ...measured('sh', ['-c', script, 'sh', directory]), what };
}

interface Broken {
  readonly status: string;
  readonly size: number;
  readonly sources: readonly string[];
}

/** Which sources to reduce by what botch's lists and its feedback arc set name, asked of both on botch's own graph. */
function reduced(at: (file: string) => string, scratch: string, weak: string): readonly Row[] {
  const annotations = [...lists, weak, at('out/remove.list')].flatMap((file) => ['--annotations', file]);
  const ours = bootplanMeasured([
    'cycles',
    '-q',
    '--graph',
    at('out/buildgraph.xml'),
    '--break',
    '--json',
    ...annotations,
  ]);
  const { status, size, sources } = (JSON.parse(ours.stdout) as { break: Broken }).break;
  const what = "cycles --graph --annotations --break, botch's graph and lists";

  const known = `--remove-weak=${droppable}/weak-build-dependencies.list`;
  const reducible = `--remove-reduced=${[...lists, at('out/remove.list')].join(',')}`;
  const universe = [
    '--deb-native-arch=amd64',
    '--bg',
    ...['minimal-closure-src', 'minimal-closure', 'tocompile'].map((f) => at(`tmp/${f}`)),
  ];
  const split = [`--outdir=${scratch}`, '--outfnameattr=cudfname', '--outfnamevert', 'type:src'];
  const components = linesOf(measured('botch-extract-scc', [...split, at('out/buildgraph.xml'), 'cyclic']).stdout);
  const found = components.map((g) => measured('botch-find-fvs', [known, reducible, join(scratch, g), ...universe]));
  const theirs = found.flatMap((f) => linesOf(f.stdout)).length;

  // botch takes our sources' droppable dependencies away, and counts the cycles that are left.
  writeFileSync(join(scratch, 'ours.list'), sources.map((s) => `src:${s}\n`).join(''));
  const taken = measured('botch-profile-build-fvs', [
    known,
    reducible,
    at('out/buildgraph.xml'),
    join(scratch, 'ours.list'),
  ]);
  writeFileSync(join(scratch, 'broken.xml'), taken.stdout);
  const left = linesOf(measured('botch-extract-scc', [...split, join(scratch, 'broken.xml'), 'left']).stdout).length;
  return [
    { ...ours, what, note: `${size} sources, ${status}; botch finds ${plural(left, 'SCC')} left` },
    {
      what: 'botch-find-fvs, the same',
      user: found.reduce((sum, f) => sum + f.user, 0),
      system: found.reduce((sum, f) => sum + f.system, 0),
      peak: Math.max(...found.map((f) => f.peak)),
      peerOf: what,
      note: `${theirs} sources`,
    },
  ];
}

interface Cycles {
  readonly sccs: readonly {
    readonly sources: readonly string[];
    readonly shortCycles: { readonly counts: readonly number[] };
  }[];
  readonly selfCycles: readonly { readonly type?: number }[];
  readonly fixpoint: readonly (readonly string[])[];
  readonly behind: readonly string[];
}

/** The row of the table that a `cycles --json` answers. */
function cyclesRow(what: string, args: readonly string[]): Row & { readonly members: ReadonlySet<string> } {
  const ran = bootplanMeasured(['cycles', '-q', '--json', ...args]);
  const { sccs, selfCycles, fixpoint, behind }: Cycles = JSON.parse(ran.stdout);
  const sizes = sccs.map((c) => c.sources.length).sort((a, b) => b - a);
  const waves = fixpoint.map((w) => w.length);
  const types = Object.entries(Object.groupBy(selfCycles, (c) => String(c.type ?? 'unknown')));
  const note = [
    `SCCs of ${sizes.join(', ')}; behind ${behind.length}; before any cycle ${waves.join(', ') || 'none'}`,
    `self-cycles by type: ${types.map(([type, list]) => `${type}: ${list!.length}`).join(', ')}`,
    `cycles of 1, 2, ... sources in the largest SCC: ${sccs[0]?.shortCycles.counts.join(', ')}`,
  ];
  return { ...ran, what, note: note.join('; '), members: new Set(sccs.flatMap((c) => c.sources)) };
}

export async function run(): Promise<readonly Row[]> {
  const [packages, sources] = [dataFile('closure-Packages.gz'), dataFile('closure-Sources.gz')];
  const directory = process.env.BOOTPLAN_BOTCH;
  if (!packages || !sources)
    return [leftOut('botch', 'no closure-Packages.gz and closure-Sources.gz in $BOOTPLAN_DATA')];
  if (!directory || !isInstalled('botch-native'))
    return [leftOut('botch', 'takes 15 minutes: set BOOTPLAN_BOTCH=DIR, and install botch')];
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    mkdirSync(directory, { recursive: true });
    const at = (file: string) => join(directory, file);
    const all = native(directory, packages, sources);
    const weak = join(scratch, 'weak.list');
    const everywhere = linesOf(readFileSync(`${droppable}/weak-build-dependencies.list`, 'utf8')).join(' ');
    const names = gunzipSync(readFileSync(sources))
      .toString()
      .matchAll(/^Package: *(\S+)/gm);
    writeFileSync(weak, Array.from(names, (m) => `src:${m[1]} ${everywhere}\n`).join(''));
    const inputs = ['--packages', at('Packages'), '--sources', at('Sources'), '--seed', at('tmp/available-crossed')];
    const annotations = [...lists, weak, at('out/remove.list')].flatMap((file) => ['--annotations', file]);
    const plan = bootplanMeasured(['plan', '-q', '--json', ...inputs, ...annotations, '--wishes', 'last-resort']);
    const { status, costs } = JSON.parse(plan.stdout) as {
      status: string;
      costs: { criterion: string; value: number }[];
    };
    const metadata = cyclesRow('cycles, the same metadata', inputs);
    const graph = cyclesRow("cycles, botch's build graph", ['--graph', at('out/buildgraph.xml')]);
    const both = [...metadata.members].filter((s) => graph.members.has(s)).length;
    return [
      all,
      metadata,
      graph,
      leftOut('in the SCCs of both', `${both} sources; ${metadata.members.size} and ${graph.members.size} in one`),
      leftOut(
        "botch's installation sets",
        await comparedSets(at('out/buildgraph.xml'), at('Packages'), at('Sources'), at('tmp/available-crossed')),
      ),
      ...reduced(at, scratch, weak),
      {
        ...plan,
        what: 'plan, the same metadata and lists',
        note: `${costs.map((c) => `${c.criterion} ${c.value}`).join(', ')}: ${status}`,
      },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

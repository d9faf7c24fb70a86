/**
 * `bootplan plan` on bookworm, and the fewest sources to reduce on botch's own source graph, beside botch's figures.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sourceName } from '../../src/names.ts';
import { SolveMemory } from '../../src/solver/break/solution/memory.ts';
import { solve } from '../../src/solver/break/solution/solve.ts';
import { closeClingo } from '../../src/solver/clingo.ts';
import { planted } from '../rig/generate/planted.ts';
import { bootplanMeasured, dataFile, isInstalled, leftOut, type Measured, measured, type Row } from './measure.ts';

export const name = 'plan';

interface Told {
  readonly costs: readonly { readonly criterion: string; readonly value: number; readonly lowerBound: number }[];
  readonly stuck: readonly unknown[];
}

function told({ stdout }: Measured): string {
  const { costs, stuck }: Told = JSON.parse(stdout);
  const cost = costs.map(
    (c) => `${c.criterion} ${c.value}${c.value === c.lowerBound ? '' : ` (at least ${c.lowerBound})`}`,
  );
  return `${cost.join(', ')}; ${stuck.length} stuck`;
}

/** From the raw indices to the replayed plan. */
function bookworm(architecture: string): readonly Row[] {
  const [packages, sources] = [
    dataFile(`bookworm-main-${architecture}-Packages.xz`),
    dataFile('bookworm-main-Sources.xz'),
  ];
  const what = `plan --targets essential, bookworm ${architecture}`;
  if (!packages || !sources) return [leftOut(what, 'no bookworm indices in $BOOTPLAN_DATA')];
  const inputs = ['plan', '-q', '--packages', packages, '--sources', sources, '--targets', 'essential', '--json'];
  const wished = bootplanMeasured([...inputs, '--wishes', 'last-resort']);
  const declared = bootplanMeasured(inputs);
  return [
    { ...wished, what: `${what}, wishes as a last resort`, limit: { user: 10 }, note: told(wished) },
    { ...declared, what: `${what}, what is declared`, limit: { user: 10 }, note: told(declared) },
  ];
}

/** What a function of ours takes, in this process. */
async function timed(what: string, run: () => Promise<string>): Promise<Row> {
  const before = process.cpuUsage();
  const note = await run();
  const { user, system } = process.cpuUsage(before);
  const peak = process.memoryUsage().rss / 2 ** 20;
  return { what, user: user / 1e6, system: system / 1e6, peak, note };
}

/** Planted instances like an archive, and the same again after one source changed. */
async function generated(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const sources of [10, 50, 200, 1000, 5000]) {
    const { graph, choices, wishes } = planted(1, { sources, stages: 6, tangled: true });
    const memory = new SolveMemory();
    const search = async () => {
      const s = await solve(graph, { wishes: 'last-resort', rebuilds: false, memory });
      const found = s.choices.length === choices.length && s.wishes.length === wishes.length;
      const largest = Math.max(0, ...s.sccs.map((c) => c.size));
      return `component of ${largest}, ${s.wishes.length} wishes, ${s.choices.length} stage builds, planted answer ${found ? 'found' : 'MISSED'}`;
    };
    rows.push(await timed(`planted, ${sources} sources, up to 6 stages`, search));
    // The first member of the smallest component loses its stages.
    const { sccs } = await solve(graph, { wishes: 'last-resort', rebuilds: false, memory });
    const smallest = sccs.toSorted((a, b) => a.size - b.size)[0]?.id.split('+')[0];
    const changed = graph.sources.indexOf(sourceName(smallest ?? ''));
    const variants = graph.variants.map((v, i) => (i === changed ? v.slice(0, 1) : v));
    const again = async () => {
      const before = memory.solved;
      await solve({ ...graph, variants }, { wishes: 'last-resort', rebuilds: false, memory });
      return `${memory.solved - before} of its groups solved again`;
    };
    rows.push(await timed(`  after one source of a small component changed`, again));
  }
  return rows;
}

/** The file of one name per line, `name=version`, or of botch's order, as a set of names. */
const namesIn = (file: string): Set<string> =>
  new Set(Array.from(readFileSync(file, 'utf8').matchAll(/(?:^|src:)([a-z0-9][a-z0-9+.-]+)(?==| \()/gm), (m) => m[1]!));

/**
 * The graph that botch-native looks for a break set in: the closure without what is cross-built or before any cycle.
 */
function onBotchGraph(scratch: string): readonly Row[] {
  const what = "cycles --break on botch-native's source graph";
  const names = ['closure-Packages.gz', 'closure-Sources.gz', 'minimal-src.sources.txt', 'minimal-amd64.binaries.txt'];
  const data = [...names, 'native-fixpoint-order1.txt'].map(dataFile);
  if (data.includes(undefined) || !isInstalled('botch-create-graph'))
    return [leftOut(what, 'no closure in $BOOTPLAN_DATA, or no botch')];
  const [packages, sources, crossSources, crossBinaries, early] = data as string[];
  const at = (file: string) => join(scratch, file);
  const [p, s] = [packages!, sources!].map((f) => gunzipSync(readFileSync(f)).toString().trim().split('\n\n'));
  const there = new Set([...namesIn(crossSources!), ...namesIn(early!)]);
  const binaries = namesIn(crossBinaries!);
  const field = (stanza: string, key: string) => new RegExp(`^${key}: *(\\S+)`, 'm').exec(stanza)?.[1];
  const given = p!.filter((b) => {
    const binary = field(b, 'Package')!;
    return field(b, 'Architecture') === 'all' || binaries.has(binary) || there.has(field(b, 'Source') ?? binary);
  });
  const files = { P: p!, S: s!, A: given, C: s!.filter((x) => !there.has(field(x, 'Package')!)) };
  for (const [file, stanzas] of Object.entries(files)) writeFileSync(at(file), `${stanzas.join('\n\n')}\n`);
  const script =
    'cd "$2" && botch-create-graph "$1" --bg S -A A P C >bg && botch-buildgraph2srcgraph "$1" --bg S bg P C >sg.xml';
  measured('sh', ['-c', script, 'sh', '--deb-native-arch=amd64', scratch]);
  const ours = bootplanMeasured(['cycles', '-q', '--graph', at('sg.xml'), '--break', '--json']);
  const broken = (JSON.parse(ours.stdout) as { break: { status: string; size: number } }).break;
  const theirs = '119.8 s user for a set of 163, unproved, restricted to its own lists of droppable dependencies';
  return [
    {
      ...ours,
      what,
      limit: { user: 1 },
      note: `${broken.size} sources, ${broken.status}; reading the graph included`,
    },
    leftOut('botch-find-fvs, as measured once', theirs),
  ];
}

export async function run(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    return [...bookworm('amd64'), ...bookworm('arm64'), ...onBotchGraph(scratch), ...(await generated())];
  } finally {
    await closeClingo();
    rmSync(scratch, { recursive: true, force: true });
  }
}

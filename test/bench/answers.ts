/**
 * The answers on bookworm's closure: each command from the raw indices, and each member of the largest SCC explained.
 */
import { readUniverse } from '../../src/metadata/universe/read.ts';
import { explain, groundOf } from '../../src/solver/explain/explain.ts';
import { chainChecker } from '../../src/solver/explain/verify-chain.ts';
import { resolve } from '../../src/solver/graph/resolve.ts';
import { request } from '../rig/request.ts';
import { bootplanMeasured, dataFile, leftOut, type Row } from './measure.ts';

export const name = 'answers';

/** Explains every member, each chain confirmed; the figures are those of the slowest. */
async function everyMember(packages: string, sources: string): Promise<Row> {
  const read = await readUniverse(request(packages, sources, { targets: 'essential' }));
  if (!read.ok) throw new Error(read.diagnostics[0]!.message);
  const ground = groundOf(resolve(read.value));
  const check = chainChecker(read.value);
  const { members } = ground.sccs[0]!;
  let [worst, total, confirmed] = [0, 0, 0];
  for (const source of members) {
    const before = process.cpuUsage();
    const { chain } = explain(ground, source);
    if (chain.length > 0 && check(chain).length === 0) confirmed++;
    const used = process.cpuUsage(before).user / 1e6;
    worst = Math.max(worst, used);
    total += used;
  }
  const mean = ((1000 * total) / members.length).toFixed(0);
  return {
    what: 'explain: the slowest member of the largest SCC',
    user: worst,
    system: 0,
    peak: process.memoryUsage().rss / 2 ** 20,
    limit: { user: 0.3 },
    note: `${members.length} members, ${confirmed} chains confirmed, ${mean} ms on average`,
  };
}

export async function run(): Promise<readonly Row[]> {
  const [packages, sources] = [dataFile('closure-Packages.gz'), dataFile('closure-Sources.gz')];
  if (!packages || !sources) return [leftOut('answers', 'no closure-*.gz in $BOOTPLAN_DATA')];
  const input = ['--packages', packages, '--sources', sources, '--targets', 'essential', '--json'];
  const row = (what: string, args: readonly string[]): Row => {
    const { user, system, peak, code } = bootplanMeasured([...args, ...input]);
    return { what, user, system, peak, limit: { user: 10 }, note: `exit code ${code}` };
  };
  return [
    await everyMember(packages, sources),
    row('stuck', ['stuck']),
    row('explain graphviz', ['explain', 'graphviz']),
    row('whatif, one dependency dropped', ['whatif', '--drop', 'graphviz:libgtk2.0-dev']),
    row('progress', ['progress', '--dry-run', '--date', '2026-01-01']),
  ];
}

/**
 * botch's installation sets beside ours: which hold something that ours do not, and by which rule. A binary too many
 * *follows* when something in the set asks for it and would choose it here too; it is another *alternative* or another
 * *provider* of what something in the set asks for; or nothing in the set asks for it, over whatever alternative.
 */
import { readFileSync } from 'node:fs';
import { readUniverse } from '../../src/metadata/universe/read.ts';
import { successors } from '../../src/solver/graph/csr.ts';
import { parseGraphml } from '../../src/solver/graph/graphml.ts';
import { resolve } from '../../src/solver/graph/resolve.ts';
import { request } from '../rig/request.ts';

const reasons = ['alternative', 'provider', 'surplus'] as const;
type Reason = (typeof reasons)[number];

async function choices(packages: string, sources: string, seed: string) {
  const read = await readUniverse(request(packages, sources, { seed }));
  if (!read.ok) throw new Error(read.diagnostics[0]!.message);
  return resolve(read.value).choices;
}

/** In words: how many sets hold nothing that ours do not, and why the others do. */
export async function comparedSets(graph: string, packages: string, sources: string, seed: string): Promise<string> {
  const { universe, providers, runtime } = await choices(packages, sources, seed);
  const index = new Map(universe.binaries.map((b, i) => [`${b.name} ${b.version}`, i]));
  const sets = parseGraphml(readFileSync(graph, 'utf8')).nodes.filter((n) => n.data.get('kind') === 'InstSet');
  const members = (list: string): number[] =>
    list.split(',').flatMap((m) => {
      const [, name, version] = /^([^:]+):\S+ \(= (.*)\)$/.exec(m.trim()) ?? [];
      return index.get(`${name} ${version}`) ?? [];
    });
  const why = (extra: number, set: readonly number[]): Reason | 'follows' => {
    let found: Reason = 'surplus';
    for (const b of set) {
      if (b === extra) continue;
      const chosen = successors(runtime, b);
      if (chosen.includes(extra)) return 'follows';
      for (const group of universe.binaries[b]!.depends) {
        const at = group.findIndex((r) => providers.satisfying(r).includes(extra));
        if (at < 0) continue;
        const ours = group.findIndex((r) => providers.satisfying(r).some((c) => chosen.includes(c)));
        if (found !== 'provider') found = at === ours ? 'provider' : 'alternative';
      }
    }
    return found;
  };
  const count = { alternative: 0, provider: 0, surplus: 0 };
  const examples = { alternative: new Set<string>(), provider: new Set<string>(), surplus: new Set<string>() };
  let same = 0;
  for (const { data } of sets) {
    const set = members(data.get('binaries') ?? '');
    const ours = new Set([index.get(`${data.get('name')} ${data.get('version')}`)!]);
    for (const b of ours) for (const c of successors(runtime, b)) ours.add(c);
    const extra = set.filter((b) => !ours.has(b));
    if (extra.length === 0) same++;
    const found = new Map(extra.map((b) => [b, why(b, set)]));
    for (const reason of reasons) {
      const those = extra.filter((b) => found.get(b) === reason);
      if (those.length > 0) count[reason]++;
      for (const b of those) examples[reason].add(universe.binaries[b]!.name);
    }
  }
  const told = reasons.map((r) => `${count[r]} with another ${r} (${[...examples[r]].sort().slice(0, 5).join(' ')})`);
  return `${sets.length} installation sets, ${same} hold nothing that ours do not; ${told.join(', ')}`;
}

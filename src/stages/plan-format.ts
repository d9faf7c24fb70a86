/**
 * The bytes of plan.json (metadata/schema/plan-file.schema.json). Every name is written once, every variant once
 * however often it is built, and what follows from the rest (which builds a build needs, its wave, its id) not at all:
 * a plan of 3,800 builds takes some 840 kB. Keys in a fixed order, one line per entry, nothing that depends on the day.
 */

import { buildId } from '../build-id.ts';
import { entriesOf } from '../by-name.ts';
import type { ArchiveName, Plan, PlannedBuild } from '../model.ts';
import { type BinaryName, binaryName, type SourceName } from '../names.ts';
import { byteOrder } from '../order.ts';
import { Producers } from './installation-set.ts';
import { following, neededBuilds } from './planned-build.ts';
import { type FiledStuck, filedStuck, stuckOf } from './stuck-format.ts';

/** A variant that is built, binaries as indices into `names`. */
interface FiledVariant {
  readonly source: SourceName;
  readonly version: string;
  readonly stage: number;
  readonly profiles: readonly string[];
  readonly produces: readonly number[];
  readonly installs: readonly number[];
}

type FiledBuild = readonly [
  variant: number,
  round: number,
  archive: ArchiveName,
  why: PlannedBuild['why'],
  also?: readonly number[],
  without?: readonly number[],
];

/** The value whose JSON text is the file. */
export interface PlanFile extends Omit<Plan, 'builds' | 'runtime' | 'environment' | 'supplied' | 'stuck'> {
  readonly stuck: readonly FiledStuck[];
  readonly names: readonly BinaryName[];
  readonly variants: readonly FiledVariant[];
  readonly builds: readonly FiledBuild[];
  /** Per binary: its own index, then those of what it needs at run time. */
  readonly runtime: readonly (readonly number[])[];
  readonly environment?: readonly number[];
  readonly supplied?: readonly {
    readonly source: SourceName;
    readonly declared?: true;
    readonly binaries: readonly number[];
  }[];
}

function filed(plan: Plan): PlanFile {
  const { builds, runtime, environment, supplied, ...rest } = plan;
  const lists = [
    ...builds.flatMap((b) => [b.produces, b.installs, b.also ?? [], b.without ?? []]),
    ...entriesOf(runtime).map(([name, list]) => [binaryName(name), ...list]),
    environment ?? [],
    ...(supplied ?? []).map((s) => s.binaries),
  ];
  const names = [...new Set(lists.flat())].sort(byteOrder);
  const index = new Map<string, number>(names.map((name, i) => [name, i]));
  const indices = (list: readonly string[]) => list.map((name) => index.get(name)!);
  const variants: FiledVariant[] = [];
  const numberOf = new Map<string, number>();
  const rows = builds.map((b): FiledBuild => {
    const key = `${b.stage} ${b.source} ${b.installs.join(' ')}`;
    let variant = numberOf.get(key);
    if (variant === undefined) {
      const { source, version, stage, profiles, produces, installs } = b;
      variant =
        variants.push({ source, version, stage, profiles, produces: indices(produces), installs: indices(installs) }) -
        1;
      numberOf.set(key, variant);
    }
    const also = indices(b.also ?? []);
    const without = indices(b.without ?? []);
    const row = [variant, b.round, b.archive, b.why] as const;
    return also.length + without.length > 0 ? [...row, also, without] : row;
  });
  const needs = entriesOf(runtime).map(([name, list]) => indices([name, ...list]));
  return {
    ...rest,
    stuck: rest.stuck.map(filedStuck),
    names,
    variants,
    builds: rows,
    runtime: needs,
    ...(environment && { environment: indices(environment) }),
    ...(supplied && { supplied: supplied.map((s) => ({ ...s, binaries: indices(s.binaries) })) }),
  };
}

/** Same plan, same bytes. */
export function formatPlan(plan: Plan): string {
  const long = new Set(['names', 'variants', 'builds', 'runtime', 'stuck', 'supplied']);
  const list = (items: readonly unknown[]) =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const entries = Object.entries(filed(plan)).map(([key, value]) => {
    const text = long.has(key) ? list(value as readonly unknown[]) : JSON.stringify(value);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

/** Installation sets worked out by index: a plan has thousands of them, and all share most of what they hold. */
class SetReader {
  private readonly rows: readonly (readonly number[])[];
  private readonly environment: readonly number[];
  private readonly seen: Int32Array;
  private turn = 0;

  constructor({ names, runtime, environment = [] }: PlanFile) {
    const rows: (readonly number[])[] = names.map(() => []);
    for (const [name, ...needs] of runtime) rows[name!] = needs;
    this.rows = rows;
    this.environment = environment;
    this.seen = new Int32Array(names.length);
  }

  read(installs: readonly number[], also: readonly number[], without: readonly number[]): readonly number[] {
    const turn = ++this.turn;
    const set: number[] = [];
    const enter = (name: number): void => {
      if (this.seen[name] === turn) return;
      this.seen[name] = turn;
      set.push(name);
    };
    for (const name of installs) enter(name);
    for (const name of this.environment) enter(name);
    for (const name of set) for (const lower of this.rows[name]!) enter(lower);
    const left = new Set(without);
    return [...set.filter((name) => !left.has(name)), ...also];
  }
}

/** The plan that a file holds; what it left out is worked out again by the same rules. */
export function planOf(file: PlanFile): Plan {
  const { names, variants, builds: filedBuilds, runtime: rows, environment, supplied, ...rest } = file;
  const named = (list: readonly number[]) => list.map((i) => names[i]!);
  const runtime = Object.fromEntries(rows.map(([name, ...needs]) => [names[name!]!, named(needs)]));
  const frames = variants.map((v) => ({ ...v, produces: named(v.produces), installs: named(v.installs) }));
  const sets = new SetReader(file);
  const builds: PlannedBuild[] = [];
  const producers = new Producers();
  for (const [variant, round, archive, why, also = [], without = []] of filedBuilds) {
    const { source, version, stage, profiles, produces, installs } = frames[variant]!;
    const set = named(sets.read(variants[variant]!.installs, also, without));
    const needs = neededBuilds(set, producers, builds.length);
    producers.add(builds.length, produces);
    const id = buildId(source, stage, round);
    const asked = { id, source, version, stage, round, archive, profiles, produces, installs };
    const differing = {
      ...(also.length > 0 && { also: named(also) }),
      ...(without.length > 0 && { without: named(without) }),
    };
    builds.push({ ...asked, ...differing, ...following(builds, stage, needs), why });
  }
  return {
    ...rest,
    stuck: rest.stuck.map(stuckOf),
    builds,
    runtime,
    ...(environment && { environment: named(environment) }),
    ...(supplied && { supplied: supplied.map((s) => ({ ...s, binaries: named(s.binaries) })) }),
  };
}

/** Several architectures that are built in one run, seen as one: one plan, one state, one stream of events. */

import { type ArchitectureLabel, buildOf, usageKeyOf } from '../../build-id.ts';
import { labelled } from '../../events/labelled.ts';
import type { RunEvent } from '../../events.ts';
import { plainName } from '../../metadata/project/project-cross.ts';
import type { Plan, PlannedBuild } from '../../model.ts';
import { nothingRun, type RunState } from '../../run-state.ts';
import type { Session } from '../journal/session.ts';

/** One architecture of a run; the native one comes first, and has no label. */
export interface Member {
  readonly label: ArchitectureLabel;
  readonly session: Session;
  /** Without the rounds that the run may add to it. */
  readonly plan: Plan;
  /** Ids of the builds that the run is to do; everything when left out. */
  readonly wanted?: ReadonlySet<string> | undefined;
}

/** What is left of a plan when only some of it is asked for; whatever else they need is done, or they are blocked. */
function among(plan: Plan, wanted: ReadonlySet<string> | undefined): Plan {
  if (wanted === undefined) return plan;
  const kept = [...plan.builds.keys()].filter((index) => wanted.has(plan.builds[index]!.id));
  const place = new Map(kept.map((index, i) => [index, i]));
  const builds = kept.map((index) => {
    const build = plan.builds[index]!;
    return { ...build, needs: build.needs.flatMap((need) => place.get(need) ?? []) };
  });
  return { ...plan, builds };
}

/**
 * All builds of all plans. A crossed one also waits for the newest native builds of what it installs of theirs; those
 * that would wait for nothing wait for the last native ones, since nothing is crossed before the native plan has
 * settled.
 */
function joined(plans: readonly (Member & { readonly plan: Plan })[]): Plan {
  const builds: PlannedBuild[] = [];
  const native = plans[0]!.plan;
  const needed = new Set(native.builds.flatMap(({ needs }) => needs));
  const last = [...native.builds.keys()].filter((index) => !needed.has(index));
  for (const { label, plan } of plans) {
    const offset = builds.length;
    const tools = new Set(plan.native?.binaries);
    for (const build of plan.builds) {
      const wanted = new Set(build.installs.filter((name) => tools.has(name)).map(plainName));
      const awaited = [...wanted].map((name) =>
        native.builds.findLastIndex(({ archive, produces }) => archive === 'final' && produces.includes(name)),
      );
      const own = build.needs.length > 0 || !plan.native ? build.needs.map((i) => i + offset) : last;
      const needs = [...new Set([...awaited.filter((i) => i >= 0), ...own])];
      builds.push({ ...build, id: buildOf(label, build.id), needs: needs.sort((a, b) => a - b) });
    }
  }
  return { ...native, builds };
}

const notBegun = ({ session }: Member): RunState => ({ ...nothingRun, used: session.state.used });

function asked({ session: { state }, wanted }: Member): RunState {
  return wanted ? { ...state, builds: new Map([...state.builds].filter(([id]) => wanted.has(id))) } : state;
}

/** All architectures of one run; those that have not begun count as not begun. */
export class Together {
  private readonly members: readonly Member[];
  private readonly plans: Plan[];
  /** Those that have begun in this run: of the others it counts for nothing what an earlier run said. */
  private readonly begun = new Set<Member>();
  private whole: Plan;

  constructor(members: readonly Member[]) {
    this.members = members;
    this.plans = members.map(({ plan }) => plan);
    this.whole = this.join();
    members.forEach((member, i) => {
      member.session.listen((event) => {
        if (event.type === 'run-started') this.begun.add(member);
        if (event.type !== 'round-added') return;
        const shorter = this.plans[i]!;
        this.plans[i] = { ...shorter, builds: [...shorter.builds, ...(event.planned ?? [])] };
        this.whole = this.join();
      });
    });
  }

  private join(): Plan {
    const plans = this.members.map((member, i) => ({ ...member, plan: among(this.plans[i]!, member.wanted) }));
    return plans.length === 1 ? plans[0]!.plan : joined(plans);
  }

  /** With the rounds added so far. */
  get plan(): Plan {
    return this.whole;
  }

  get state(): RunState {
    const states = this.members.map((member) => ({
      label: member.label,
      state: this.begun.has(member) || this.members.length === 1 ? asked(member) : notBegun(member),
    }));
    if (states.length === 1) return states[0]!.state;
    const all = <K, V>(part: (state: RunState) => ReadonlyMap<K, V>, named: (label: ArchitectureLabel, key: K) => K) =>
      new Map(
        states.flatMap(({ label, state }) =>
          [...part(state)].map(([key, value]) => [named(label, key), value] as const),
        ),
      );
    const running = states.some(({ state }) => state.status === 'running');
    return {
      ...states[0]!.state,
      ...(running && { status: 'running' }),
      builds: all((state) => state.builds, buildOf),
      used: all((state) => state.used, usageKeyOf),
    };
  }

  /** Hears of every event of every architecture, under the names that the builds have here. */
  listen(listener: (event: RunEvent, label: ArchitectureLabel) => void): void {
    for (const { session, label } of this.members) session.listen((event) => listener(labelled(event, label), label));
  }
}

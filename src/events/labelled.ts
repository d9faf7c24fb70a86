/** Events of a run of several architectures: what each of them tells, under the names that its builds have there. */
import { type ArchitectureLabel, type BuildId, buildOf } from '../build-id.ts';
import type { RunEvent, Unsettled } from '../events.ts';
import { unreachable } from '../unreachable.ts';

function unsettledOf(one: Unsettled, name: (build: BuildId) => BuildId): Unsettled {
  const replaced = one.replaced.map((other) => ({ ...other, build: name(other.build), by: name(other.by) }));
  return { ...one, build: name(one.build), replaced };
}

/**
 * The same event with the names that a run of several architectures gives its builds. What a round has appended to the
 * plan of an architecture stays as it is there.
 */
export function labelled(event: RunEvent, label: ArchitectureLabel): RunEvent {
  if (label === undefined) return event;
  const name = (build: BuildId): BuildId => buildOf(label, build);
  switch (event.type) {
    case 'run-started':
      return { ...event, builds: event.builds.map(name) };
    case 'build-blocked':
      return { ...event, build: name(event.build), by: event.by.map(name) };
    case 'comparison':
      return { ...event, build: name(event.build), against: name(event.against) };
    case 'round-added': {
      const { builds, because } = event;
      return { ...event, builds: builds.map(name), because: because.map((one) => unsettledOf(one, name)) };
    }
    case 'not-settled':
      return { ...event, builds: event.builds.map((one) => unsettledOf(one, name)) };
    case 'stage-finished':
    case 'published':
    case 'store-trouble':
    case 'preparing':
    case 'sources-checked':
    case 'image-made':
    case 'boot-checked':
    case 'run-finished':
      return event;
    case 'build-started':
    case 'step-started':
    case 'build-placed':
    case 'build-finished':
    case 'build-failed':
    case 'build-outdated':
    case 'cache-damaged':
      return { ...event, build: name(event.build) };
    default:
      return unreachable(event);
  }
}

/** A change of an archive in words, and what it moved. */

import { visible } from '../../diagnostics.ts';
import { archiveSource } from '../../names.ts';
import type { Change } from '../../solver/cycles/changes.ts';
import type { ProgressEvent } from '../../stages/progress.ts';
import { unreachable } from '../../unreachable.ts';
import { namesAndMore, number } from './count.ts';

const build = (stage: number) => (stage === 0 ? 'the full build' : `stage ${stage}`);

/** What was taken away (`lost`), or given (`freed`). Names are as they came: the caller makes them safe. */
function what(change: Change, kind: ProgressEvent['kind']): string {
  const lost = kind === 'lost';
  switch (change.kind) {
    case 'source':
      if (archiveSource(change.source) !== change.source)
        return `its packages for all architectures ${lost ? 'have to be built: the archive has none of this version' : 'are taken as given'}`;
      return lost ? 'is new in the archive' : 'is gone from the archive';
    case 'stage':
      return lost ? `no longer declares stage ${change.stage}` : `declares stage ${change.stage}`;
    case 'need':
      return `${build(change.stage)} ${lost ? 'now needs' : 'no longer needs'} ${change.binary}`;
    case 'yield':
      return `${build(change.stage)} ${lost ? 'no longer yields' : 'now yields'} ${change.binary}`;
    case 'runtime':
      return `${change.binary} ${lost ? 'now depends on' : 'no longer depends on'} ${change.needs}`;
    case 'unsatisfied':
      return lost
        ? `${build(change.stage)} needs ${change.group}, which nothing provides any more`
        : `${build(change.stage)} needs ${change.group}, which is provided now`;
    default:
      return unreachable(change);
  }
}

/** `src:glib2.0 2.80-1 -> 2.81-1: stage 1 now needs gtk-doc-tools` */
export function causeWords(
  { change, before, after }: ProgressEvent['causes'][number],
  kind: ProgressEvent['kind'],
): string {
  const versions = before === after ? after : `${before || 'none'} -> ${after || 'none'}`;
  return `src:${archiveSource(change.source)} ${versions}: ${what(change, kind)}`;
}

/** What happened, in one line: who, and how many wait for them. */
function eventWords({ kind, members, cycle, behind }: ProgressEvent): string {
  const who = cycle && members.length > 1 ? `the cycle of ${namesAndMore(members)}` : namesAndMore(members);
  const fate =
    kind === 'lost' ? (cycle ? 'is no longer broken automatically' : 'can no longer be built') : 'can be built';
  return `${who} ${fate}${behind.length > 0 ? ` (${kind === 'lost' ? 'and' : 'and so can'} ${number(behind.length)} behind it)` : ''}`;
}

/** What happened, then one line per cause; safe for a terminal. */
export function eventLines(event: ProgressEvent): readonly [string, ...string[]] {
  const causes = event.causes.map((c) => `because ${causeWords(c, event.kind)}`);
  const why = causes.length > 0 ? causes : ['because another alternative is chosen'];
  return [visible(eventWords(event)), ...why.map(visible)];
}

/** A dependency field rewritten in place: what does not change keeps its spelling, its line and its comments. */
import type { Group } from '../../model.ts';
import { formatGroup, formatGroups, parseGroups } from './relation.ts';

/** A group without formulas: what tells that two groups are the same dependency. */
const bare = (group: Group): string => formatGroup(group.map(({ formula: _, ...rest }) => rest));

interface Segment {
  /** White space, line ends and comments before the group. */
  readonly lead: string;
  readonly core: string;
}

/** Cuts a value at its commas. `blanked` is the value with its comments blanked, character for character. */
function segments(raw: string, blanked: string): { segments: Segment[]; tail: string } {
  const found: Segment[] = [];
  let start = 0;
  for (const part of blanked.split(',')) {
    const core = part.trim();
    if (core !== '') {
      const from = start + part.indexOf(core);
      found.push({ lead: raw.slice(start, from), core });
    }
    start += part.length + 1;
  }
  return { segments: found, tail: /,?\s*$/.exec(blanked)![0] };
}

/**
 * The value with other groups. Groups that are there already are changed where they stand, new ones go after their
 * predecessor, on lines of their own when the field is written so.
 */
export function rewrittenValue(raw: string, blanked: string, wanted: readonly Group[]): string {
  const { segments: old, tail } = segments(raw, blanked);
  const usual = old[1]?.lead ?? old[0]?.lead ?? '';
  const lead = usual === '' ? ' ' : (/\n[ \t]+$/.exec(usual)?.[0] ?? usual);
  const result: Segment[] = [];
  let next = 0;
  for (const { lead: own, core } of old) {
    const group = parseGroups(core).groups[0];
    const at = group === undefined ? -1 : wanted.findIndex((g, i) => i >= next && bare(g) === bare(group));
    if (at < 0) continue;
    for (const g of wanted.slice(next, at)) result.push({ lead, core: formatGroup(g) });
    const target = formatGroup(wanted[at]!);
    result.push({ lead: own, core: target === formatGroup(group!) ? core : target });
    next = at + 1;
  }
  for (const g of wanted.slice(next)) result.push({ lead, core: formatGroup(g) });
  const text = result.map((s, i) => (i === 0 && old[0] ? old[0].lead : s.lead) + s.core).join(',');
  return text + tail.trimEnd();
}

/** A whole new field: on one line when it fits, else one group per line. */
export function newField(name: string, groups: readonly Group[]): string {
  const line = `${name}: ${formatGroups(groups)}`.trimEnd();
  return line.length <= 100 ? `${line}\n` : `${name}:\n${groups.map((g) => ` ${formatGroup(g)},\n`).join('')}`;
}

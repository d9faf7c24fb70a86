/** A proposal as an annotation file: with it the plan needs no wishes beyond the supplies that it names. */

import type { SourceName } from '../../names.ts';
import { archiveSource } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { Proposal, ProposedStage } from '../../solver/propose/proposal.ts';
import { triedWords } from './proposal-text.ts';

const quoted = (text: string): string => JSON.stringify(text);
const list = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`;

const stageLines = (s: ProposedStage): readonly string[] => [
  `  stage${s.stage}: ${list(s.profiles)}`,
  ...(s.drops.length > 0 ? [`  stage${s.stage}-drops: ${list(s.drops)}`] : []),
  ...(s.omits.length > 0 ? [`  stage${s.stage}-omits: ${list(s.omits)}`] : []),
];

/** The file. */
export function proposalAnnotations(p: Proposal): string {
  const entries = new Map<string, string[]>();
  // The parts of a source are one in the archive: what both of them say stands there once.
  const add = (source: SourceName, lines: readonly string[]): void => {
    const name = archiveSource(source);
    const known = entries.get(name) ?? [];
    entries.set(name, [...known, ...lines.filter((line) => !known.includes(line))]);
  };
  const words = triedWords(p)
    .map((line) => `# ${line}\n`)
    .join('');
  for (const { source, stages } of [...p.declared, ...p.edits]) add(source, stages.flatMap(stageLines));
  for (const { source } of p.supplies) add(source, ['  supply: cross']);
  for (const { source } of p.given ?? []) add(source, ['  supply: given']);
  const sources = [...entries].filter(([, lines]) => lines.length > 0).sort(([a], [b]) => byteOrder(a, b));
  const head = `# Made by bootplan propose; give it to the same command line: bootplan plan ... --annotations FILE\n${words}`;
  if (sources.length === 0) return `${head}{}\n`;
  return head + sources.map(([source, lines]) => `${quoted(source)}:\n${lines.join('\n')}\n`).join('');
}

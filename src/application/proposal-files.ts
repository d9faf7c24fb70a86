/** Everything that a proposal gives people, in a directory: annotations, patches, bug texts, tables, a dd-list. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { conditionText } from '../metadata/annotations/conditioned.ts';
import { readText } from '../metadata/control/compressed.ts';
import { aptLists } from '../metadata/control/from-apt.ts';
import { readSources, type SourceRecord } from '../metadata/control/sources.ts';
import { displayedName } from '../metadata/declared-stages/stage-fields.ts';
import { formatGroup, parseGroups } from '../metadata/relations/relation.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import { newestSources } from '../metadata/universe/universe.ts';
import { proposalFormats } from '../reports/formats/proposal-formats.ts';
import { proposalBug } from '../reports/proposal-bug.ts';
import { entryIn, requireOwnDirectory } from '../runner/files/owned.ts';
import { publishText } from '../runner/files/publish.ts';
import { unifiedDiff } from '../runner/files/unified-diff.ts';
import type { Proposal, ProposedEdit } from '../solver/propose/proposal.ts';

/** The source paragraph of debian/control as far as an index tells it: one dependency a line. */
export function controlOf(record: SourceRecord): string {
  const fields = [...record.fields].map(([name, value]) => {
    const { groups } = parseGroups(value, true);
    return `${displayedName(name)}:\n${groups.map((g) => ` ${formatGroup(g)},\n`).join('')}`;
  });
  const head = [`Source: ${record.name}`, ...(record.section === '' ? [] : [`Section: ${record.section}`])];
  return `${[...head, `Maintainer: ${record.maintainer}`].join('\n')}\n${fields.join('')}`;
}

/** The patch of one edit; '' when its source's text does not have the lines, which cannot be. */
export async function patchOf(control: string, e: ProposedEdit): Promise<string> {
  const conditions = e.lines.map(({ group, profile }) => ({ group, profile }));
  const read = conditionText({ file: 'debian/control', bytes: Buffer.from(control) }, conditions);
  return read.ok ? unifiedDiff(read.value.before, read.value.after, 'debian/control') : '';
}

async function recordsOf(
  request: InputRequest,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SourceRecord>> {
  const lists = request.fromApt ? (await aptLists(request.architecture)).lists.sources : [];
  const found: SourceRecord[] = [];
  for (const file of [...request.sources, ...lists]) {
    const text = await readText(file);
    if (text.ok) found.push(...readSources(text.value).records.filter((r) => names.has(r.name)));
  }
  return newestSources(found);
}

/** Part names such as `SOURCE:all` are of one source, and colons no part of a file's name. */
const sourceName = (name: string): string => name.replace(/:all$/, '');

export async function writeProposal(directory: string, proposal: Proposal, request: InputRequest): Promise<void> {
  const [patches, bugs] = [join(directory, 'patches'), join(directory, 'bugs')];
  for (const d of [patches, bugs]) requireOwnDirectory(d);
  for (const d of [directory, patches, bugs]) if (!existsSync(d)) mkdirSync(d);
  const files = {
    'annotations.yaml': 'annotations',
    'proposal.md': 'markdown',
    'proposal.json': 'json',
    'dd-list': 'dd-list',
    'proposal.txt': 'text',
  } as const;
  for (const [file, format] of Object.entries(files)) {
    publishText(join(directory, file), proposalFormats[format].text({ proposal, all: true }));
  }
  const records = await recordsOf(request, new Set(proposal.edits.map((e) => sourceName(e.source))));
  for (const e of proposal.edits) {
    const name = sourceName(e.source);
    publishText(entryIn(bugs, `${name}.txt`), proposalBug(proposal, e));
    const record = records.get(name);
    const patch = record === undefined ? '' : await patchOf(controlOf(record), e);
    if (patch !== '') publishText(entryIn(patches, `${name}.patch`), patch);
  }
}

/** Everything that a proposal gives people, in a directory: annotations, patches, bug texts, tables, a dd-list. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InputRequest } from '../../metadata/universe/read.ts';
import { archiveSource } from '../../names.ts';
import { proposalFormats } from '../../reports/formats/proposal-formats.ts';
import { proposalBug } from '../../reports/proposals/proposal-bug.ts';
import { entryIn, requireOwnDirectory } from '../../runner/files/owned.ts';
import { publishText } from '../../runner/files/publish.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';
import { controlPatches, writePatches } from '../questions/control-patches.ts';

export async function writeProposal(directory: string, proposal: Proposal, request: InputRequest): Promise<void> {
  const [patches, bugs] = [join(directory, 'patches'), join(directory, 'bugs')];
  requireOwnDirectory(bugs);
  for (const d of [directory, bugs]) if (!existsSync(d)) mkdirSync(d);
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
  for (const e of proposal.edits)
    publishText(entryIn(bugs, `${archiveSource(e.source)}.txt`), proposalBug(proposal, e));
  writePatches(patches, await controlPatches(request, proposal.edits));
}

/** Everything that a proposal gives people, in a directory: annotations, patches, bug texts, tables, a dd-list. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InputRequest } from '../../metadata/universe/read.ts';
import { archiveSource } from '../../names.ts';
import { proposalFormats } from '../../reports/formats/proposal-formats.ts';
import { proposalBug } from '../../reports/proposals/proposal-bug.ts';
import { publishText } from '../../runner/files/publish.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';
import { controlPatches, requireTextDirectory, writeTexts } from '../questions/control-patches.ts';

const files = {
  'annotations.yaml': 'annotations',
  'proposal.md': 'markdown',
  'proposal.json': 'json',
  'dd-list': 'dd-list',
  'proposal.txt': 'text',
} as const;

/** Everything is worked out before the first file is written. Patches and bug texts of an earlier answer give way. */
export async function writeProposal(directory: string, proposal: Proposal, request: InputRequest): Promise<void> {
  const [patches, bugs] = [join(directory, 'patches'), join(directory, 'bugs')];
  const asked = await controlPatches(request, proposal.edits);
  const letters = proposal.edits.map((e) => {
    const name = archiveSource(e.source);
    return [name, proposalBug(proposal, e, asked.get(name))] as const;
  });
  const texts = Object.entries(files).map(
    ([file, format]) => [file, proposalFormats[format].text({ proposal, all: true })] as const,
  );
  if (!existsSync(directory)) mkdirSync(directory);
  requireTextDirectory(patches, 'patch');
  requireTextDirectory(bugs, 'txt');
  for (const [file, text] of texts) publishText(join(directory, file), text);
  writeTexts(bugs, 'txt', new Map(letters));
  writeTexts(patches, 'patch', new Map([...asked].map(([name, { patch }]) => [name, patch])));
}

/** The formats of `propose`. */
import type { Proposal } from '../../solver/propose/proposal.ts';
import { proposalAnnotations } from '../proposals/proposal-annotations.ts';
import { proposalBug } from '../proposals/proposal-bug.ts';
import { proposalMarkdown } from '../proposals/proposal-markdown.ts';
import { sinceText } from '../proposals/proposal-since.ts';
import { proposalText } from '../proposals/proposal-text.ts';
import { ddList } from '../writing/dd-list.ts';
import type { Formats } from './format.ts';

/** What the formats are made of. */
export interface ProposalReport {
  readonly proposal: Proposal;
  readonly all: boolean;
  /** An earlier answer to compare with. */
  readonly since?: Proposal;
}

/** Name -> format. */
export const proposalFormats = {
  text: {
    extension: 'txt',
    text: ({ proposal, all, since }) =>
      (since === undefined ? '' : `${sinceText(since, proposal)}\n`) + proposalText(proposal, all),
  },
  json: { extension: 'json', text: ({ proposal }) => `${JSON.stringify(proposal, null, 2)}\n` },
  markdown: { extension: 'md', text: ({ proposal }) => proposalMarkdown(proposal) },
  annotations: { extension: 'yaml', text: ({ proposal }) => proposalAnnotations(proposal) },
  'dd-list': { extension: 'dd-list', text: ({ proposal }) => ddList(proposal.edits, { uploaders: true }) },
  bugs: { extension: 'bugs', text: ({ proposal }) => proposal.edits.map((e) => proposalBug(proposal, e)).join('\n') },
} as const satisfies Formats<ProposalReport>;

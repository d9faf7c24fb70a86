/** What every command needs that knows recipes: the flags that name a project, and the way to prepare it. */
import { join, resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import type { Prepared } from '../application/run/prepared.ts';
import { exitCode } from '../errors.ts';

import { shellWord } from '../text/shell-quote.ts';
import { type ArchiveFlags, archiveFlags, archiveRequest, archiveWords } from './archive-flags.ts';

import { BaseCommand } from './base-command.ts';
import { stateFlag } from './state-flag.ts';

/** The flags of every command that knows recipes. */
export const projectFlags = {
  ...stateFlag,
  ...archiveFlags,
  metadata: Flags.string({
    helpValue: 'DIR',
    description:
      'a directory of YAML metadata with recipes; by default the embedded mini-distribution (`shell`: that of the last run); with indices: recipes that are built beside their sources',
  }),
  overrides: Flags.string({
    helpValue: 'FILE',
    description: 'changes to recipes; by default overrides.yaml in the state directory, when it is there',
    exclusive: ['no-overrides'],
  }),
  'no-overrides': Flags.boolean({ description: 'the recipes as they are' }),
  'allow-unsandboxed': Flags.boolean({
    description: 'build on this machine itself when no sandbox starts; every result is marked so',
  }),
  kernel: Flags.string({ options: ['seed', 'source'], description: "the seed's kernel, or one built from source" }),
};

/** What of the flags decides which project it is. */
export interface ProjectFlags extends ArchiveFlags {
  readonly state: string;
  readonly overrides?: string | undefined;
  readonly 'no-overrides'?: boolean;
  readonly kernel?: string | undefined;
  readonly 'allow-unsandboxed'?: boolean;
  readonly 'dry-run'?: boolean;
}

/** `--arch`: this machine's own first, the others in byte order, each once. */
export const architecturesFlag = {
  arch: Flags.string({
    helpValue: 'ARCH,ARCH',
    multiple: true,
    delimiter: ',',
    description: "architectures to build for; another than this machine's own is cross-built",
  }),
};

/** What of the flags a command needs to speak of the same project, besides the state directory. */
export function projectWords(flags: ProjectFlags): string {
  const archived = archiveWords(flags);
  const words = [
    ...(archived.length > 0 || flags.metadata === undefined ? [] : ['--metadata', shellWord(resolve(flags.metadata))]),
    ...archived,
    ...(flags.kernel === undefined ? [] : ['--kernel', flags.kernel]),
    ...(flags.overrides === undefined ? [] : ['--overrides', shellWord(resolve(flags.overrides))]),
    ...(flags['no-overrides'] ? ['--no-overrides'] : []),
    ...(flags['allow-unsandboxed'] ? ['--allow-unsandboxed'] : []),
  ];
  return words.map((word) => ` ${word}`).join('');
}

/** A command of that kind. */
export abstract class ProjectCommand extends BaseCommand {
  /** One architecture: this machine's own. */
  protected async prepare(flags: ProjectFlags): Promise<Prepared> {
    return (await this.prepareAll(flags, [], new Set()))[0]!;
  }

  /** What no flag names is the metadata that the run in the state directory was made from. */
  protected async asLastRun<F extends ProjectFlags>(flags: F): Promise<F> {
    if (flags.metadata !== undefined || archiveRequest(flags) !== undefined) return flags;
    const { metadataOfRun } = await import('../application/state/standing-run.ts');
    const metadata = metadataOfRun(flags.state);
    if (metadata === undefined) return flags;
    this.talk(`metadata: ${metadata}, as in the last run here`);
    return { ...flags, metadata };
  }

  /**
   * The same for several; the exit code is bad when no plan reaches everything. See src/application/run/prepare.ts.
   *
   * @param own those with machines of their own
   */
  protected async prepareAll(
    flags: ProjectFlags,
    architectures: readonly string[],
    own: ReadonlySet<string>,
  ): Promise<readonly Prepared[]> {
    const { prepare } = await import('../application/run/prepare.ts');
    const archive = archiveRequest(flags);
    const request = {
      archive: archive && {
        request: archive,
        imageFile: flags['image-file'],
        backend: flags.backend === 'sbuild' ? ('sbuild' as const) : undefined,
        words: archiveWords({ ...flags, 'image-file': undefined }),
      },
      state: flags.state,
      metadata: flags.metadata ?? join(this.config.root, 'metadata/minidistro'),
      kernel: flags.kernel as 'seed' | 'source' | undefined,
      overrides: flags.overrides,
      noOverrides: flags['no-overrides'] ?? false,
      allowUnsandboxed: flags['allow-unsandboxed'] ?? false,
      onlyLooks: flags['dry-run'] ?? false,
      hasMachines: (name: string) => own.has(name),
    };
    const all = await prepare(request, architectures, this);
    if (all.some(({ plan }) => plan.stuck.length > 0)) this.exitWith(exitCode.bad);
    return all;
  }
}

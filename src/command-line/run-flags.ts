/** What `run` and `stage` can be told. */
import * as Flags from '@oclif/core/flags';
import { partsOf } from '../build-id.ts';
import type { Plan } from '../model.ts';
import { type ClusterFlags, clusterFlags } from './cluster-flags.ts';
import { type ProjectFlags, projectFlags } from './project-command.ts';

/** The flags that `run` and `stage` share. */
export const runFlags = {
  ...projectFlags,
  ...clusterFlags,
  jobs: Flags.integer({
    char: 'j',
    min: 1,
    helpValue: 'N',
    description: 'builds side by side; by default one per core',
  }),
  cores: Flags.integer({
    min: 1,
    helpValue: 'N',
    description: 'cores that all builds may use together; by default those of this machine, but one for each of -j',
  }),
  memory: Flags.string({
    helpValue: 'SIZE',
    description: 'memory for all builds together, with K, M, G when you like; by default nine tenths of what there is',
  }),
  'keep-going': Flags.boolean({
    char: 'k',
    allowNo: true,
    description: 'go on with what does not wait for a failed build, as is usual; said, also where a file cannot be had',
  }),
  'dry-run': Flags.boolean({ char: 'n', description: 'say what would be built, start nothing' }),
  phase: Flags.string({
    multiple: true,
    helpValue: 'NAME',
    description: 'only builds for this archive: stage1, interim, final',
  }),
  package: Flags.string({ multiple: true, helpValue: 'NAME', description: 'only this source, or this build' }),
  from: Flags.string({ helpValue: 'BUILD', description: 'only this build and what comes after it in the plan' }),
  replan: Flags.boolean({
    description: 'take a plan that is not the one begun here; finished builds that both have stay',
  }),
  timeout: Flags.integer({ default: 7200, min: 1, helpValue: 'SECONDS', description: 'longest time for one build' }),
  'report-dir': Flags.string({
    helpValue: 'DIR',
    description: 'where failure reports go; by default in the state directory',
  }),
  report: Flags.boolean({ default: true, allowNo: true, description: 'write failure reports' }),
  sign: Flags.string({
    helpValue: 'KEY',
    env: 'BOOTPLAN_SIGN_KEY',
    description: 'sign the archives with this key of gpg',
  }),
  events: Flags.string({
    helpValue: 'FILE',
    description: 'write each event there as well, a JSON object a line; - is stdout',
  }),
};

/** The same, parsed. */
export interface RunFlags extends ProjectFlags, ClusterFlags {
  readonly jobs: number | undefined;
  readonly cores: number | undefined;
  readonly memory: string | undefined;
  readonly 'keep-going': boolean | undefined;
  readonly 'dry-run': boolean;
  readonly phase: string[] | undefined;
  readonly package: string[] | undefined;
  readonly from: string | undefined;
  readonly replan: boolean;
  /** Seconds, as the flags have it. */
  readonly timeout: number;
  readonly 'report-dir': string | undefined;
  readonly report: boolean;
  readonly events: string | undefined;
  readonly sign: string | undefined;
  readonly rounds?: number;
}

/**
 * The sources that a command names, when it leaves the overrides to the usual file; otherwise it asks for all of them.
 */
export function overridesAsked({ builds }: Plan, flags: RunFlags): ReadonlySet<string> | undefined {
  if (flags.overrides !== undefined || flags['no-overrides'] === true || flags.replan) return undefined;
  const names = new Set<string>([...(flags.package ?? []), flags.from ?? ''].map((name) => partsOf(name).build));
  return new Set(builds.filter(({ id, source }) => names.has(id) || names.has(source)).map(({ source }) => source));
}

import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { namedBuild } from '../build-id.ts';
import { ProjectCommand, projectFlags, projectWords } from '../command-line/project-command.ts';
import { exitCode } from '../errors.ts';
import type { AdoptedAnswer } from '../reports/run/adopted.ts';

export default class Adopt extends ProjectCommand {
  static override summary = 'Take packages that were built elsewhere for builds of the plan, into the right archive.';
  static override description =
    `For builds of Debian sources that a build daemon, or somebody with sbuild, has done. Checksums, source, version,
profiles, packages and, from the .buildinfo, what was installed are held against the plan. All of it is taken, or none.

Exit code: 0 when everything is taken, 65 when something does not fit.`;

  static override examples = [
    {
      description: 'What sbuild has left in a directory',
      command:
        '<%= config.bin %> adopt results/ --packages Packages.xz --sources Sources.xz --targets hello --others available',
    },
    {
      description: 'One build, of which the plan has several that look alike',
      command: "<%= config.bin %> adopt krb5_1.20.1-2+bp1_amd64.changes --build 'krb5#2' --from-apt --targets krb5",
    },
  ];

  static override strict = false;
  static override args = {
    changes: Args.string({
      ignoreStdin: true,
      required: true,
      description: '.changes files, or directories that hold some; the files that they name lie beside them',
    }),
  };

  static override flags = {
    ...projectFlags,
    build: Flags.string({ helpValue: 'BUILD', description: 'the build of the plan that it is' }),
    replan: Flags.boolean({
      description: 'take a plan that is not the one begun here; finished builds that both have stay',
    }),
    sign: Flags.string({
      helpValue: 'KEY',
      env: 'BOOTPLAN_SIGN_KEY',
      description: 'sign the archives with this key of gpg',
    }),
  };

  async run(): Promise<AdoptedAnswer> {
    const { argv, flags } = await this.parse(Adopt);
    this.begin(flags);
    const { adopt } = await import('../application/run/adopt.ts');
    const { withSessions } = await import('../application/run/sessions.ts');
    const { selectedOf } = await import('../application/run/wanted-builds.ts');
    const { limitsOf } = await import('../application/run/resource-limits.ts');
    const { adoptedText } = await import('../reports/run/adopted.ts');
    const [one] = selectedOf([await this.prepare(flags)], { phase: undefined, package: undefined, from: undefined });
    const limits = limitsOf({ jobs: 1, cores: undefined, memory: undefined });
    const { replan, sign } = flags;
    const build = flags.build === undefined ? undefined : namedBuild(flags.build);
    const sessions = {
      command: `bootplan ${this.id}`,
      limits,
      cluster: undefined,
      keepGoing: true,
      replan,
      quiet: this.quiet,
      openEvents: () => undefined,
      ended: ({ signal }: { readonly signal: unknown }) => {
        if (signal !== undefined) this.exitWith(exitCode.interrupted);
      },
    };
    return withSessions([one!], sessions, this, async ([working], shared) => {
      const request = { from: argv as string[], build, replan, signKey: sign, limits, words: projectWords(flags) };
      const result = await adopt(working!, request, shared, this);
      this.data(adoptedText(result));
      return result;
    });
  }
}

import { Args, Flags } from '@oclif/core';
import { answersFor, solveFlags, sourceNamed } from '../application/analyse.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { inputFlags, loadUniverse, requestOf } from '../command-line/input-flags.ts';
import { Bug } from '../errors.ts';
import type { Explained } from '../reports/explain.ts';

export default class Explain extends BaseCommand {
  static override summary = 'Why is a source where it is, which line would change that, and what would it free?';
  static override description =
    `For a source in a cycle: the shortest cycle through it, step by step, who could break it and how. For one that
waits: for what. For any other: where the plan builds it, and why there. Every step is checked against the metadata
before it is printed. docs/explain.md has the details.`;
  static override examples = [
    {
      description: 'Why graphviz is in a cycle, and what its maintainer could change',
      command: '<%= config.bin %> <%= command.id %> graphviz --packages Packages.xz --sources Sources.xz',
    },
    {
      description: 'The text of a bug report about it; nothing is sent',
      command: '<%= config.bin %> <%= command.id %> graphviz --packages Packages.xz --sources Sources.xz --bug',
    },
  ];
  static override args = {
    source: Args.string({ ignoreStdin: true, required: true, description: 'a source package, with or without src:' }),
  };
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    plan: Flags.file({ helpValue: 'FILE', description: 'tell places in this plan, instead of solving' }),
    bug: Flags.boolean({ description: 'print a bug report for its maintainer instead' }),
  };

  async run(): Promise<Explained> {
    const { args, flags } = await this.parse(Explain);
    this.begin(flags);
    const { universe, diagnostics } = await loadUniverse(requestOf(flags));
    this.remarks(diagnostics);
    const source = await sourceNamed(universe, args.source);
    const { resolve } = await import('../solver/graph/resolve.ts');
    const { explain, groundOf } = await import('../solver/explain/explain.ts');
    const { chainChecker } = await import('../solver/explain/verify-chain.ts');
    const { placesOf } = await import('../stages/place.ts');
    const { readPlan } = await import('../stages/plan-file.ts');
    const { bugText, explainText } = await import('../reports/explain.ts');
    const answers =
      flags.plan === undefined ? await answersFor(universe, { timeLimitSeconds: flags['time-limit'] }) : undefined;
    const plan = answers?.plan ?? readPlan(flags.plan!);
    const explanation = explain(groundOf(answers?.resolved ?? resolve(universe)), source);
    const wrong = chainChecker(universe)(explanation.chain);
    if (wrong.length > 0) throw new Bug(`the explanation of ${args.source} is not confirmed: ${wrong.join('; ')}`);
    const stages = explanation.breakers.flatMap((b) => b.stages.map((k) => `${b.source}<stage${k}>`));
    const used = stages.filter((id) => plan.builds.some((b) => b.id === id));
    const explained = { ...explanation, places: placesOf(plan, explanation.source), used };
    this.data(flags.bug ? bugText(explained) : explainText(explained));
    return explained;
  }
}

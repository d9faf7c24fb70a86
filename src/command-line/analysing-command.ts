/** What every command shares that reads metadata and answers about it. */
import type { Interfaces } from '@oclif/core';
import { listenToPhases } from '../application/output/phase.ts';
import { phaseLineOn } from '../application/output/phase-line.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import type { ByName, Universe } from '../model.ts';
import { BaseCommand } from './base-command.ts';
import { addedWords, setDefaults } from './defaults.ts';
import { startOf } from './words-first.ts';

/** A command of that kind. */
export abstract class AnalysingCommand extends BaseCommand {
  /** An archive takes seconds: a terminal shows what is being done meanwhile. */
  protected override begin(flags: Parameters<BaseCommand['begin']>[0]): void {
    super.begin(flags);
    const line = phaseLineOn(process.stderr, this.quiet);
    this.clear = () => line.done();
    listenToPhases((doing) => line.tell(doing));
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.clear();
    await super.finally(error);
  }

  /** What the command line does not give comes from the environment, or from bootplan.yaml. */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options?: Interfaces.Input<F, B, A>, argv = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const { flags = {} } = this.ctor as unknown as { flags?: ByName<unknown> };
    const set = await setDefaults(startOf(argv), process.env);
    return super.parse(options, [...addedWords(argv, flags, set), ...argv]);
  }

  /**
   * The universe that was asked for; what is remarkable about it is said.
   *
   * @param once nothing is kept for a second question: of a whole archive that costs a tenth of the first
   */
  protected async universe(request: InputRequest, once = false): Promise<Universe> {
    const { loadUniverse } = await import('../application/universe/load-universe.ts');
    const { universe, diagnostics } = await loadUniverse(request, once);
    this.remarks(diagnostics);
    return universe;
  }
}

/** What every command shares that reads metadata and answers about it. */
import type { InputRequest } from '../metadata/universe/read.ts';
import type { Universe } from '../model.ts';
import { BaseCommand } from './base-command.ts';

export abstract class AnalysingCommand extends BaseCommand {
  /** The universe that was asked for; what is remarkable about it is said. */
  protected async universe(request: InputRequest): Promise<Universe> {
    const { loadUniverse } = await import('../application/load-universe.ts');
    const { universe, diagnostics } = await loadUniverse(request);
    this.remarks(diagnostics);
    return universe;
  }
}

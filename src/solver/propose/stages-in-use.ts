/** The stages that a proposal's plan uses and nobody has declared under that name, and the numbers that they get. */

import type { Solution, Source, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { Edited } from './edited-universe.ts';

/** The last stage that a source declares under that name; 0 when it declares none. */
export const lastDeclared = ({ variants }: Source): number => variants.filter((v) => v.assumed !== true).at(-1)!.stage;

/** The stages that the plan uses and nobody has declared, numbered from the first number that is free. */
export class StagesInUse {
  private readonly bySource: ReadonlyMap<SourceName, ReadonlyMap<number, number>>;
  private readonly declared: ReadonlyMap<string, number>;

  constructor({ sources }: Universe, { made }: Edited, { choices }: Solution) {
    this.declared = new Map(sources.map((s) => [s.name, lastDeclared(s)]));
    const used = Map.groupBy(choices, (c) => c.source);
    this.bySource = new Map(
      sources.flatMap((s, i) => {
        const own = (used.get(s.name) ?? [])
          .map((c) => c.stage)
          .filter((stage) => made.get(i)?.has(stage) || s.variants.find((v) => v.stage === stage)?.assumed)
          .sort((a, b) => a - b);
        return own.length === 0
          ? []
          : [[s.name, new Map(own.map((stage, k) => [stage, lastDeclared(s) + 1 + k]))] as const];
      }),
    );
  }

  /** Sources that have such stages. */
  get sources(): Iterable<SourceName> {
    return this.bySource.keys();
  }

  /** The numbers that the plan has, ascending. */
  of(source: SourceName): readonly number[] {
    return [...(this.bySource.get(source)?.keys() ?? [])];
  }

  numberOf(source: SourceName, stage: number): number {
    return this.bySource.get(source)?.get(stage) ?? stage;
  }

  isDeclared(source: SourceName, stage: number): boolean {
    return stage <= this.declared.get(source)!;
  }
}

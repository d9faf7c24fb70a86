/** Counts, for each stage, the builds of a run that have not ended. */
import type { PlannedBuild } from '../../model.ts';

interface Left {
  readonly open: number;
  readonly built: number;
  readonly failed: number;
}

/** Counts the builds of each stage that have not ended. */
export class StagesLeft {
  private readonly stages = new Map<number, Left>();

  /** One more that has to end. */
  expect({ stage }: PlannedBuild): void {
    const left = this.stages.get(stage) ?? { open: 0, built: 0, failed: 0 };
    this.stages.set(stage, { ...left, open: left.open + 1 });
  }

  /** One has ended. Tells how its stage came out when it was the last of it; full builds are no stage. */
  ended({ stage }: PlannedBuild, ok: boolean): Left | undefined {
    const { open, built, failed } = this.stages.get(stage)!;
    const left = { open: open - 1, built: built + (ok ? 1 : 0), failed: failed + (ok ? 0 : 1) };
    this.stages.set(stage, left);
    return stage > 0 && left.open === 0 ? left : undefined;
  }
}

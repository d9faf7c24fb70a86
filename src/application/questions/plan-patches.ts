/** `plan --format patches`: the lines that its wishes would condition, as patches, and what no line can do. */
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { AllWishes } from '../../reports/plan/plan-annotations.ts';
import { planPatchesText } from '../../reports/plan/plan-patches.ts';
import { wishIsSupply } from '../../reports/plan/wishes.ts';
import { type ConditionedSource, controlPatches, writeTexts } from './control-patches.ts';

/** @returns what is told of it */
export async function writePlanPatches(
  directory: string,
  request: InputRequest,
  { wishes, stuck }: AllWishes,
): Promise<string> {
  const isSupply = (w: AllWishes['wishes'][number]) => wishIsSupply(w) || stuck.has(w.source);
  const sources = wishes
    .filter((w) => !isSupply(w))
    .map(({ archive, profile, drops }): ConditionedSource => {
      return { source: archive, lines: drops.map(({ group }) => ({ group, profile })) };
    });
  const patches = await controlPatches(request, sources);
  writeTexts(directory, 'patch', new Map([...patches].map(([name, { patch }]) => [name, patch])));
  const supplied = [...new Set(wishes.filter(isSupply).map((w) => w.archive))];
  return planPatchesText(directory, [...patches.keys()], supplied);
}

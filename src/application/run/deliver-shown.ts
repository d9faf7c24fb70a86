/** The image of one architecture, made and started while a person watches. */
import { unlessInterrupted } from '../../errors.ts';
import type { ArchitectureSummary } from '../../reports/run/run-summary.ts';
import { startLine } from '../../runner/boot/qemu.ts';
import { type Ending, heeding } from '../../runner/heeding.ts';
import type { View } from '../output/run-view.ts';
import { deliverBoot, deliverImage } from './deliver.ts';
import type { Working } from './sessions.ts';

/** @param variant undefined for the image itself @param boot whether it is started and judged */
export async function deliverShown(
  { prepared, session }: Working,
  { variant, boot }: { readonly variant: string | undefined; readonly boot: boolean },
  ending: Ending,
  view: View,
): Promise<Partial<ArchitectureSummary>> {
  const where = prepared.label === undefined ? '' : ` for ${prepared.label}`;
  const image = `the image${where}`;
  view.say(`making ${image}`);
  const making = heeding(ending, () => deliverImage(session, prepared, variant, ending.kill)).catch(unlessInterrupted);
  const made = await view.during(image, 'make', making);
  if (made === undefined) return {};
  const { path, sha256, bytes, architecture, firmware, kernel } = made;
  const start = startLine({ image: path, architecture, firmware, mebibytes: 512 });
  const from = kernel.from === 'seed' ? 'seed, not built from source here' : 'built from source';
  const tests = made.guestBuild === null ? 'tests itself' : `builds ${made.guestBuild.source} again`;
  if (boot) view.say(`starting ${image}, which ${tests}`);
  const shown = { path, sha256, bytes, kernel: `${kernel.name} ${kernel.version} (${from})`, start };
  const booting = () => heeding(ending, () => deliverBoot(session, made, ending.kill)).catch(unlessInterrupted);
  const verdict = boot ? await view.during(image, 'boot', booting()) : undefined;
  return {
    image: shown,
    boot: verdict
      ? {
          verdict: verdict.verdict,
          cause: verdict.cause,
          fix: verdict.fix.join('; '),
          guestBuild: verdict.guestBuild,
          seconds: verdict.seconds,
        }
      : null,
  };
}

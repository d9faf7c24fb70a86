/**
 * What a plan wishes for, declared: an annotation file with which the same command line has a plan without wishes. A
 * stage leaves out exactly what its wish does; what every build needs unsaid no stage can leave out, so that is
 * supplied.
 */
import { byteOrder } from '../../order.ts';
import type { Wish } from '../../solver/explain/wishes.ts';
import { wishIsSupply } from './wishes.ts';

const quoted = (text: string): string => JSON.stringify(text);

/** What a plan wishes for. */
export interface AllWishes {
  /** Each with the source of the archive that it is a part of. */
  readonly wishes: readonly (Wish & { readonly archive: string })[];
  /** Sources that get no full build although all of this is granted. */
  readonly stuck: ReadonlySet<string>;
}

interface Declared {
  readonly profiles: ReadonlySet<string>;
  readonly drops: ReadonlySet<string>;
}

/**
 * The lines of one source, of whose parts several may be wished for. What stays stuck itself is never built in full:
 * with a stage of it all that needs it would stay tainted for ever.
 */
function linesOf(wishes: readonly Wish[], stuck: ReadonlySet<string>): readonly string[] {
  if (wishes.some((wish) => wishIsSupply(wish) || stuck.has(wish.source))) return ['  supply: cross'];
  const stages = new Map<number, Declared>();
  for (const { stage, declared, profile, drops } of wishes) {
    const known = stages.get(stage);
    stages.set(stage, {
      profiles: new Set([...(known?.profiles ?? []), ...(declared ? [] : [profile])]),
      drops: new Set([...(known?.drops ?? []), ...drops.map(({ group }) => group)]),
    });
  }
  const list = (words: ReadonlySet<string>): string => `[${[...words].map(quoted).join(', ')}]`;
  return [...stages]
    .sort(([a], [b]) => a - b)
    .flatMap(([stage, { profiles, drops }]) => [
      ...(profiles.size > 0 ? [`  stage${stage}: ${list(profiles)}`] : []),
      `  stage${stage}-drops: ${list(drops)}`,
    ]);
}

/** The file. */
export function planAnnotations({ wishes, stuck }: AllWishes): string {
  const head = '# What a plan wished for; give it to the same command line: bootplan plan ... --annotations FILE\n';
  const note =
    stuck.size > 0 ? `# No full build all the same, for want of what nothing provides: ${[...stuck].join(', ')}\n` : '';
  if (wishes.length === 0) return `${head}${note}{}\n`;
  const sources = [...Map.groupBy(wishes, ({ archive }) => archive)].sort(([a], [b]) => byteOrder(a, b));
  return (
    head + note + sources.map(([source, all]) => `${quoted(source)}:\n${linesOf(all, stuck).join('\n')}\n`).join('')
  );
}

/** What nobody has declared yet, in words: what to drop, the line that says so in both notations, what it frees. */
import { visible } from '../diagnostics.ts';
import type { Purpose } from '../solver/explain/plausibility.ts';
import type { Wish } from '../solver/explain/wishes.ts';

const purposeWords: Readonly<Record<Purpose, string>> = {
  documentation: 'documentation',
  tests: 'tests',
  bindings: 'bindings of another language',
  biarch: 'another ABI of the same machine',
  other: 'purpose unknown',
};

export const purposeOf = (purpose: Purpose): string => purposeWords[purpose];

const counted = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** What declaring it frees: alone, and at most, as an interval where the two differ. */
export function worth({ alone, together }: Wish): string {
  if (together === null || together === alone) return `frees ${counted(alone, 'source')}`;
  return `frees ${alone} alone, ${counted(together, 'source')} together with the others`;
}

/** A wish with more drops than these helps nobody; the rest is counted. */
const shownDrops = 6;

/** The lines to add, in both notations, and what to know about their profiles. */
export function wishLines(wish: Wish): readonly string[] {
  if (wish.drops.length === 0) return ['nothing has to be dropped: what it needs can be had'];
  const where = wish.declared ? `reduce stage ${wish.stage} further` : `declare stage ${wish.stage}`;
  const profiles = [...new Set(wish.drops.map((d) => d.profile).filter((p) => p !== ''))];
  const left = wish.drops.length - shownDrops;
  const everyDropHasOne = profiles.length > 0 && wish.drops.every((d) => d.profile !== '');
  return [
    `${where}; as a field`,
    `  ${visible(wish.field)}`,
    'or as profiles in Build-Depends',
    ...wish.drops
      .slice(0, shownDrops)
      .flatMap((d) => [`  - ${visible(d.group)},`, `  + ${visible(d.conditional)},   (${purposeOf(d.purpose)})`]),
    ...(left > 0 ? [`  ... and ${left} more like these: break another cycle first, or see --json`] : []),
    ...(wish.registered
      ? []
      : [`${visible(wish.profile)} is not a registered profile name; debian-devel has to agree to it`]),
    ...(everyDropHasOne
      ? [
          `${profiles.map((p) => `<!${p}>`).join(' and ')} would do too, with this in an annotations file:`,
          `  ${visible(wish.source)}: {stage${wish.stage}: [${profiles.join(', ')}]}`,
        ]
      : []),
  ];
}

/** The ranked list: ten, and how many more there are. */
export function wishList(wishes: readonly Wish[], all: boolean): readonly string[] {
  const shown = all ? wishes : wishes.slice(0, 10);
  const width = shown.reduce((widest, w) => Math.max(widest, visible(w.source).length), 0);
  const rows = shown.map((w, i) => {
    const without = w.drops.slice(0, 3).map((d) => visible(d.binary || d.group));
    const more = w.drops.length > 3 ? ` and ${w.drops.length - 3} more` : '';
    const number = `${i + 1}.`.padStart(4);
    return `${number} ${visible(w.source).padEnd(width)}  ${worth(w)}; without ${without.join(', ')}${more} (${purposeOf(w.purpose)})`;
  });
  const left = wishes.length - shown.length;
  return left > 0 ? [...rows, `     ... and ${left} more; --all shows them`] : rows;
}

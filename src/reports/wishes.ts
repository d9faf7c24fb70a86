/** What nobody has declared yet, in words: what to drop, the line that says so in both notations, what it frees. */
import { visible } from '../diagnostics.ts';
import type { Purpose } from '../solver/explain/plausibility.ts';
import type { Wish } from '../solver/explain/wishes.ts';
import { counted, number } from './count.ts';
import { paragraph } from './paragraph.ts';

const purposeWords: Readonly<Record<Purpose, string>> = {
  documentation: 'documentation',
  tests: 'tests',
  bindings: 'bindings of another language',
  biarch: 'another ABI of the same machine',
  other: '',
};

/** In words; '' where nothing is known of it. */
export const purposeOf = (purpose: Purpose): string => purposeWords[purpose];

/** What declaring it frees alone, and how many stay stuck when all others are declared and it is not. */
export function worth({ alone, together }: Wish): string {
  if (together === null || together === alone) return `frees ${counted(alone, 'source')}`;
  const without = `without it ${counted(together, 'source')} ${together === 1 ? 'stays' : 'stay'} stuck`;
  return alone === 0 ? without : `frees ${counted(alone, 'source')} alone; ${without}`;
}

/** A wish with more drops than these helps nobody; the rest is counted. */
const shownDrops = 6;

/** The lines to add, in both notations, and what to know about their profiles. */
export function wishLines(wish: Wish): readonly string[] {
  if (wish.drops.length === 0) return ['nothing has to be dropped: what it needs can be had'];
  const [implied, drops] = [
    wish.drops.filter((d) => d.conditional === ''),
    wish.drops.filter((d) => d.conditional !== ''),
  ];
  const unsaid =
    implied.length === 0
      ? []
      : paragraph(
          `every build needs ${implied.map((d) => visible(d.binary || d.group)).join(', ')}: no line drops that, only a seed can have it`,
        );
  if (drops.length === 0) return unsaid;
  const covered = wish.declaredProfiles.length > 0 ? drops.filter((d) => d.declaredBy !== '') : [];
  if (covered.length === drops.length) return [...declaredLines(wish, covered), ...unsaid];
  const where = wish.declared ? `reduce stage ${wish.stage} further` : `declare stage ${wish.stage}`;
  const profiles = [...new Set(drops.map((d) => d.profile).filter((p) => p !== ''))];
  const left = drops.length - shownDrops;
  const everyDropHasOne = profiles.length > 0 && drops.every((d) => d.profile !== '');
  return [
    ...(covered.length > 0 ? [...declaredLines(wish, covered), 'for the rest, or for all of it:'] : []),
    `${where}; as a field`,
    `  ${visible(wish.field)}`,
    'or as profiles in Build-Depends',
    ...drops
      .slice(0, shownDrops)
      .flatMap((d) => [
        `  - ${visible(d.group)},`,
        `  + ${visible(d.conditional)},${d.purpose === 'other' ? '' : `   (${purposeOf(d.purpose)})`}`,
      ]),
    ...(left > 0 ? [`  ... and ${number(left)} more like these: break another cycle first, or see --json`] : []),
    ...(wish.registered
      ? []
      : [`${visible(wish.profile)} is not a registered profile name; debian-devel has to agree to it`]),
    ...(!wish.declared && wish.stage <= 2 && wish.profile !== `stage${wish.stage}`
      ? [`<!stage${wish.stage}> is read as the same stage; Debian asks for the private name`]
      : []),
    ...(everyDropHasOne
      ? [
          `${profiles.map((p) => `<!${p}>`).join(' and ')} would do too, with this in an annotations file:`,
          `  ${visible(wish.source)}: {stage${wish.stage}: [${profiles.join(', ')}]}`,
        ]
      : []),
    ...unsaid,
  ];
}

/** Profiles that the source declares already come before anything new. */
function declaredLines(wish: Wish, drops: readonly Wish['drops'][number][]): readonly string[] {
  const names = wish.declaredProfiles.map((p) => visible(p)).join(' and ');
  const few = drops.slice(0, shownDrops).map((d) => visible(d.group));
  const more = drops.length > few.length ? ` and ${number(drops.length - few.length)} more` : '';
  return [
    ...paragraph(
      `src:${visible(wish.source)} declares ${names}, which leaves out ${few.join(', ')}${more}; an annotations file makes it a stage:`,
    ),
    `  ${visible(wish.annotation)}`,
  ];
}

/** The ranked list: ten, and how many more there are. Several groups may come down to one binary, which is named once. */
export function wishList(wishes: readonly Wish[], all: boolean): readonly string[] {
  const shown = all ? wishes : wishes.slice(0, 10);
  const width = shown.reduce((widest, w) => Math.max(widest, visible(w.source).length), 0);
  const rows = shown.flatMap((w, i) => {
    const names = [...new Set(w.drops.map((d) => visible(d.binary || d.group)))];
    const more = names.length > 3 ? ` and ${number(names.length - 3)} more` : '';
    const dropped = names.length === 0 ? 'nothing' : `${names.slice(0, 3).join(', ')}${more}`;
    const purpose = w.purpose === 'other' ? '' : ` (${purposeOf(w.purpose)})`;
    const first = `${`${i + 1}.`.padStart(4)} ${visible(w.source).padEnd(width)}  `;
    return paragraph(`drop ${dropped}${purpose}; ${worth(w)}`, { first, rest: ' '.repeat(first.length) });
  });
  const left = wishes.length - shown.length;
  return left > 0 ? [...rows, `     ... and ${number(left)} more; --all shows them`] : rows;
}

/** Whether no stage can be what is wished: it would have to do without what every build needs unsaid. */
export const wishIsSupply = ({ drops }: Pick<Wish, 'drops'>): boolean =>
  drops.length === 0 || drops.some(({ conditional }) => conditional === '');

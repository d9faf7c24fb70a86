/** What nobody has declared yet, in words: what to drop, the line that says so in both notations, what it frees. */
import { visible } from '../../diagnostics.ts';
import type { Purpose } from '../../solver/explain/plausibility.ts';
import type { Wish } from '../../solver/explain/wishes.ts';
import { counted, namesAndMore, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';

const purposeWords: Readonly<Record<Purpose, string>> = {
  documentation: 'documentation',
  tests: 'tests',
  bindings: 'bindings of another language',
  biarch: 'another ABI of the same machine',
  other: '',
};

/** Purposes, the most plausible first. */
export const plausible: readonly string[] = Object.keys(purposeWords);

/** In words; '' where nothing is known of it. */
export const purposeOf = (purpose: Purpose): string => purposeWords[purpose];

/** What declaring it frees alone, and how many stay stuck when all others are declared and it is not. */
export function worth({ alone, together }: Wish): string {
  if (together === null || together === alone) return `frees ${counted(alone, 'source')}`;
  const without = `without it ${counted(together, 'source')} ${together === 1 ? 'stays' : 'stay'} stuck`;
  return alone === 0 ? without : `frees ${counted(alone, 'source')} alone; ${without}`;
}

/** A wish with more drops than these helps nobody; the rest is counted. */
const shownDrops = 4;
/** Lines of a field that are shown; the rest is counted, so that a wish fits a screen. */
const shownFieldLines = 6;

/**
 * Whether nothing but copies from outside will do: a stage would have to do without what no source is built without.
 */
export const wishIsSupply = ({ drops, undroppable }: Pick<Wish, 'drops' | 'undroppable'>): boolean =>
  drops.length === 0 || undroppable.length > 0 || drops.some(({ conditional }) => conditional === undefined);

const firstThree = (names: readonly string[]): string => namesAndMore(names.map(visible));

/** What to do where dropping is no answer. */
const supplyLines = ({ source, undroppable }: Wish): readonly string[] => [
  ...paragraph(
    `a stage is not plausible: it would have to drop ${firstThree(undroppable)}; cross-build it, or supply it, which an annotations file says:`,
  ),
  `  ${visible(source)}: {supply: cross}`,
];

/** The field, folded at commas as deb822 allows, so that it can be copied. */
function fieldLines(field: string): readonly string[] {
  const lines = paragraph(visible(field), { rest: '  ' });
  const left = lines.length - shownFieldLines;
  return left > 1 ? [...lines.slice(0, shownFieldLines), `  ... and ${number(left)} lines more, see --json`] : lines;
}

/** The lines to add, in both notations, and what to know about their profiles. */
export function wishLines(wish: Wish): readonly string[] {
  if (wish.drops.length === 0) return ['nothing has to be dropped: what it needs can be had'];
  if (wish.undroppable.length > 0) return supplyLines(wish);
  const [implied, drops] = [
    wish.drops.filter((d) => d.conditional === undefined),
    wish.drops.filter((d) => d.conditional !== undefined),
  ];
  const unsaid =
    implied.length === 0
      ? []
      : paragraph(
          `every build needs ${implied.map((d) => visible(d.binary ?? d.group)).join(', ')}: no line drops that, only a seed can have it`,
        );
  if (drops.length === 0) return unsaid;
  const covered = wish.declaredProfiles.length > 0 ? drops.filter((d) => d.declaredBy !== undefined) : [];
  if (covered.length === drops.length) return [...declaredLines(wish, covered), ...unsaid];
  const where = wish.declared ? `reduce stage ${wish.stage} further` : `declare stage ${wish.stage}`;
  const profiles = [...new Set(drops.flatMap((d) => d.profile ?? []))];
  const left = drops.length - shownDrops;
  const everyDropHasOne = profiles.length > 0 && drops.every((d) => d.profile !== undefined);
  const byProfiles = wish.notation === 'profiles' || wish.notation === 'any';
  return [
    ...(covered.length > 0 ? [...declaredLines(wish, covered), 'for the rest, or for all of it:'] : []),
    ...(wish.notation === 'annotation' ? annotationLines(wish) : []),
    ...(wish.notation === 'field' || wish.notation === 'any'
      ? [`${where}; as a field`, ...fieldLines(wish.field).map((l) => `  ${l}`)]
      : []),
    ...(byProfiles ? [wish.notation === 'any' ? 'or as profiles in Build-Depends' : `${where}; in Build-Depends`] : []),
    ...(byProfiles ? drops.slice(0, shownDrops) : []).flatMap((d) => [
      `  - ${visible(d.line)},`,
      `  + ${visible(d.conditional ?? '')},${d.purpose === 'other' ? '' : `   (${purposeOf(d.purpose)})`}`,
    ]),
    ...(byProfiles && left > 0
      ? [`  ... and ${number(left)} more like these: break another cycle first, or see --json`]
      : []),
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

/** The same of a plan for another architecture: cross builds have no stages, and a profile of their own. */
export function crossedWishLines(wish: Wish): readonly string[] {
  if (wish.drops.length === 0 || wish.undroppable.length > 0) return wishLines(wish);
  const withoutCross = (line: string): string =>
    /<[^<>]*>/.test(line) ? line.replace(/<([^<>]*)>/g, '<$1 !cross>') : `${line} <!cross>`;
  const left = wish.drops.length - shownDrops;
  return [
    'a cross build has no stages: leave it out of cross builds, in Build-Depends',
    ...wish.drops.slice(0, shownDrops).flatMap(({ line, group }) => {
      const written = visible(line || group);
      return [`  - ${written},`, `  + ${withoutCross(written)},`];
    }),
    ...(left > 0 ? [`  ... and ${number(left)} more like these`] : []),
    'and what needs it out of the steps, under `cross` of the recipe',
  ];
}

/** A stage that an annotation makes is reduced where it is made. */
const annotationLines = ({ source, stage, drops }: Wish): readonly string[] => [
  `reduce stage ${stage} further, in the annotations file that declares it:`,
  ...paragraph(
    `${visible(source)}: {stage${stage}-drops: [${drops.map(({ group }) => JSON.stringify(visible(group))).join(', ')}]}`,
    { first: '  ', rest: '    ' },
  ),
];

/** Profiles that the source declares already come before anything new. */
function declaredLines(wish: Wish, drops: readonly Wish['drops'][number][]): readonly string[] {
  const names = wish.declaredProfiles.map((p) => visible(p)).join(' and ');
  const few = namesAndMore(
    drops.map((d) => visible(d.group)),
    shownDrops,
  );
  return [
    ...paragraph(
      `src:${visible(wish.source)} declares ${names}, which leaves out ${few}; an annotations file makes it a stage:`,
    ),
    `  ${visible(wish.annotation ?? '')}`,
  ];
}

function whatToDo({ drops, undroppable, purpose }: Wish): string {
  if (undroppable.length > 0)
    return `cross-build or supply it (no build of it goes without ${firstThree(undroppable)})`;
  const names = [...new Set(drops.map((d) => d.binary ?? d.group))];
  const why = purpose === 'other' ? '' : ` (${purposeOf(purpose)})`;
  return `drop ${names.length === 0 ? 'nothing' : firstThree(names)}${why}`;
}

/**
 * The ranked list: ten, and how many more there are. Several groups may come down to one binary, which is named once.
 */
export function wishList(wishes: readonly Wish[], all: boolean): readonly string[] {
  const shown = all ? wishes : wishes.slice(0, 10);
  const width = shown.reduce((widest, w) => Math.max(widest, visible(w.source).length), 0);
  const rows = shown.flatMap((w, i) => {
    const first = `${`${i + 1}.`.padStart(4)} ${visible(w.source).padEnd(width)}  `;
    return paragraph(`${whatToDo(w)}; ${worth(w)}`, { first, rest: ' '.repeat(first.length) });
  });
  const left = wishes.length - shown.length;
  return left > 0 ? [...rows, `     ... and ${number(left)} more; --all shows them`] : rows;
}

/** One source explained: first the verdict, then the reason, then what to do. */
import { buildId } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import type { Breaker } from '../../solver/explain/explain.ts';
import type { Place } from '../../stages/place.ts';
import { shortageOf } from '../../text/shortage.ts';
import { chainLines, chainSentence } from '../writing/chain.ts';
import { counted, namesAndMore, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';
import { firstBug, firstSection, nothingPlausible, saysNothingPlausible } from './explain-first.ts';
import type { Explained } from './explained.ts';
import { remedyOfSet } from './stuck.ts';
import { plausible, purposeOf, wishLines } from './wishes.ts';

function verdict(e: Explained): string {
  const name = `src:${visible(e.source)} ${visible(e.version)}`;
  const missing = e.missing.map((m) => `  ${visible(m.group)}: ${visible(m.why)}`);
  if (e.scc !== null) {
    const scc = `the cycle ${visible(e.scc.id)} (${counted(e.scc.size)})`;
    return [
      `${name} is in ${scc}, ${e.stuck ? 'and nothing declared lets it be built' : 'which declared stages break'}.`,
    ]
      .concat(missing.length > 0 ? ['Besides, it cannot have', ...missing] : [])
      .join('\n');
  }
  if (e.place === 'missing')
    return [`${name} is in no cycle, but cannot be built, since it cannot have`, ...missing].join('\n');
  if (e.place === 'behind') return `${name} is in no cycle, but waits for a source that is stuck.`;
  return `${name} is in no cycle; nothing stands in its way.`;
}

function reason(e: Explained): readonly string[] {
  if (e.chain.length === 0) return [];
  const sentence = chainSentence(e.chain);
  const alone = e.chain[0]!.from === e.chain.at(-1)!.to && e.breakers.length === 1;
  const end =
    e.scc === null
      ? `src:${visible(e.source)} has to wait`
      : `${alone ? 'it cannot' : e.breakers.length === 2 ? 'neither can' : 'none of them can'} be built first`;
  return [...chainLines(e.chain).map((l) => `  ${l}`), '', ...paragraph(`Because ${sentence}, ${end}.`)];
}

const effect = (b: Breaker, e: Explained) =>
  e.scc !== null && b.leaving >= e.scc.size
    ? 'the whole cycle falls apart'
    : b.leaving > 0
      ? `${counted(b.leaving)} would leave the cycle`
      : 'other ways round the cycle remain';

function breaker(b: Breaker, e: Explained): string {
  const stages = b.stages.map((k) => {
    const used = e.used.includes(buildId(b.source, k));
    return `stage ${k}${used ? ' (used by the plan)' : ''}`;
  });
  const source = `src:${visible(b.source)}`;
  if (stages.length > 0)
    return `${source} builds without ${visible(b.binary)} in ${stages.join(', ')}: already declared`;
  if (e.first.undroppable.includes(b.binary)) return `${source} cannot: builds are made of ${visible(b.binary)}`;
  if (b.conditional === undefined)
    return `${source} cannot: every build needs ${visible(b.binary)}; a seed can have it`;
  const purpose = b.purpose === 'other' ? '' : `${purposeOf(b.purpose)}; `;
  return `${source}  ${visible(b.conditional)}  (${purpose}${effect(b, e)})`;
}

function place(p: Place): string {
  const taint = p.taintedBy.length > 0 ? `, tainted by ${namesAndMore(p.taintedBy.map(visible))}` : '';
  const after = p.waitsFor.length > 0 ? `, after ${namesAndMore(p.waitsFor.map(visible))}` : '';
  return `  ${visible(p.build)}: build ${number(p.position)} of ${number(p.of)}, wave ${p.wave}${after}, goes to ${visible(p.archive)}${taint}`;
}

/** Stages that are built in vain. */
const obstacleLines = (e: Explained): readonly string[] =>
  e.obstacles.flatMap(({ source, stage, binary, needs, annotation }) => [
    ...paragraph(
      `${visible(source)}<stage${stage}> is built, but its binaries (${visible(binary)}) are taken to need ${needs.map(visible).join(', ')} at run time as those of the full build do. Where they do not, an annotations file says so:`,
    ),
    `  ${visible(annotation)}`,
  ]);

/** What the source declares about itself, before anything new is proposed. */
function profileLines(e: Explained): readonly string[] {
  if (e.profiles.length === 0) return [];
  const width = e.profiles.reduce((widest, p) => Math.max(widest, visible(p.profile).length), 0);
  const rows = e.profiles.slice(0, 8).flatMap((p) => {
    const few = namesAndMore(p.leavesOut.map(visible), 4);
    const means = p.stage > 0 ? ` (stage ${p.stage})` : '';
    const first = `  ${visible(p.profile).padEnd(width)}  `;
    return paragraph(`without ${few}${means}`, { first, rest: ' '.repeat(first.length) });
  });
  return [
    `src:${visible(e.source)} declares profiles that leave out what is in the way:`,
    ...rows,
    ...(e.annotation === undefined ? [] : ['As a stage, in an annotations file:', `  ${visible(e.annotation)}`]),
  ];
}

/** What would let it be built now, and what that frees. */
function wishSection(e: Explained): readonly string[] {
  const { wish } = e;
  if (wish === null || e.place === 'behind') return [];
  const head = `To build src:${visible(e.source)} with what can be had now:`;
  const [remedy] = e.missing.flatMap(({ group, why }) => remedyOfSet(shortageOf(group, why)) ?? []);
  if (wish.drops.length === 0 && remedy !== undefined) return [head, `  ${remedy}`];
  // Said already, first of all.
  if (wish.undroppable.length > 0 && saysNothingPlausible(e)) return [];
  return [
    head,
    ...wishLines(wish).map((l) => `  ${l}`),
    wish.alone > 0 ? `That alone frees ${counted(wish.alone)}.` : 'Alone, that frees no other source.',
  ];
}

/** What is declared first, then the more plausible ones; last those who cannot. */
function fitness(b: Breaker, e: Explained): number {
  if (b.stages.length > 0) return -1;
  const cannot = b.conditional === undefined || e.first.undroppable.includes(b.binary);
  return cannot ? plausible.length : plausible.indexOf(b.purpose);
}

/** The explanation as a whole. */
export function explainText(e: Explained): string {
  const breakers = e.breakers
    .toSorted((a, b) => fitness(a, e) - fitness(b, e))
    .map((b, i) => `  ${i + 1}. ${breaker(b, e)}`);
  const waitsFor = e.place === 'behind' ? visible(e.chain.at(-1)?.to.slice(4) ?? '') : '';
  const plan = e.places.length > 0 ? ['In the plan:', ...e.places.map(place)] : ['It is not in the plan.'];
  const sections = [
    verdict(e)
      .split('\n')
      .flatMap((line) => paragraph(line, { rest: line.startsWith(' ') ? '    ' : '' })),
    firstSection(e),
    reason(e),
    breakers.length > 0 ? ['Who could break this cycle:', ...breakers] : [],
    profileLines(e),
    obstacleLines(e),
    waitsFor === '' ? [] : [`What would help there, on the same input: bootplan explain ${waitsFor}`],
    wishSection(e),
    plan,
  ];
  return `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;
}

/**
 * The text of a bug report, to be read, mended and sent by a human: pseudo-headers, the reason, the patch. Nothing is
 * asked of a maintainer whose source is in no cycle, or who has declared the break already.
 */
export function bugText(e: Explained): string {
  const [best] = e.first.lines.filter((l) => l.declaredBy.length === 0);
  if (best !== undefined && e.stuck) return firstBug(e, best);
  const dropped = e.breakers.find((b) => b.source === e.source);
  if (dropped === undefined) return `src:${visible(e.source)} is in no cycle: there is nothing to report.\n`;
  if (dropped.stages.length > 0) {
    const declared = `src:${visible(e.source)} builds without ${visible(dropped.binary)} in stage ${dropped.stages.join(', ')}`;
    return `${declared}: there is nothing to ask of its maintainer.\n`;
  }
  if (dropped.conditional === undefined)
    return `Every build needs ${visible(dropped.binary)}: there is nothing to ask of the maintainer of src:${visible(e.source)}.\n`;
  if (e.first.undroppable.includes(dropped.binary))
    return `${nothingPlausible(`src:${visible(e.source)}`).join('\n')}\n`;
  const others = e.breakers.filter((b) => b.source !== e.source && b.conditional !== undefined);
  const lines = [
    `Subject: ${visible(e.source)}: please allow building without ${visible(dropped.binary)}, to break a build dependency cycle`,
    '',
    `Source: ${visible(e.source)}`,
    `Version: ${visible(e.version)}`,
    'Severity: wishlist',
    'Tags: patch',
    '',
    'Dear maintainer,',
    '',
    `src:${visible(e.source)} is in a build dependency cycle${others.length > 0 ? '' : ' with itself'}:`,
    '',
    ...chainLines(e.chain).map((l) => `  ${l}`),
    '',
    ...paragraph(
      `Because ${chainSentence(e.chain)}, ${others.length === 0 ? 'it cannot' : others.length === 1 ? 'neither can' : 'none of them can'} be built first on a new architecture.`,
      { width: 80 },
    ),
    '',
    'A reduced build would break this cycle. In debian/control:',
    '',
    `  -  ${visible(dropped.group ?? '')},`,
    `  +  ${visible(dropped.conditional)},`,
    '',
    ...paragraph(
      'Please check that the package builds without it, and mark binary packages that are then missing with the same condition in Build-Profiles. Conditions that the line has already stay; the new one is added to each bracket.',
      { width: 80 },
    ),
    '',
    others.length > 0
      ? `The cycle could also be broken in ${others.map((b) => `src:${visible(b.source)} (${visible(b.binary)})`).join(', ')}.`
      : 'Nobody else can break this cycle.',
    '',
    'Thank you for maintaining it!',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Names of build-dependency fields: Debian's own, and the stage fields `Build-Depends-Bootstrap<N>` with their aliases.
 * What a field is called decides what it means; everything that reads or writes such fields asks here.
 */

/** Which builds a field is for: every build, or only that of the architecture-dependent or -independent binaries. */
export type FieldPart = '' | 'arch' | 'indep';

/** In the order in which their fields are read. */
export const fieldParts: readonly FieldPart[] = ['', 'arch', 'indep'];

/** Suffix of a field name for a part, for example `-Indep`. */
export const partSuffix = (part: FieldPart): string => (part === '' ? '' : part === 'arch' ? '-Arch' : '-Indep');

/** What the name of a field says. */
export interface BuildField {
  readonly kind: 'depends' | 'conflicts';
  readonly part: FieldPart;
  /** 0 for the full build. */
  readonly stage: number;
  /** An older name; the field is read, with a warning. */
  readonly alias: boolean;
}

const plain = /^build-(depends|conflicts)(?:-(arch|indep))?$/;
const staged = /^(x[sbc]*-)?build-depends(?:-(arch|indep))?(?:-(bootstrap|stage)|(?=\d))(\d+)(?:-(arch|indep))?$/;

/** What every such name begins with. */
const [letterB, letterX] = [98, 120];

/**
 * What a field is, by its lower-case name; undefined when it declares no build dependencies; a text when it tries to,
 * but its name is wrong. The field proper is `Build-Depends-Bootstrap<N>`, or `XS-Build-Depends-Bootstrap<N>` in
 * debian/control, where dpkg strips the prefix; `-Arch` and `-Indep` may stand before or after `Bootstrap<N>`.
 */
export function buildFieldOf(name: string): BuildField | string | undefined {
  const first = name.charCodeAt(0);
  if ((first !== letterB && first !== letterX) || !name.includes('build-')) return undefined;
  let field = understood.get(name);
  if (field === undefined && !understood.has(name)) {
    field = understand(name);
    understood.set(name, field);
  }
  return field;
}

/** Names asked about before: an archive repeats a few of them for each of its sources. */
const understood = new Map<string, BuildField | string | undefined>();

function understand(name: string): BuildField | string | undefined {
  const own = plain.exec(name);
  if (own)
    return { kind: own[1] as 'depends' | 'conflicts', part: (own[2] ?? '') as FieldPart, stage: 0, alias: false };
  const match = staged.exec(name);
  if (!match)
    return /^(x[sbc]*-)?build-depends-?(bootstrap|stage)/.test(name) ? 'no stage number at its end' : undefined;
  const [, prefix, before, word, digits, after] = match;
  if (digits!.startsWith('0')) return 'stages count from 1, without leading zeros';
  if (before !== undefined && after !== undefined) return '-Arch or -Indep twice';
  const alias = word !== 'bootstrap' || (prefix !== undefined && !prefix.includes('s'));
  return { kind: 'depends', part: (before ?? after ?? '') as FieldPart, stage: Number(digits), alias };
}

/** The canonical name of a stage field. */
export const stageFieldName = (stage: number, part: FieldPart): string =>
  `Build-Depends-Bootstrap${stage}${partSuffix(part)}`;

/**
 * The profile that means stage k of a source. Debian has registered `stage1` and `stage2` alone; from 3 on the name is
 * private to the source.
 */
export const stageProfile = (source: string, stage: number): string =>
  stage <= 2 ? `stage${stage}` : `pkg.${source}.bootstrap${stage}`;

/** The profile to propose for a stage that nobody has declared yet: Debian asks for a name that is the source's own. */
export const proposedProfile = (source: string, stage: number): string => `pkg.${source}.stage${stage}`;

/** The profile that says which stage this is: the one that it has, else the one that is proposed. */
export const profileOfStage = (source: string, stage: number, profiles: readonly string[]): string =>
  profiles.findLast((p) => stageOfProfile(source, p) === stage) ?? proposedProfile(source, stage);

const stageWord = /^(?:(?:stage|bootstrap)([1-9]\d{0,5})|bootstrap)$/;

/**
 * The stage that a profile name means for a source, 0 for none: `stage<k>`, and of its private names
 * `pkg.<source>.stage<k>`, `pkg.<source>.bootstrap<k>`, and `pkg.<source>.bootstrap`, which is stage 1.
 */
export function stageOfProfile(source: string, profile: string): number {
  const isPrivate = profile.startsWith('pkg.');
  if (isPrivate && !(profile.startsWith(source, 4) && profile[4 + source.length] === '.')) return 0;
  const word = isPrivate ? profile.slice(5 + source.length) : profile;
  if (!isPrivate && word.startsWith('bootstrap')) return 0;
  const match = stageWord.exec(word);
  return match === null ? 0 : Number(match[1] ?? 1);
}

/** A lower-case field name as Debian writes it: `Build-Depends-Indep`, `XS-Build-Depends-Bootstrap1`. */
export const displayedName = (name: string): string =>
  name.replace(/^x[sbc]*(?=-)|(?:^|-)[a-z]/g, (start) => start.toUpperCase());

/**
 * Why a build cannot have what it asks for, as a sentence that a plan keeps. Who finds the reason lets it be written
 * here, and who tells of it asks here which one it is. A new one is a row of this table, and one of the words in
 * src/reports/plan/stuck.ts.
 */

/** `absent`: any other sentence, which says what is not there. */
export type Shortage = 'unbuilt' | 'incomplete' | 'forbidden' | 'unordered' | 'absent';

/** A binary of an index that names no source which builds it here. */
export const unbuiltWords = (): string => 'it is in the index, but no source builds it';

/** A binary that is there, and something that it needs and cannot have. */
export const incompleteWords = (binary: string, need: string): string => `${binary} depends on ${need}`;

/** A ring with a Pre-Depends in it has no beginning. */
export const ringWords = (binary: string, need: string): string =>
  `${binary} pre-depends on ${need}, which cannot be configured before it`;

/** What excludes each other, cause by cause. */
export const forbiddenWords = (causes: readonly string[]): string => `conflicts forbid it: ${causes.join(', ')}`;

/** What cannot be configured in any order, cause by cause. */
export const unorderedWords = (causes: readonly string[]): string => `no order installs it: ${causes.join(', ')}`;

/**
 * The same where a limit or a signal came before it was known whether the build could have something else installed.
 */
export const unexaminedWords = (why: string): string =>
  `${why}; whether something else lets it be built was not looked at, since the search was ended`;

/** How the sentence of each begins; `asked`: what the build asks for. */
const beginnings: readonly (readonly [Shortage, (asked: string) => string])[] = [
  ['unbuilt', unbuiltWords],
  ['incomplete', (asked) => incompleteWords(asked, '')],
  ['forbidden', () => forbiddenWords([])],
  ['unordered', () => unorderedWords([])],
];

/** Which of these sentences was written; `absent` where it is none of them. */
export const shortageOf = (asked: string | undefined, why: string | undefined): Shortage =>
  beginnings.find(([, beginning]) => why?.startsWith(beginning(asked ?? '')))?.[0] ?? 'absent';

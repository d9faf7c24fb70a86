/** Numbers of things in words: `1 source`, `1,836 sources`. */

/** With a comma between each three digits. */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** The first names, and how many more there are: `a, b, c and 1,836 more`. */
export function namesAndMore(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${number(names.length - most)} more` : shown;
}

/** A number and what it counts. */
export const counted = (n: number, one = 'source', many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export const inWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;

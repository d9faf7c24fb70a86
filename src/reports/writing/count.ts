/** Numbers of things in words: `1 source`, `1,836 sources`. */

/** With a comma between each three digits. */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

export const counted = (n: number, one = 'source', many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`;

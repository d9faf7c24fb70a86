/**
 * What is printed, the row of the table that explains it, words that its cause or its advice must have, and the part that
 * is to blame.
 */
export type Console = readonly [console: string, id: string, words: RegExp, where?: string];

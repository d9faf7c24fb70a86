/** What is printed, the row of the table that explains it, and words that its cause or its advice must have. */
export type Console = readonly [console: string, id: string, words: RegExp];

/** The same, with the part that is to blame. */
export type Blamed = readonly [console: string, id: string, words: RegExp, where: string];

/** Quoting for a POSIX shell: the one place that knows how. */

/** A word that the shell passes on unchanged, always in quotes. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same, in quotes only where it needs them: for lines that people read. */
export const shellWord = (text: string): string => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : shellQuoted(text));

/** The text of a console without what terminals, recorders and system logs add to it. */

/** Commands to a terminal, titles and the like included. */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes begin with one
  /\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[PX^_][^\u001b\n]*\u001b\\|\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[c78=>])/g;

/** What kernels, system logs and recorders of terminals put before a line: seconds, or a date with a time. */
const stamps = new RegExp(
  `^(?:${[
    String.raw`(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? `,
    String.raw`\[[^\]\n]{0,40}\d\d:\d\d:\d\d[^\]\n]{0,20}\] `,
    String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* (?:\S+ kernel: )?`,
    String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ (?:kernel: )?`,
  ].join('|')})+`,
  'gm',
);

/** Terminal escapes, carriage returns and time stamps are not part of what was said. */
export function readableConsole(text: string): string {
  return (
    text
      .replace(escapes, '')
      .replace(/\r+\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters a console may hold
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
      .replace(/^\ufffd+(?=[\x20-\x7e])/, '')
      .replace(stamps, '')
  );
}

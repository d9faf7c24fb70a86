/** Manual pages in man(7), from what the commands say of themselves. */
import type { CommandOf, FlagOf } from './command-words.ts';

/** A text of roff: no character of it means anything, at the start of a line neither. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

const codes: readonly (readonly [string, string])[] = [
  ['0', 'The answer is good.'],
  ['1', 'The answer is true, but bad: new cycles, stuck sources, a failed build.'],
  ['2', 'The answer is not proved: a limit ended the search.'],
  ['64', 'Usage.'],
  ['65', 'Damaged input.'],
  ['66', 'An input is missing.'],
  ['69', 'A tool is missing.'],
  ['70', 'A bug of bootplan.'],
  ['74', 'The disk.'],
  ['75', 'Try again.'],
  ['78', 'Configuration.'],
  ['130, 143', 'Interrupted; a run can go on.'],
];

const pageName = (name: string): string => `bootplan-${name.replaceAll(' ', '-')}`;
const head = (name: string, version: string): string =>
  `.TH "${roff(name.toUpperCase())}" 1 "" "bootplan ${roff(version)}" "User Commands"`;

const exits = ['.SH EXIT STATUS', ...codes.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)])];

function flagLines(f: FlagOf): readonly string[] {
  const value = f.takesValue ? ` \\fI${roff(f.value)}\\fR` : '';
  const short = f.char === '' ? '' : `\\fB\\-${f.char}\\fR, `;
  const more = [
    f.options.length > 0 ? `One of: ${f.options.join(', ')}.` : '',
    f.fallback === '' ? '' : `Default: ${f.fallback}.`,
  ]
    .filter((m) => m !== '')
    .join(' ');
  return [
    '.TP',
    `${short}\\fB\\-\\-${roff(f.name)}\\fR${value}`,
    roff(`${f.description}${more === '' ? '' : `. ${more}`}`),
  ];
}

/** `bootplan-plan.1` */
export function commandPage(c: CommandOf, version: string): string {
  const args = c.args
    .map((a) => (a.required ? ` \\fI${roff(a.name.toUpperCase())}\\fR` : ` [\\fI${roff(a.name.toUpperCase())}\\fR...]`))
    .join('');
  const groups = [...Map.groupBy(c.flags, (f) => f.group)].sort(
    ([a], [b]) => (a === 'COMMON' ? 1 : 0) - (b === 'COMMON' ? 1 : 0),
  );
  return `${[
    head(pageName(c.name), version),
    '.SH NAME',
    `${roff(pageName(c.name))} \\- ${roff(c.summary)}`,
    '.SH SYNOPSIS',
    `\\fBbootplan ${roff(c.name)}\\fR${args} [\\fIOPTION\\fR...]`,
    '.SH DESCRIPTION',
    ...c.description.split(/\n{2,}/).flatMap((p, i) => [...(i > 0 ? ['.PP'] : []), roff(p)]),
    ...(c.args.length > 0
      ? [
          '.SH ARGUMENTS',
          ...c.args.flatMap((a) => ['.TP', `\\fI${roff(a.name.toUpperCase())}\\fR`, roff(a.description)]),
        ]
      : []),
    '.SH OPTIONS',
    ...groups.flatMap(([group, flags]) => [
      ...(group === '' ? [] : [`.SS ${group.charAt(0)}${group.slice(1).toLowerCase()}`]),
      ...flags.flatMap(flagLines),
    ]),
    '.SH EXAMPLES',
    ...c.examples.flatMap((e) => [
      '.PP',
      `${roff(e.description)}:`,
      '.PP',
      '.RS 4',
      '.nf',
      roff(e.command),
      '.fi',
      '.RE',
    ]),
    ...exits,
    '.SH SEE ALSO',
    '.BR bootplan (1)',
  ].join('\n')}\n`;
}

/** `bootplan.1` */
export const overviewPage = (commands: readonly CommandOf[], description: string, version: string): string =>
  `${[
    head('bootplan', version),
    '.SH NAME',
    `bootplan \\- ${roff('plans, proves and runs the bootstrap of a distribution')}`,
    '.SH SYNOPSIS',
    '\\fBbootplan\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]',
    '.SH DESCRIPTION',
    roff(description),
    '.SH COMMANDS',
    ...commands.flatMap((c) => ['.TP', `\\fB${roff(c.name)}\\fR`, roff(c.summary)]),
    ...exits,
    '.SH FILES',
    '.TP',
    '.I bootplan.yaml',
    'Defaults of options, in the directory in which a command is started; \\fBbootplan config\\fR shows them.',
    '.SH SEE ALSO',
    commands.map((c) => `.BR ${roff(pageName(c.name))} (1)`).join('\n'),
  ].join('\n')}\n`;

/** File name -> page. */
export const manualPages = (
  commands: readonly CommandOf[],
  description: string,
  version: string,
): ReadonlyMap<string, string> =>
  new Map([
    ['bootplan.1', overviewPage(commands, description, version)],
    ...commands.map((c) => [`${pageName(c.name)}.1`, commandPage(c, version)] as const),
  ]);

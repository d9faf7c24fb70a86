/** Completion for bash, zsh and fish, from what the commands say of themselves. Nothing is started while one types. */
import type { CommandOf } from './command-words.ts';

/** Inside single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const firstSentence = (text: string): string => text.split(/[;.]\s/)[0]!.replace(/\.$/, '');

const isFile = (value: string): boolean => /FILE|DIR/.test(value);

function bash(commands: readonly CommandOf[]): string {
  const names = [...new Set(commands.map((c) => c.name.split(' ')[0]!))];
  const seconds = (first: string) =>
    commands.filter((c) => c.name.startsWith(`${first} `)).map((c) => c.name.split(' ')[1]!);
  const cases = commands.map((c) => {
    const values = c.flags
      .filter((f) => f.options.length > 0)
      .map((f) => `      --${f.name}) words=${quoted(f.options.join(' '))} ;;`);
    const free = c.flags.filter((f) => f.takesValue && f.options.length === 0).map((f) => `--${f.name}`);
    const words = [...c.flags.map((f) => `--${f.name}`), ...c.args.flatMap((a) => a.options)];
    return `  ${quoted(c.name)})
    case "$before" in
${values.join('\n')}${values.length > 0 ? '\n' : ''}${free.length > 0 ? `      ${free.join('|')}) words= ;;\n` : ''}      *) words=${quoted(words.join(' '))} ;;
    esac ;;`;
  });
  const groups = names.filter((n) => seconds(n).length > 0);
  return `# bash completion for bootplan
_bootplan() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= command=\${COMP_WORDS[1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(names.join(' '))} -- "$word"))
    return
  fi
  case "$command \${COMP_WORDS[2]}" in
${commands
  .filter((c) => c.name.includes(' '))
  .map((c) => `    ${quoted(c.name)}) [ "$COMP_CWORD" -gt 2 ] && command=${quoted(c.name)} ;;`)
  .join('\n')}
  esac
  case "$command" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$command" in
${groups.map((g) => `      ${g}) words="$words ${seconds(g).join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ \${#COMPREPLY[@]} -eq 0 ] && [ "\${word#-}" = "$word" ] && COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _bootplan bootplan
`;
}

function zsh(commands: readonly CommandOf[]): string {
  const names = [...new Set(commands.map((c) => c.name.split(' ')[0]!))];
  const described = (list: readonly (readonly [string, string])[]) =>
    list.map(([name, text]) => quoted(`${name}:${firstSentence(text).replaceAll(':', '\\:')}`)).join(' ');
  const firsts = names.map((n) => [n, commands.find((c) => c.name === n)?.summary ?? `commands about ${n}`] as const);
  const spec = (f: CommandOf['flags'][number]) => {
    const text = firstSentence(f.description).replace(/[[\]:\\]/g, '\\$&');
    const value = !f.takesValue
      ? ''
      : `:${f.value.replace(/[[\]:\\]/g, '\\$&')}:${f.options.length > 0 ? `(${f.options.join(' ')})` : isFile(f.value) ? '_files' : ''}`;
    return quoted(`*--${f.name}[${text}]${value}`);
  };
  const cases = commands.map(
    (c) =>
      `    ${quoted(c.name)}) _arguments ${c.flags.map(spec).join(' ')} '*:file:${c.args.some((a) => a.options.length > 0) ? `(${c.args.flatMap((a) => a.options).join(' ')})` : '_files'}' ;;`,
  );
  const groups = names.flatMap((g) => {
    const own = commands
      .filter((c) => c.name.startsWith(`${g} `))
      .map((c) => [c.name.split(' ')[1]!, c.summary] as const);
    return own.length === 0 ? [] : [`    ${g}) commands=(${described(own)}) ;;`];
  });
  return `#compdef bootplan
_bootplan() {
  local -a commands
  local command=$words[2]
  if (( CURRENT == 2 )); then
    commands=(${described(firsts)})
    _describe command commands
    return
  fi
  case "$words[2] $words[3]" in
${commands
  .filter((c) => c.name.includes(' '))
  .map((c) => `    ${quoted(c.name)}) (( CURRENT > 3 )) && command=${quoted(c.name)} ;;`)
  .join('\n')}
  esac
  if (( CURRENT == 3 )); then
    case $command in
${groups.join('\n')}
    esac
    (( $#commands )) && _describe command commands
  fi
  case $command in
${cases.join('\n')}
  esac
}
compdef _bootplan bootplan
`;
}

function fish(commands: readonly CommandOf[]): string {
  const names = [...new Set(commands.map((c) => c.name.split(' ')[0]!))];
  // fish knows one escape more inside single quotes: the backslash itself.
  const q = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = names.map(
    (n) =>
      `complete -c bootplan -n __fish_use_subcommand -f -a ${n} -d ${q(firstSentence(commands.find((c) => c.name === n)?.summary ?? `commands about ${n}`))}`,
  );
  for (const c of commands) {
    const [first, second] = c.name.split(' ');
    const condition =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
    if (second !== undefined)
      lines.push(
        `complete -c bootplan -n ${q(`__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${second}`)} -f -a ${second} -d ${q(firstSentence(c.summary))}`,
      );
    for (const a of c.args)
      if (a.options.length > 0) lines.push(`complete -c bootplan -n ${q(condition)} -f -a ${q(a.options.join(' '))}`);
    for (const f of c.flags) {
      const value = !f.takesValue
        ? ''
        : f.options.length > 0
          ? ` -x -a ${q(f.options.join(' '))}`
          : isFile(f.value)
            ? ' -r -F'
            : ' -x';
      lines.push(
        `complete -c bootplan -n ${q(condition)} -l ${f.name}${f.char === '' ? '' : ` -s ${f.char}`}${value} -d ${q(firstSentence(f.description))}`,
      );
    }
  }
  return `# fish completion for bootplan\n${lines.join('\n')}\n`;
}

const shells = { bash, zsh, fish } as const;
/** A shell that completes. */
export type Shell = keyof typeof shells;
/** The shells, as a flag offers them. */
export const shellNames = ['bash', 'zsh', 'fish'] as const satisfies readonly Shell[];

/** What the shell has to read, as a text. */
export const completionFor = (shell: Shell, commands: readonly CommandOf[]): string => shells[shell](commands);

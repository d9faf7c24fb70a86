/** What is known of every command, for what is generated from the commands: manual pages and completion. */
import type { Config } from '@oclif/core';
import { byteOrder } from '../order.ts';
import type { CommandOf, FlagOf } from '../reports/handbook/command-words.ts';

/** In byte order of their names. */
export function commandsOf(config: Config): readonly CommandOf[] {
  return config.commands
    .filter((c) => !c.hidden)
    .map((c): CommandOf => {
      const name = c.id.replaceAll(':', ' ');
      const filled = (text: string) =>
        text.replaceAll('<%= config.bin %>', 'bootplan').replaceAll('<%= command.id %>', name);
      return {
        name,
        summary: c.summary ?? c.description?.split('\n')[0] ?? '',
        description: filled(c.description ?? ''),
        args: Object.values(c.args).map((a) => ({
          name: a.name,
          required: a.required === true,
          description: a.description ?? '',
          options: [...(a.options ?? [])],
        })),
        flags: Object.entries(c.flags)
          .filter(([, f]) => f.hidden !== true)
          .map(([flag, f]): FlagOf => {
            const takesValue = f.type === 'option';
            const fallback = takesValue && typeof f.default === 'string' ? f.default : '';
            const value = takesValue
              ? f.helpValue === undefined
                ? flag.toUpperCase()
                : [f.helpValue].flat().join(' ')
              : '';
            return {
              name: flag,
              char: f.char ?? '',
              takesValue,
              value,
              options: takesValue ? [...(f.options ?? [])] : [],
              description: f.summary ?? f.description ?? '',
              fallback,
              group: f.helpGroup ?? '',
            };
          })
          .sort((a, b) => byteOrder(a.name, b.name)),
        examples: (c.examples ?? []).flatMap((e) =>
          typeof e === 'string' ? [] : [{ description: filled(e.description ?? ''), command: filled(e.command) }],
        ),
      };
    })
    .sort((a, b) => byteOrder(a.name, b.name));
}

import { relative } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { InputError } from '../errors.ts';
import type { Annotated } from '../metadata/annotations/annotate.ts';
import type { Diagnostic } from '../model.ts';

interface Result {
  readonly to: 'fields' | 'profiles';
  readonly sources: readonly Annotated[];
  /** A unified diff that makes the change; '' when nothing changes. */
  readonly patch: string;
}

export default class Annotate extends BaseCommand {
  static override summary = 'Turns stage fields into profile formulas, and back; writes the patch.';
  static override description =
    `Reads debian/control, .dsc or Sources files, and prints for every source that declares a stage its build dependencies in
the notation asked for: as Build-Depends-Bootstrap1, -Bootstrap2, ... fields, or as formulas such as <!stage1>. The
meaning stays the same in every stage; what is wrong or contradicts itself is an error. See docs/inputs.md.`;
  static override examples = [
    {
      description: 'Declare with profiles what stage fields declare',
      command: '<%= config.bin %> <%= command.id %> --to profiles --patch debian/control | patch -p1',
    },
    {
      description: 'Write down as a stage what a list says can be dropped',
      command: '<%= config.bin %> <%= command.id %> --to fields --annotations droppable.list debian/control',
    },
  ];
  static override strict = false;
  static override args = {
    files: Args.string({
      ignoreStdin: true,
      name: 'FILE...',
      required: true,
      description: 'debian/control, .dsc or Sources files',
    }),
  };
  static override flags = {
    to: Flags.string({
      options: ['fields', 'profiles'],
      required: true,
      description: 'the notation to write',
    }),
    patch: Flags.boolean({ description: 'print a unified diff of the files instead of the fields', default: false }),
    annotations: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
      default: [],
      description: 'stage fields and droppable dependencies to write into the files',
    }),
  };

  async run(): Promise<Result> {
    const { flags, argv } = await this.parse(Annotate);
    this.begin(flags);
    const [{ annotateFiles }, { unifiedDiff }, { annotatedText }] = await Promise.all([
      import('../metadata/annotations/annotate-files.ts'),
      import('../runner/files/unified-diff.ts'),
      import('../reports/archive/annotated.ts'),
    ]);
    const to = flags.to as Result['to'];
    const result = await annotateFiles(argv as string[], to, flags.annotations);
    if (!result.ok) throw new InputError(result.diagnostics);
    this.remarks(result.diagnostics);
    const sources = result.value.flatMap((f) => f.annotated);
    let patch = '';
    if (flags.patch || this.jsonEnabled())
      for (const { before, after, file } of result.value)
        patch += await unifiedDiff(before, after, relative('.', file));
    this.data(flags.patch ? patch : annotatedText(sources));
    this.talk(summary(sources.length, to, result.diagnostics));
    return { to, sources, patch };
  }
}

function summary(sources: number, to: string, diagnostics: readonly Diagnostic[]): string {
  const notes = diagnostics.filter((d) => d.severity === 'note').length;
  const more = notes > 0 ? `; ${notes} notes, --verbose shows them` : '';
  return `${sources} source${sources === 1 ? '' : 's'} with stages, as ${to}${more}`;
}

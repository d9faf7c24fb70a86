/** A plan read back from its file. */

import { canHold } from '../archives.ts';
import { InputError } from '../errors.ts';
import { misfits } from '../metadata/yaml/schema.ts';
import { checkShape, parseYaml } from '../metadata/yaml/yaml.ts';
import type { Diagnostic, Plan } from '../model.ts';
import { wholeText } from '../whole-file.ts';
import { type PlanFile, planOf } from './plan-format.ts';
import { type FiledStuck, stuckOf } from './stuck-format.ts';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What no schema can say: a number stands for something that is there. In words; nothing when all do. */
function* dangling({ names, variants, builds, runtime, environment = [], supplied = [] }: PlanFile): Generator<string> {
  const isName = (n: number) => n < names.length;
  for (const { source, stage, produces, installs } of variants)
    if (![...produces, ...installs].every(isName))
      yield `stage ${stage} of ${source} has a name that is not in \`names\``;
  for (const row of runtime) if (!row.every(isName)) yield `a row of \`runtime\` has a name that is not in \`names\``;
  if (![...environment, ...supplied.flatMap((s) => s.binaries)].every(isName))
    yield '`environment` or `supplied` has a name that is not in `names`';
  for (const [i, [variant, , archive, , also = [], without = []]] of builds.entries()) {
    if (![...also, ...without].every(isName)) yield `build ${i + 1} has a name that is not in \`names\``;
    const stage = variants[variant]?.stage;
    if (stage === undefined) yield `build ${i + 1} is of a variant that is not in \`variants\``;
    else if (!canHold(archive, { stage })) yield `build ${i + 1} is of stage ${stage}, and cannot be in ${archive}`;
  }
}

/** A plan as `plan --json` prints it. */
type PrintedPlan = Omit<Plan, 'stuck'> & { readonly stuck: readonly FiledStuck[] };

/** The same of what `plan --json` prints. */
function* outOfOrder({ builds }: PrintedPlan): Generator<string> {
  for (const [i, b] of builds.entries())
    if (![...b.needs, ...b.taintedBy].every((n) => n < i)) yield `${b.id} needs a build that is not before it`;
}

/**
 * A plan file, or what `plan --json` prints: that is a plan as well, only longer.
 *
 * @throws InputError with everything that is wrong in the file; the error of the file system when it cannot be read
 */
export function readPlan(path: string): Plan {
  const text = wholeText(path, 'named');
  const value = parsed(text) as PlanFile | PrintedPlan | undefined;
  const help = 'bootplan plan --output FILE writes one';
  const refused = (message: string): Diagnostic => ({
    code: 'BP450',
    severity: 'error',
    message,
    origin: { file: path, line: 1 },
    help,
  });
  if (value?.format !== 1 || !Array.isArray(value.builds)) throw new InputError([refused('this is not a plan')]);
  const schema = 'names' in value ? 'plan-file' : 'plan';
  // JSON is YAML, and the reader of YAML knows where things stand; it is slow, and needed only for what is wrong.
  // What a plan suggests is said to people; it is no part of the plan.
  if (misfits(schema === 'plan' ? { suggestions: [], ...value } : value, schema).length > 0)
    throw new InputError(checkShape(parseYaml(path, text).yaml, schema).map((d) => ({ ...d, help })));
  const problems = [...('names' in value ? dangling(value) : outOfOrder(value))];
  if (problems.length > 0) throw new InputError(problems.map((p) => refused(`this is not a plan: ${p}`)));
  return 'names' in value ? planOf(value) : { ...value, stuck: value.stuck.map(stuckOf) };
}

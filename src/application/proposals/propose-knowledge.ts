/** What is known of droppable dependencies beside the metadata: lists, classes, trials, and what is to be kept. */
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { readAnnotationFiles } from '../../metadata/annotations/annotation-files.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { checkReadable } from '../../metadata/control/readable.ts';
import { parseYaml } from '../../metadata/yaml/yaml.ts';
import type { ByName, Diagnostic } from '../../model.ts';
import { evidenceIn } from '../../runner/trial/evidence.ts';
import { type EditClass, editClasses } from '../../solver/propose/edit-class.ts';
import type { Knowledge, TrialWord } from '../../solver/propose/edit-lines.ts';

export interface KnowledgeRequest {
  /** Files: droppable lists, or annotation files with `droppable`. */
  readonly droppable: readonly string[];
  readonly keep: readonly string[];
  /** `DEPENDENCY=CLASS`. */
  readonly prefer: readonly string[];
  readonly classesFile: string | undefined;
  /** Files that `trial` wrote, a JSON object per line. */
  readonly evidence: readonly string[];
  readonly listedOnly: boolean;
}

const isClass = (word: string): word is EditClass => (editClasses as readonly string[]).includes(word);

function unknownClass(word: string): never {
  const message = `${word} is no class of dependencies`;
  throw new EnvironmentError(message, exitCode.usage, `the classes are ${editClasses.join(', ')}`);
}

function preferred(prefer: readonly string[], classes: Map<string, EditClass>): void {
  for (const pair of prefer) {
    const [name = '', word = ''] = pair.split('=');
    if (name === '' || !isClass(word)) unknownClass(word || pair);
    classes.set(name, word);
  }
}

async function classesOf(file: string, classes: Map<string, EditClass>): Promise<void> {
  await checkReadable([file]);
  const text = await readText(file);
  if (!text.ok) throw new InputError(text.diagnostics);
  const { yaml, problems } = parseYaml(file, text.value.bytes.toString('utf8'));
  if (problems.length > 0) throw new InputError(problems);
  const refuse = (at: readonly string[], message: string): never => {
    const help = 'a line is `CLASS: [DEPENDENCY, ...]`';
    throw new InputError([yaml.problem(at, { code: 'BP102', severity: 'error', message, help })]);
  };
  const value: unknown = yaml.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) refuse([], 'the file must be a mapping of classes');
  for (const [word, names] of entriesOf(value as ByName<unknown>)) {
    if (!isClass(word)) unknownClass(word);
    for (const name of [names].flat()) {
      if (typeof name !== 'string') refuse([word], `${word} must be names of dependencies`);
      classes.set(name as string, word);
    }
  }
}

/** The last word of a trial on one dependency of one version of a source counts. */
export async function readEvidence(
  files: readonly string[],
  say: (line: string) => void,
): Promise<Knowledge['evidence']> {
  await checkReadable(files);
  const found = new Map<string, TrialWord>();
  const wrong: Diagnostic[] = [];
  for (const file of files) {
    const text = await readText(file);
    if (!text.ok) throw new InputError(text.diagnostics);
    const { evidence, isTorn, problems } = evidenceIn(text.value.bytes.toString('utf8'), file);
    wrong.push(...problems);
    if (isTorn) say(`${file}: the last line is incomplete and is ignored: the program that wrote it was interrupted`);
    for (const { source, version, dependency, verdict, step = '' } of evidence)
      found.set(`${source} ${version} ${dependency}`, { verdict, step, file });
  }
  if (wrong.length > 0) throw new InputError(wrong);
  return found;
}

/** @throws InputError for files that are not there, or are nothing of the kind */
export async function readKnowledge(
  request: KnowledgeRequest,
  say: (line: string) => void = () => {},
): Promise<Knowledge> {
  const listed = new Map<string, Map<string, string>>();
  for (const file of request.droppable) {
    const read = await readAnnotationFiles([file]);
    if (!read.ok) throw new InputError(read.diagnostics);
    for (const [source, { droppable }] of read.value) {
      const names = listed.get(source) ?? new Map<string, string>();
      for (const name of droppable) if (!names.has(name)) names.set(name, file);
      listed.set(source, names);
    }
  }
  const classes = new Map<string, EditClass>();
  if (request.classesFile !== undefined) await classesOf(request.classesFile, classes);
  preferred(request.prefer, classes);
  return {
    listed,
    keep: new Set(request.keep),
    classes,
    listedOnly: request.listedOnly,
    evidence: await readEvidence(request.evidence, say),
  };
}

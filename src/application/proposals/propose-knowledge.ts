/** What is known of droppable dependencies beside the metadata: lists, classes, trials, and what is to be kept. */
import { statSync } from 'node:fs';
import { entriesOf } from '../../by-name.ts';
import { hasErrors } from '../../diagnostics.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { readAnnotationFiles } from '../../metadata/annotations/annotation-files.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { checkReadable } from '../../metadata/control/readable.ts';
import { parseYaml } from '../../metadata/yaml/yaml.ts';
import type { ByName, Diagnostic } from '../../model.ts';
import { evidenceIn } from '../../runner/trial/evidence.ts';
import { type EditClass, editClasses } from '../../solver/explain/edit-class.ts';
import type { Knowledge, TrialWord } from '../../solver/propose/edit-lines.ts';

/** What was said on the command line, still as words and files. */
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

/** Shapes of `--keep`: a source, a dependency of one, or a dependency of all. */
const keepForm = /^(?:src:)?(?<word>[a-z0-9][a-z0-9+.-]*(?::[a-z0-9][a-z0-9+.-]*)?|:[a-z0-9][a-z0-9+.-]*)$/;
const preferForm = /^(?<name>[a-z0-9][a-z0-9+.-]*)=(?<word>[a-z]+)$/;

/** @throws EnvironmentError with every flag that is none */
function flagged({ keep, prefer }: KnowledgeRequest): Pick<Knowledge, 'keep' | 'classes'> {
  const wrong: string[] = [];
  const kept = keep.flatMap((text) => {
    const word = keepForm.exec(text)?.groups?.word;
    if (word === undefined) wrong.push(`--keep ${text} is no SOURCE, SOURCE:DEPENDENCY or :DEPENDENCY`);
    return word ?? [];
  });
  const classes = new Map<string, EditClass>();
  for (const text of prefer) {
    const { name, word } = preferForm.exec(text)?.groups ?? {};
    if (name === undefined) wrong.push(`--prefer ${text} is no DEPENDENCY=CLASS`);
    else if (!isClass(word!)) wrong.push(`--prefer ${text}: ${word} is no class of dependencies`);
    else if (classes.has(name) && classes.get(name) !== word)
      wrong.push(`--prefer gives ${name} two classes, ${classes.get(name)} and ${word}`);
    else classes.set(name, word);
  }
  if (wrong.length === 0) return { keep: new Set(kept), classes };
  throw new EnvironmentError(wrong.join('\n'), exitCode.usage, `the classes are ${editClasses.join(', ')}`);
}

/** Dependency -> class, as far as a file says it; with everything that is wrong in it. */
async function classesOf(file: string, problems: Diagnostic[]): Promise<ReadonlyMap<string, EditClass>> {
  const classes = new Map<string, EditClass>();
  const text = await readText(file);
  problems.push(...text.diagnostics);
  if (!text.ok) return classes;
  const { yaml, problems: syntax } = parseYaml(file, text.value.bytes.toString('utf8'));
  problems.push(...syntax);
  if (syntax.length > 0) return classes;
  const refuse = (at: readonly (string | number)[], message: string, what?: 'key'): void => {
    const help = `a line is \`CLASS: [DEPENDENCY, ...]\`; the classes are ${editClasses.join(', ')}`;
    problems.push(yaml.problem(at, { code: 'BP102', severity: 'error', message, help }, what && { what }));
  };
  const value: unknown = yaml.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    refuse([], 'the file must be a mapping of classes');
    return classes;
  }
  for (const [word, names] of entriesOf(value as ByName<unknown>)) {
    if (!isClass(word)) {
      refuse([word], `${word} is no class of dependencies`, 'key');
      continue;
    }
    for (const name of [names].flat()) {
      const known = typeof name === 'string' ? classes.get(name) : undefined;
      if (typeof name !== 'string') refuse([word], `${word} must be names of dependencies`);
      else if (known !== undefined && known !== word) refuse([word], `${name} is in two classes, ${known} and ${word}`);
      else classes.set(name, word);
    }
  }
  return classes;
}

/** The last word of a trial on one dependency of one version of a source counts. */
export async function readEvidence(
  files: readonly string[],
  say: (line: string) => void,
): Promise<Knowledge['evidence']> {
  await checkReadable(files);
  const wrong: Diagnostic[] = [];
  const evidence = await evidenceOf(files, say, wrong);
  if (wrong.length > 0) throw new InputError(wrong);
  return evidence;
}

async function evidenceOf(
  files: readonly string[],
  say: (line: string) => void,
  problems: Diagnostic[],
): Promise<Knowledge['evidence']> {
  const found = new Map<string, TrialWord>();
  for (const file of files) {
    // Nobody has learned anything yet.
    if (statSync(file).size === 0) continue;
    const text = await readText(file);
    problems.push(...text.diagnostics);
    if (!text.ok) continue;
    const { evidence, isTorn, problems: wrong } = evidenceIn(text.value.bytes.toString('utf8'), file);
    problems.push(...wrong);
    if (isTorn) say(`${file}: the last line is incomplete and is ignored: the program that wrote it was interrupted`);
    for (const { source, version, dependency, verdict, step = '', switches } of evidence)
      found.set(`${source} ${version} ${dependency}`, { verdict, step, file, ...(switches && { switches }) });
  }
  return found;
}

/** Source -> dependency -> the first file that lists it. */
async function listedIn(files: readonly string[], problems: Diagnostic[]): Promise<Knowledge['listed']> {
  const listed = new Map<string, Map<string, string>>();
  for (const file of files) {
    const read = await readAnnotationFiles([file]);
    problems.push(...read.diagnostics);
    if (!read.ok) continue;
    for (const [source, { droppable }] of read.value) {
      const names = listed.get(source) ?? new Map<string, string>();
      for (const name of droppable) if (!names.has(name)) names.set(name, file);
      listed.set(source, names);
    }
  }
  return listed;
}

/**
 * All of it, or all that is wrong with it.
 *
 * @param remark is told what is odd in a file, and no error
 * @throws EnvironmentError for flags, and InputError for files that are not there, or are nothing of the kind
 */
export async function readKnowledge(
  request: KnowledgeRequest,
  say: (line: string) => void = () => {},
  remark: (problems: readonly Diagnostic[]) => void = () => {},
): Promise<Knowledge> {
  const { keep, classes } = flagged(request);
  const classFiles = request.classesFile === undefined ? [] : [request.classesFile];
  await checkReadable([...request.droppable, ...classFiles, ...request.evidence]);
  const problems: Diagnostic[] = [];
  const listed = await listedIn(request.droppable, problems);
  const filed = await Promise.all(classFiles.map((file) => classesOf(file, problems)));
  const evidence = await evidenceOf(request.evidence, say, problems);
  if (hasErrors(problems)) throw new InputError(problems);
  remark(problems);
  return {
    listed,
    keep,
    classes: new Map([...filed.flatMap((c) => [...c]), ...classes]),
    listedOnly: request.listedOnly,
    evidence,
  };
}

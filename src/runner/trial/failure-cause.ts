/**
 * Why a build failed, in the words of the end of its log: what is wrong, what was running, and what of the packaging
 * asks for it.
 */

/** What the log tells of a failure. */
export interface FailureCause {
  /** The line that names what is wrong; undefined when the log says nothing. */
  readonly line: string | undefined;
  /**
   * What ran then, beside the program that `line` names: `dh_auto_build, debian/rules:12 override_dh_auto_build`;
   * undefined when the log does not tell.
   */
  readonly at: string | undefined;
  /**
   * The file of the packaging that asks for what is not there, such as `debian/foo-doc.install`; undefined when none
   * is known.
   */
  readonly file: string | undefined;
}

/** What makes, and those who call them, say of a failure below them; where it was in a stack of Ruby. */
const echo =
  /^(dpkg-buildpackage: error:|make(\[\d+\])?: (\*\*\*|Leaving)|dh_\w+: error: .* returned exit code|\s*\S+:\d+:in [`'])/;

/** A line that names what is wrong. */
const diagnosis = /\b(error|fatal|not found|no such file|cannot|missing|undefined|unknown|required|disable)\b/i;

/** One of the last lines that calls an error what is not there tells more than another error after it. */
const names = /\b(error|fatal)\b.*\b(not found|no such file|missing)\b/i;
const lastWords = 20;

/**
 * Where no line names it, the target that the innermost make has failed to make says more than advice on what to do.
 */
const failedTarget = /^make(\[\d+\])?: \*\*\* \[/;

/**
 * What make says when something failed and its other jobs go on: what failed stands before it, what did not behind it.
 */
const othersGoOn = /^make(\[\d+\])?: \*\*\* Waiting for unfinished jobs/;

/**
 * The build goes on, so what failed before was forgiven: dh runs its next program, debian/rules its next make, or a
 * make was told to ignore it. What debian/rules itself runs comes one after the other; below it makes work at once.
 */
const forgiven =
  /^( {3}(dh_\w+|debian\/rules )|make\[1\]: Entering directory |make(\[\d+\])?: \[.*\] Error \d+ \(ignored\))/;

/** The number of the first line after all that was forgiven. */
const firstUnforgiven = (lines: readonly string[]): number => lines.findLastIndex((line) => forgiven.test(line)) + 1;

/** The end of a log, and before it the lines that lead to a failure which make told long before its end. */
const [lastLines, linesBefore] = [120, 40];

/** The lines of a log that may tell why it ends; empty ones and the ends of long ones are left out. Pure; linear */
export function endOf(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const last = Math.max(0, lines.length - lastLines);
  const from = firstUnforgiven(lines);
  const failed = lines.findIndex((line, i) => i >= from && othersGoOn.test(line)) + 1;
  const before = failed > last ? [] : lines.slice(Math.max(0, failed - linesBefore), failed);
  return [...before, ...lines.slice(last)].map((line) => line.slice(0, 300));
}

/** What debhelper says before its last word, which is only that files are missing. */
const ofPackage = /^(dh_\w+): warning: ([a-z0-9][a-z0-9+.-]*) missing files: /;
const ofPattern = /^(dh_\w+): (?:error|warning): Cannot find \(any matches for\) "/;
const leftOver = /^dh_missing: warning: \S+ exists in \S+ but is not installed to anywhere/;

/** debhelper(7): which file of debian/ tells which of its programs what to install. */
const fileOf: ReadonlyMap<string, string> = new Map([
  ['dh_install', 'install'],
  ['dh_installdocs', 'docs'],
  ['dh_installexamples', 'examples'],
  ['dh_installinfo', 'info'],
  ['dh_installman', 'manpages'],
]);

const fileFor = (program: string, binary: string): string | undefined => {
  const kind = fileOf.get(program);
  return kind === undefined ? undefined : `debian/${binary}.${kind}`;
};

function helperWords(tail: readonly string[]): Pick<FailureCause, 'line' | 'file'> | undefined {
  for (const line of tail) {
    const [, program, binary] = ofPackage.exec(line) ?? [];
    if (program !== undefined && binary !== undefined) return { line, file: fileFor(program, binary) };
  }
  const pattern = tail.find((line) => ofPattern.test(line));
  if (pattern !== undefined) return { line: pattern, file: fileFor(ofPattern.exec(pattern)![1]!, '*') };
  const left = tail.find((line) => leftOver.test(line));
  return left === undefined ? undefined : { line: left, file: undefined };
}

/** debhelper has the last word of what it runs, and debian/rules of what it calls. */
function placeIn(tail: readonly string[], said: string | undefined): string | undefined {
  const last = tail.flatMap((line) => /^(dh_\w+): error: /.exec(line)?.[1] ?? []).at(-1);
  const program = last !== undefined && said?.startsWith(`${last}: `) ? undefined : last;
  const [, number, target] =
    tail.map((line) => /^make(?:\[\d+\])?: \*\*\* \[debian\/rules:(\d+): ([^\]]+)\]/.exec(line)).find((m) => m) ?? [];
  const words = [
    ...(program === undefined ? [] : [program]),
    ...(number === undefined ? [] : [`debian/rules:${number} ${target}`]),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

/** @param log the last lines of the log of a build that failed. Pure; linear */
export function failureCause(log: readonly string[]): FailureCause {
  const tail = log.slice(firstUnforgiven(log));
  const failed = tail.slice(0, tail.findIndex((line) => othersGoOn.test(line)) + 1);
  const end = failed.length > 0 ? failed : tail;
  const told = end.filter((line) => !echo.test(line));
  const { line, file } = helperWords(tail) ?? {
    line:
      told.slice(-lastWords).findLast((text) => names.test(text)) ??
      told.findLast((text) => diagnosis.test(text)) ??
      end.find((text) => failedTarget.test(text)) ??
      told.at(-1),
    file: undefined,
  };
  return { line: line?.trim() || undefined, at: placeIn(tail, line), file };
}

/** The same in one sentence; undefined when the log says nothing. Pure */
export function causeWords({ line, at, file }: FailureCause): string | undefined {
  if (line === undefined) return at;
  return `${at === undefined ? '' : `${at}: `}${line}${file === undefined ? '' : ` (${file} asks for it)`}`;
}

/** The steps of a recipe as files that one shell runs one after the other, and what their log tells about them. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import type { RecipeStep } from '../../model.ts';
import { shellQuoted } from '../../text/shell-quote.ts';
import { directoryOfStep, sourceDateEpoch } from './paths.ts';
import { stepMarker } from './step-marker.ts';

/**
 * Two digits first, so that the shell's order of names is the recipe's order of steps; a letter before three of them,
 * the next before four.
 */
function fileOf(step: RecipeStep, index: number): string {
  const digits = String(index).padStart(2, '0');
  const longer = digits.length - 3;
  return `${longer < 0 ? '' : String.fromCharCode(97 + longer)}${digits}-${step.name}`;
}

/**
 * Writes one script per step. Each starts in its directory, with its own variables, and shows what it runs.
 * @param seenAs where a path of the sandbox is for the one who runs them
 */
export function writeSteps(directory: string, steps: readonly RecipeStep[], seenAs: (virtual: string) => string): void {
  mkdirSync(directory, { recursive: true });
  steps.forEach((step, i) => {
    const variables = entriesOf(step.env).map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`);
    const text = `cd ${shellQuoted(seenAs(directoryOfStep(step.name)))}\n${variables.join('')}set -ex\n${step.run}`;
    const path = join(directory, fileOf(step, i));
    writeFileSync(path, text);
    utimesSync(path, sourceDateEpoch, sourceDateEpoch);
  });
  utimesSync(directory, sourceDateEpoch, sourceDateEpoch);
}

/** Where a step's script is seen inside the sandbox. */
export const stepFile = (inside: string, step: RecipeStep, index: number): string => `${inside}/${fileOf(step, index)}`;

/** The command that runs one step alone. */
export const runOneStep = (inside: string, step: RecipeStep, index: number): readonly string[] => [
  'sh',
  stepFile(inside, step, index),
];

/** The last line of a log: the command came to its own end, with that exit code, in that step. */
const endMarker = '>>> end ';

/** Runs every step in a directory (as seen inside the sandbox); ends with the exit code of the first that fails. */
export const stepsCommand = (inside: string): readonly string[] => [
  'sh',
  '-c',
  `trap 'echo "${endMarker}$?\${name:+ in \${name#*-}}"' EXIT; for step in ${shellQuoted(inside)}/*; do name=\${step##*/}; echo "${stepMarker}\${name#*-}"; sh "$step" || exit; done`,
];

/**
 * Follows the steps through the lines of a log. A build may say what it likes: only a step whose turn it is begins.
 * @returns for each line, the step that begins with it
 */
export function stepsIn(steps: readonly RecipeStep[]): (line: string) => string | undefined {
  let next = 0;
  return (line) => {
    const name = steps[next]?.name;
    if (name === undefined || line.startsWith('+') || !line.endsWith(stepMarker + name)) return undefined;
    next++;
    return name;
  };
}

/**
 * In which step did the command end by itself, with this exit code? Nothing when something else ended the sandbox:
 * what runs the command, killed in part, gives an exit code of its own.
 */
export function endIn(log: string, exitCode: number | undefined): { readonly step: string | undefined } | undefined {
  const ends = [...log.matchAll(/>>> end (\d+)(?: in (\S+))?$/gm)];
  const last = ends.at(-1);
  return last !== undefined && Number(last[1]) === exitCode ? { step: last[2] } : undefined;
}

/** What a program that puts the sandbox together gave as its reason, before any step began. */
export const whyNoSandbox = (log: string): string | undefined => /^(?:bwrap|mount|prlimit|setpriv): .*/m.exec(log)?.[0];

/** The last command that the log shows before the end: `sh -x` writes each with a plus. */
export function lastCommand(log: string): string {
  const traced = log.split('\n').filter((line) => line.startsWith('+ '));
  return traced.at(-1)?.slice(2) ?? '';
}

/** Lines that are kept of what a failed step said at last, and characters of each. */
const [mostLines, mostCharacters] = [3, 300];

/** What the last step in a log said last: the lines that no shell wrote, or the last command where there are none. */
export function lastWords(log: string): readonly string[] {
  const lines = log.slice(log.lastIndexOf(stepMarker)).split('\n').slice(1);
  const said = lines.filter((line) => line.trim() !== '' && !/^(?:\++|>>>) /.test(line)).slice(-mostLines);
  const command = lastCommand(log);
  const words = said.length > 0 || command === '' ? said : [`+ ${command}`];
  return words.map((line) => (line.length > mostCharacters ? `${line.slice(0, mostCharacters)}...` : line));
}

/** Signs in a log that the machine, not the source, was at fault. */
const load =
  /No space left on device|Cannot allocate memory|virtual memory exhausted|Resource temporarily unavailable|\bKilled\b|internal compiler error: (Killed|Bus error)/;

/** Whether the end of a log speaks of a machine with too little memory or disk. */
export const blamesMachine = (logTail: string): boolean => load.test(logTail);

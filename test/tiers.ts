/**
 * The three tiers of the ladder. `fast` is what one runs after every edit: tests that work in this process alone.
 * `machine` starts programs: bootplan itself, sandboxes, apt, dpkg, gpg, QEMU. `long` is what is large: whole archives,
 * fuzzing by the hour, runs from the first to the last step.
 */
import { globSync, readFileSync } from 'node:fs';

export type Tier = 'fast' | 'machine' | 'long';

/** Signs in a test's text that it starts a program, by itself or through the rigs. */
const startsPrograms =
  /\bbootplan\(|node:child_process|new Worker\(|\/(?:apt-rig|boot-rig|dose|dpkg|fake-run|host-tools|schema)\.ts'|skipIf\(/;

/** In this process, and too slow all the same to be run after every edit. */
const slowInProcess: ReadonlySet<string> = new Set([
  '115',
  '300',
  '306',
  '310',
  '335',
  '360',
  '500',
  '569',
  '580',
  '608',
]);

/** `test/NNN-topic.test.ts` -> its tier. */
export function tierOf(file: string, text: string): Tier {
  const number = /(\d{3})-[^/]*$/.exec(file)?.[1] ?? '';
  if (number >= '800') return 'long';
  return startsPrograms.test(text) || slowInProcess.has(number) ? 'machine' : 'fast';
}

/** The files of every tier, byte order. @param directory of the repository */
export function tiers(directory: string): Readonly<{ [T in Tier]: readonly string[] }> {
  const files = globSync('test/**/*.test.ts', { cwd: directory }).sort();
  const of = (tier: Tier) =>
    files.filter((file) => tierOf(file, readFileSync(`${directory}/${file}`, 'utf8')) === tier);
  return { fast: of('fast'), machine: of('machine'), long: of('long') };
}

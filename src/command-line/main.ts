/** Runs one command line. */
import { writeSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { exitCode } from '../errors.ts';
import { describe, isOclifExit } from './failure.ts';
import { limitOf, watched } from './time-limit.ts';

/** oclif asks the system for a home and a shell that the environment does not name, and dies where it knows none. */
function nameTheUser(): void {
  const { env } = process;
  try {
    if (!env.HOME) env.HOME = homedir();
    if (!env.SHELL) userInfo();
  } catch {
    // A user id without an entry in passwd, as in containers; the names are Debian's for "none".
    env.HOME ||= '/nonexistent';
    env.SHELL ||= '/bin/sh';
  }
}

/** The end of a program that cannot say its answer. A reader that closes its end early (`| head`) is no failure. */
function stdoutFailed(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(0);
  try {
    writeSync(2, `bootplan: cannot write the answer: ${error.message}\nhelp: send stdout to a disk with free space\n`);
  } catch {
    // Nobody can hear it; the exit code says it too.
  }
  process.exit(exitCode.disk);
}

async function inOurWords(message: string, root: string, argv: readonly string[]): Promise<Error> {
  const [{ usageError }, { readFileSync }] = await Promise.all([import('./usage-error.ts'), import('node:fs')]);
  let commands = {};
  try {
    commands = JSON.parse(readFileSync(`${root}/.oclif.manifest.json`, 'utf8')).commands;
  } catch {
    // A directory that cannot be written has none: then nothing is guessed.
  }
  return usageError(message, argv, commands);
}

/** `help COMMAND` asks what `COMMAND --help` asks. */
const asHelp = (argv: readonly string[]): readonly string[] => {
  if (argv[0] !== 'help') return argv;
  return [...argv.slice(1).filter((word) => !word.startsWith('-')), '--help'];
};

/**
 * @param root the package's directory, with package.json in it
 * @param code the directory of the code in it, `src` or `dist`
 */
export async function main(root: string, code: 'src' | 'dist', typed: readonly string[]): Promise<void> {
  const argv = asHelp(typed);
  process.stdout.on('error', stdoutFailed);
  process.stderr.on('error', () => {}); // Talk that nobody takes changes no answer.
  nameTheUser();
  try {
    const limit = limitOf(argv);
    if (limit !== undefined) {
      process.exitCode = await watched(argv, limit);
      return;
    }
    const [{ run }, { readFileSync }, { hasManifest }] = await Promise.all([
      import('@oclif/core/run'),
      import('node:fs'),
      import('./manifest.ts'),
    ]);
    const pjson = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
    pjson.oclif.commands.target = `./${code}/commands`;
    const target = `./${code}/command-line/help.${code === 'src' ? 'ts' : 'js'}`;
    pjson.oclif.helpClass = { identifier: 'BootplanHelp', target };
    const ignoreManifest = !(await hasManifest(root, code, pjson));
    await run([...argv], { root, pjson, ignoreManifest });
  } catch (error) {
    if (isOclifExit(error) && error.oclif.exit === 0) return; // --help and --version leave this way
    const failure = describe(isOclifExit(error) ? await inOurWords(error.message, root, argv) : error);
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: failure.json }, null, 2)}\n`);
    process.stderr.write(`${failure.text}\n`);
    process.exitCode = failure.exit;
  }
}

/** Runs one command line: the only place that turns errors into exit codes. */
import type { Interfaces } from '@oclif/core';
import { formatDiagnostic, sortDiagnostics, visible } from './diagnostics.ts';
import { Bug, EnvironmentError, type ExitCode, exitCode, InputError } from './errors.ts';

interface Failure {
  readonly exit: ExitCode;
  readonly text: string;
  readonly json: object;
}

const isOclifExit = (error: unknown): error is Error & { oclif: { exit?: number } } =>
  error instanceof Error && 'oclif' in error;

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

/** What an error means to the person at the terminal, and to a program. */
function describe(error: unknown): Failure {
  if (error instanceof InputError) {
    const ds = sortDiagnostics(error.diagnostics);
    const errors = ds.filter((d) => d.severity === 'error').length;
    const text = `${ds.map(formatDiagnostic).join('\n\n')}\n\nbootplan: ${errors} error${errors === 1 ? '' : 's'} in the input`;
    return { exit: error.exit, text, json: { code: error.exit, message: error.message, diagnostics: ds } };
  }
  if (error instanceof EnvironmentError) {
    const cause = error.cause instanceof Error ? `\n  cause: ${visible(error.cause.message.trim())}` : '';
    const text = `bootplan: ${visible(error.message)}${cause}\nhelp: ${visible(error.help)}`;
    return { exit: error.exit, text, json: { code: error.exit, message: error.message, help: error.help } };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isOclifExit(error)) {
    const text = `bootplan: ${message}\nhelp: bootplan --help, or bootplan COMMAND --help`;
    return { exit: exitCode.usage, text, json: { code: exitCode.usage, message } };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (outOfSpace.has(code)) {
    const help = 'free space, or choose another directory; what was finished is kept, start the same command again';
    return {
      exit: exitCode.disk,
      text: `bootplan: ${message}\nhelp: ${help}`,
      json: { code: exitCode.disk, message, help },
    };
  }
  if (!(error instanceof Bug) && (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOTDIR')) {
    const help = 'check the path and its permissions';
    return {
      exit: exitCode.missingInput,
      text: `bootplan: ${message}\nhelp: ${help}`,
      json: { code: exitCode.missingInput, message, help },
    };
  }
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  const text = `bootplan: this is a bug in bootplan\n${stack}\nhelp: please report it with the command line and this text`;
  return { exit: exitCode.bug, text, json: { code: exitCode.bug, message } };
}

/**
 * What oclif needs to know of all commands to print a help or find one, kept beside package.json, so that starting does
 * not load every command. It carries the names, sizes and times of the command files, and is made anew when they differ.
 *
 * @returns whether it is there; a directory that cannot be written works without
 */
async function hasManifest(root: string, commands: string, pjson: Interfaces.PJSON): Promise<boolean> {
  const { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = await import('node:fs');
  const file = `${root}/.oclif.manifest.json`;
  const names = readdirSync(`${root}/${commands}`, { recursive: true, encoding: 'utf8' }).sort();
  const stamp = names
    .map((name) => {
      const { size, mtimeMs } = statSync(`${root}/${commands}/${name}`);
      return `${name} ${size} ${mtimeMs}`;
    })
    .join('\n');
  try {
    if (JSON.parse(readFileSync(file, 'utf8')).stamp === stamp) return true;
  } catch {
    // Not there, or not whole: made below.
  }
  try {
    rmSync(file, { force: true });
    const { Config } = await import('@oclif/core/config');
    const config = await Config.load({ root, pjson });
    // The class has it, its interface does not say so.
    const { manifest } = config.plugins.get(config.name) as unknown as { manifest: object };
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify({ ...manifest, stamp }));
    renameSync(partial, file);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param root the package's directory, with package.json in it
 * @param code the directory of the code in it, `src` or `dist`
 */
export async function main(root: string, code: 'src' | 'dist', argv: readonly string[]): Promise<void> {
  // A reader that closes its end early (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : exitCode.disk),
  );
  try {
    const [{ run }, { readFileSync }] = await Promise.all([import('@oclif/core/run'), import('node:fs')]);
    const pjson = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
    pjson.oclif.commands.target = `./${code}/commands`;
    const ignoreManifest = !(await hasManifest(root, pjson.oclif.commands.target, pjson));
    await run([...argv], { root, pjson, ignoreManifest });
  } catch (error) {
    if (isOclifExit(error) && error.oclif.exit === 0) return; // --help and --version leave this way
    const failure = describe(error);
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: failure.json }, null, 2)}\n`);
    process.stderr.write(`${failure.text}\n`);
    process.exitCode = failure.exit;
  }
}

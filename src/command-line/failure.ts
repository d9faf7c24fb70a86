/**
 * What an error means to the person at the terminal, and to a program: the only place that turns errors into exit
 * codes.
 */
import { formatDiagnostic, sortDiagnostics, visible } from '../diagnostics.ts';
import { Bug, EnvironmentError, type ExitCode, exitCode, InputError } from '../errors.ts';

/** An error, as it is told. */
export interface Failure {
  readonly exit: ExitCode;
  readonly text: string;
  readonly json: object;
}

/** Whether it is the framework's own way to end the program. */
export const isOclifExit = (error: unknown): error is Error & { oclif: { exit?: number } } =>
  error instanceof Error && 'oclif' in error;

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG']);
const wrongPath = new Set(['ENOENT', 'EEXIST', 'EACCES', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);
const usedUp = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);
/** Errors of the system that only a wrong call of ours can cause. */
const nonsense = new Set(['EINVAL', 'EBADF', 'EFAULT', 'E2BIG']);

/** The system's error code for a path that cannot be used, as a sentence. */
function pathSentence({ code = '', path, syscall }: NodeJS.ErrnoException): string {
  const it = path ?? 'what was named';
  if (code === 'ENOENT' && syscall === 'mkdir')
    return `the directory ${it} cannot be made: no directory above it can be used`;
  const sentences: ReadonlyMap<string, string> = new Map([
    ['ENOENT', `there is no file or directory ${it}`],
    ['EEXIST', `${it} is there already`],
    ['EACCES', `${it} may not be used: permission denied`],
    ['EISDIR', `${path === undefined ? 'a directory was named' : `${it} is a directory`} where a file is wanted`],
    ['ENOTDIR', `a part of the path ${it} is no directory`],
    ['ELOOP', `${it} is a link that leads in a circle`],
    ['ENAMETOOLONG', `the path ${it} is longer than the system takes`],
  ]);
  return sentences.get(code)!;
}

/** Several lines stay several, as apt writes them; what else would steer a terminal is shown. */
const shown = (text: string): string => text.trimEnd().split('\n').map(visible).join('\n');
const indented = (text: string): string => shown(text).replaceAll('\n', '\n  ');

function failure(exit: ExitCode, message: string, help: string, cause = ''): Failure {
  const because = cause === '' ? '' : `\n  cause: ${indented(cause)}`;
  const text = `bootplan: ${indented(message)}${because}\nhelp: ${indented(help)}`;
  return { exit, text, json: { code: exit, message, ...(cause !== '' && { cause }), help } };
}

/** Node has no name for a quota that is used up. */
const quota = 'Unknown system error -122';

function named(error: unknown): unknown {
  const unnamed = error instanceof Error && (error as NodeJS.ErrnoException).errno === -122;
  if (!unnamed || !error.message.includes(quota)) return error;
  const message = error.message.replace(`${quota}: ${quota}`, 'EDQUOT: disk quota exceeded');
  return Object.assign(new Error(message), { code: 'EDQUOT' });
}

/** What an error is told as. It takes anything, since anything can be thrown. */
export function describe(given: unknown): Failure {
  const error = named(given);
  if (error instanceof InputError) {
    const ds = sortDiagnostics(error.diagnostics.filter((d) => d.severity !== 'note'));
    const errors = ds.filter((d) => d.severity === 'error').length;
    const text = `${ds.map(formatDiagnostic).join('\n\n')}\n\nbootplan: ${errors} error${errors === 1 ? '' : 's'} in the input`;
    return { exit: error.exit, text, json: { code: error.exit, message: error.message, diagnostics: ds } };
  }
  if (error instanceof EnvironmentError) {
    const cause = error.cause instanceof Error ? error.cause.message.trim() : '';
    return failure(error.exit, error.message, error.help, cause);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isOclifExit(error)) return failure(exitCode.usage, message, 'bootplan --help, or bootplan COMMAND --help');
  const { code = '', syscall = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (outOfSpace.has(code))
    return failure(
      exitCode.disk,
      message,
      'free space, or choose another directory; what was finished is kept, start the same command again',
    );
  if (code === 'EACCES' && syscall === 'mkdir')
    return failure(
      exitCode.configuration,
      message,
      'choose places that you may write to: --state DIR for the results, XDG_CACHE_HOME for the cache',
    );
  if (!(error instanceof Bug) && wrongPath.has(code))
    return failure(
      exitCode.missingInput,
      pathSentence(error as NodeJS.ErrnoException),
      'check the path and its permissions',
    );
  if (!(error instanceof Bug) && usedUp.has(code))
    return failure(
      exitCode.tryAgain,
      message,
      'this machine has no more memory, open files or processes to give (ulimit -a); start the same command again later',
    );
  if (!(error instanceof Bug) && syscall !== '' && !nonsense.has(code))
    return failure(
      exitCode.disk,
      message,
      'the operating system refused this; choose another directory, or start the command in another way',
    );
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  const text = `bootplan: this is a bug in bootplan\n${shown(stack)}\nhelp: please report it with the command line and this text`;
  return { exit: exitCode.bug, text, json: { code: exitCode.bug, message } };
}

/**
 * A private apt: its own sources, lists and cache, made from this machine's. Nothing of the host is written, and what
 * is installed on the host plays no part.
 */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from '../../diagnostics.ts';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode, Interrupted } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { sha256 } from '../files/digest.ts';
import { holds } from '../files/publish.ts';
import { type Ended, runProcess } from '../process.ts';
import { withSourcesDeb822, withSourcesList } from './apt-sources.ts';

const hostApt = '/etc/apt';

/** VERSION_CODENAME of /etc/os-release. */
function codename(): string {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const name = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
  if (name !== undefined) return name;
  const help = 'run bootplan on Debian, or on a distribution made from it';
  throw new EnvironmentError('this machine does not say which Debian it is', exitCode.configuration, help);
}

/** File name -> text of the private sources. */
export function privateSources(): ReadonlyMap<string, string> {
  const release = codename();
  const parts = join(hostApt, 'sources.list.d');
  const names = existsSync(parts)
    ? readdirSync(parts)
        .sort(byteOrder)
        .map((n) => join(parts, n))
    : [];
  const made = [join(hostApt, 'sources.list'), ...names].flatMap((path): [string, string][] => {
    if (!existsSync(path) || !/\.(list|sources)$/.test(path)) return [];
    const text = readFileSync(path, 'utf8');
    const kept = path.endsWith('.list')
      ? withSourcesList(text, release, nativeArchitecture)
      : withSourcesDeb822(text, release, nativeArchitecture);
    return kept === '' ? [] : [[path.slice(path.lastIndexOf('/') + 1), kept]];
  });
  if (made.length > 0) return new Map(made);
  const help = `add the line of your mirror to ${hostApt}/sources.list, as sources.list(5) says`;
  throw new EnvironmentError(`apt has no source for ${release} on this machine`, exitCode.configuration, help);
}

/** How the host's apt reaches the network (proxies, certificates); nothing else of its configuration. */
async function acquireSettings(): Promise<string> {
  const dump = await runProcess('apt-config', ['dump']);
  return dump.stdout
    .split('\n')
    .filter((line) => line.startsWith('Acquire::'))
    .join('\n');
}

/** apt's configuration has no way to write these in a value (apt.conf(5)). */
function refuseUnspeakable(directory: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
  if (!/["\\\u0000-\u001f\u007f\ufffd]/u.test(directory)) return;
  const help = 'set XDG_CACHE_HOME to a path without quotation marks, backslashes and control characters';
  throw new EnvironmentError(`apt cannot work in ${visible(directory)}`, exitCode.configuration, help);
}

/** What is the same already is left alone: an apt that was started for somebody else may be reading it. */
function write(path: string, text: string): void {
  if (!holds(path, text)) writeFileSync(path, text);
}

/** More than apt says of all packages that a seed has. */
const longestAnswer = 2 ** 25;

/** One such apt, in a directory of its own. */
export class AptRoot {
  readonly directory: string;
  readonly archives: string;
  private readonly environment: ByName<string>;
  private readonly signal: AbortSignal | undefined;
  private fresh = false;

  private constructor(directory: string, archives: string, signal: AbortSignal | undefined) {
    this.directory = directory;
    this.archives = archives;
    this.signal = signal;
    this.environment = {
      ...(process.env as ByName<string>),
      APT_CONFIG: join(directory, 'apt.conf'),
      LC_ALL: 'C',
    };
  }

  /**
   * Opens the root that belongs to these sources and this architecture under the cache directory; makes it when new.
   * @param signal ends what apt does, or waits for, by Interrupted
   */
  static async open(cache: string, architecture: string, signal?: AbortSignal): Promise<AptRoot> {
    refuseUnspeakable(cache);
    const sources = privateSources();
    const id = sha256(JSON.stringify([...sources, architecture])).slice(0, 16);
    const directory = join(cache, 'apt', id);
    const archives = join(cache, 'debs');
    for (const d of ['sources', 'parts', 'lists/partial']) makeDirectories(join(directory, d));
    makeDirectories(join(archives, 'partial'));
    for (const [name, text] of sources) write(join(directory, 'sources', name), text);
    write(join(directory, 'status'), '');
    const setting = (name: string, value: string): string => `${name} "${value}";\n`;
    const configuration = [
      await acquireSettings(),
      '\n',
      setting('Dir::Etc::sourcelist', '/dev/null'),
      setting('Dir::Etc::sourceparts', join(directory, 'sources')),
      setting('Dir::Etc::parts', join(directory, 'parts')),
      setting('Dir::Etc::preferences', '/dev/null'),
      setting('Dir::Etc::preferencesparts', join(directory, 'parts')),
      setting('Dir::State::lists', join(directory, 'lists')),
      setting('Dir::State::status', join(directory, 'status')),
      setting('Dir::State::extended_states', join(directory, 'extended_states')),
      setting('Dir::Cache', directory),
      setting('Dir::Cache::archives', archives),
      setting('Dir::Log', directory),
      setting('APT::Architecture', architecture),
      setting('APT::Architectures', architecture),
      // Root would hand downloads to a user who may not be able to reach this directory.
      setting('APT::Sandbox::User', ''),
      setting('Acquire::Languages', 'none'),
    ];
    write(join(directory, 'apt.conf'), configuration.join(''));
    return new AptRoot(directory, archives, signal);
  }

  private get hasLists(): boolean {
    return readdirSync(join(this.directory, 'lists')).some((name) => /_(Packages|Sources)(\.|$)/.test(name));
  }

  private async locked(program: string, args: readonly string[], cwd = this.directory): Promise<Ended> {
    // Two bootplans share this directory; apt itself would not wait for the other.
    const ended = await runProcess('flock', ['--no-fork', join(this.directory, 'lock'), program, ...args], {
      cwd,
      env: this.environment,
      mostOutput: longestAnswer,
      ...(this.signal !== undefined && { signal: this.signal }),
    });
    if (ended.aborted) throw new Interrupted('apt was ended');
    return ended;
  }

  /** Fetches the indices anew, at most once in a run. */
  async update(): Promise<void> {
    if (this.fresh) return;
    const ended = await this.locked('apt-get', ['update', '-q']);
    this.fresh = true;
    if (this.hasLists) return;
    const help = 'check the network and the proxy: sudo apt-get update must work';
    throw new EnvironmentError(`apt cannot fetch its indices:\n${ended.stderr}`, exitCode.tryAgain, help);
  }

  /**
   * Runs an apt program. When it fails, an old index may be the reason: the indices are fetched anew and it gets a
   * second try. So a second run with everything there fetches nothing at all.
   */
  async run(program: 'apt-get' | 'apt-cache', args: readonly string[], cwd?: string): Promise<Ended> {
    if (!this.hasLists) await this.update();
    const first = await this.locked(program, args, cwd);
    if (first.exitCode === 0 || this.fresh) return first;
    await this.update();
    return await this.locked(program, args, cwd);
  }

  /**
   * The indices, as files: of binaries and of sources. They are fetched when there are none.
   * @throws EnvironmentError (75) when they cannot be fetched
   */
  async indices(): Promise<{ readonly packages: readonly string[]; readonly sources: readonly string[] }> {
    if (!this.hasLists) await this.update();
    const format = '$(CREATED_BY) $(FILENAME)';
    const ended = await this.locked('apt-get', ['indextargets', '--format', format]);
    const rows = ended.stdout.split('\n').map((line) => line.split(' '));
    const of = (kind: string): readonly string[] =>
      rows.flatMap(([created, file]) => (created === kind && file && statSync(file).size > 0 ? [file] : []));
    return { packages: of('Packages'), sources: of('Sources') };
  }
}

/**
 * apt asked questions about one index alone: an own root, no network, nothing of this machine's apt but the program.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../../../errors.ts';
import { runProcess } from '../../../process.ts';

/** One such apt, over one index. */
export class OfflineApt {
  private readonly directory: string;
  private readonly architecture: string;

  /** @param directory an empty one, for as long as this object is used */
  constructor(directory: string, architecture: string) {
    this.directory = directory;
    this.architecture = architecture;
  }

  /** @param index text of a Packages index @throws EnvironmentError when apt does not take it */
  async open(index: string): Promise<void> {
    const at = (name: string): string => join(this.directory, name);
    for (const d of ['index', 'lists/partial', 'archives/partial', 'parts']) mkdirSync(at(d), { recursive: true });
    writeFileSync(at('index/Packages'), index);
    writeFileSync(at('status'), '');
    writeFileSync(at('sources.list'), `deb [trusted=yes] file:${at('index')} ./\n`);
    const settings = {
      'Dir::Etc::sourcelist': at('sources.list'),
      'Dir::Etc::sourceparts': at('parts'),
      'Dir::Etc::parts': at('parts'),
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': at('parts'),
      'Dir::State': this.directory,
      'Dir::State::lists': at('lists'),
      'Dir::State::status': at('status'),
      'Dir::Cache': this.directory,
      'Dir::Cache::archives': at('archives'),
      'Dir::Log': this.directory,
      'APT::Architecture': this.architecture,
      'APT::Architectures': this.architecture,
      'APT::Sandbox::User': '',
      'APT::Install-Recommends': 'false',
      'Acquire::Languages': 'none',
      'Acquire::ForceHash': 'sha256',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};\n`);
    writeFileSync(at('apt.conf'), lines.join(''));
    const { exitCode: code, said } = await this.apt(['update', '-q']);
    if (code !== 0)
      throw new EnvironmentError(
        `apt does not take the index:\n${said}`,
        exitCode.badInput,
        'is it a whole Packages index?',
      );
  }

  private async apt(args: readonly string[]): Promise<{ exitCode: number | undefined; stdout: string; said: string }> {
    const { PATH = '' } = process.env;
    const env = { PATH, LC_ALL: 'C', APT_CONFIG: join(this.directory, 'apt.conf') };
    const ended = await runProcess('apt-get', args, { env, cwd: this.directory, repeatable: true });
    return { exitCode: ended.exitCode, stdout: ended.stdout, said: `${ended.stdout}\n${ended.stderr}`.trim() };
  }

  /**
   * File names of all that apt would install, byte order as it comes.
   * @returns what apt said instead, when it cannot
   */
  async wouldInstall(
    args: readonly string[],
  ): Promise<{ readonly files: readonly string[] } | { readonly why: string }> {
    const {
      exitCode: code,
      stdout,
      said,
    } = await this.apt([...args, '-q', '-y', '--print-uris', '--no-install-recommends']);
    if (code !== 0) return { why: said };
    return { files: [...stdout.matchAll(/^'[^']*' (\S+\.deb) \d+ /gm)].map(([, file]) => file!) };
  }
}

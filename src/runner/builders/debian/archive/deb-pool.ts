/**
 * Debian packages of the seed, by file name and sha256: fetched once for all runs of this machine, hashed each time.
 */

import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../../../directories.ts';
import { exitCode, InputError } from '../../../../errors.ts';
import type { Diagnostic } from '../../../../model.ts';
import type { BinaryName, SourceName } from '../../../../names.ts';
import type { AptRoot } from '../../../fetch/apt-root.ts';
import { aptFileName } from '../../../files/deb-file.ts';
import { sha256File } from '../../../files/digest.ts';
import { publishCopy } from '../../../files/publish.ts';

/** A .deb as an index describes it. */
export interface IndexedFile {
  readonly name: BinaryName;
  readonly version: string;
  readonly architecture: string;
  /** The source it was built from. */
  readonly source: SourceName;
  readonly sha256: string;
  readonly bytes: number;
}

/** The name that apt gives the file. */
export const fileNameOf = ({ name, version, architecture }: IndexedFile): string =>
  aptFileName(name, version, architecture);

/** The pool of one cache directory. */
export class DebPool {
  readonly directory: string;
  /** By sha256, what was asked for in vain: no mirror is asked for it twice. */
  private readonly inVain = new Map<string, Diagnostic>();

  constructor(cache: string) {
    this.directory = join(cache, 'pool');
  }

  pathOf(deb: IndexedFile): string {
    return join(this.directory, `${deb.sha256}.deb`);
  }

  private async absent(debs: readonly IndexedFile[]): Promise<readonly IndexedFile[]> {
    const missing: IndexedFile[] = [];
    for (const deb of debs) {
      const path = this.pathOf(deb);
      if (existsSync(path) && (await sha256File(path)) === deb.sha256) continue;
      rmSync(path, { force: true });
      missing.push(deb);
    }
    return missing;
  }

  /**
   * Sees to it that all are there with the content that their index names.
   * @param nearby host paths at which one may lie, in a copy of the archive
   * @throws InputError (66) with every one that this machine's mirrors do not have
   */
  async fetch(
    debs: readonly IndexedFile[],
    apt: () => Promise<AptRoot>,
    nearby: (deb: IndexedFile) => readonly string[] = () => [],
  ): Promise<void> {
    makeDirectories(this.directory);
    const notHere = await this.absent(debs);
    for (const deb of notHere)
      for (const path of nearby(deb))
        if (lstatSync(path, { throwIfNoEntry: false })?.isFile() && (await sha256File(path)) === deb.sha256)
          publishCopy(path, this.pathOf(deb));
    const absent = await this.absent(notHere);
    const missing = absent.filter(({ sha256 }) => !this.inVain.has(sha256));
    if (missing.length > 0) await this.fromMirrors(missing, apt);
    const problems = absent.flatMap(({ sha256 }) => this.inVain.get(sha256) ?? []);
    if (problems.length > 0) throw new InputError(problems, exitCode.missingInput);
  }

  private async fromMirrors(missing: readonly IndexedFile[], apt: () => Promise<AptRoot>): Promise<void> {
    const scratch = mkdtempSync(join(this.directory, 'fetch-'));
    try {
      await this.download(missing, scratch, await apt());
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  private async download(debs: readonly IndexedFile[], scratch: string, apt: AptRoot): Promise<void> {
    const exact = ({ name, version, architecture }: IndexedFile) =>
      architecture === 'all' ? `${name}=${version}` : `${name}:${architecture}=${version}`;
    // Without one of them apt fetches none: then each is asked for alone, so that all that is missing is named.
    const together = await apt.run('apt-get', ['download', '-q', ...debs.map(exact)], scratch);
    const taken = await this.take(debs, scratch);
    const left = debs.filter((deb) => !taken.has(deb));
    if (together.exitCode === 0 && left.length === 0) return;
    for (const deb of left) {
      const alone = join(scratch, deb.sha256);
      mkdirSync(alone);
      const ended = await apt.run('apt-get', ['download', '-q', exact(deb)], alone);
      const came = readdirSync(alone).length > 0;
      if ((await this.take([deb], alone)).size > 0) continue;
      const why = ended.stderr
        .split('\n')
        .filter((line) => line.startsWith('E:'))
        .join(' ');
      const message = came
        ? `${fileNameOf(deb)}: the mirror's file is not what the index says (sha256 ${deb.sha256})`
        : `${fileNameOf(deb)} cannot be had from this machine's mirrors. ${why}`.trim();
      const help =
        'take the indices anew (apt-get update, or fetch Packages and Sources again), or add a mirror that has it';
      this.inVain.set(deb.sha256, { code: 'BP523', severity: 'error', message, help });
    }
  }

  /** Moves what has the right content into the pool. */
  private async take(debs: readonly IndexedFile[], directory: string): Promise<ReadonlySet<IndexedFile>> {
    const taken = new Set<IndexedFile>();
    for (const deb of debs) {
      const path = join(directory, fileNameOf(deb));
      if (!existsSync(path) || (await sha256File(path)) !== deb.sha256) continue;
      renameSync(path, this.pathOf(deb));
      taken.add(deb);
    }
    return taken;
  }
}

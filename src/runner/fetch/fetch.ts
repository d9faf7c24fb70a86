/** Sources by name, version and sha256: from the cache, from beside the metadata, or from apt. */

import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { visible } from '../../diagnostics.ts';
import type { FileDigest } from '../../digests.ts';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { leadsOut } from '../../metadata/project/beside.ts';
import type { Diagnostic, FetchItem } from '../../model.ts';
import { shellWord } from '../../text/shell-quote.ts';
import { sha256File } from '../files/digest.ts';
import { linkOrCopy, publishCopy } from '../files/publish.ts';
import { sourceDateEpoch } from '../recipe/paths.ts';
import type { AptRoot } from './apt-root.ts';
import { layOut, localDigest, notFetchable } from './local.ts';

/** A regular file with that content, and no link to one. */
const isFileOf = async (path: string, sha256: FileDigest): Promise<boolean> =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && (await sha256File(path)) === sha256;

/** The sources of one cache, each held against its sha256 whenever it is handed out. */
export class SourceStore {
  private readonly directory: string;
  private readonly metadata: string;
  private readonly wayOut: string;
  /** By sha256, what was asked for in vain: no mirror is asked for it twice. */
  private readonly inVain = new Map<string, Diagnostic>();

  /** @param wayOut what to do about a source that no mirror has any more; of recipes, the lock is renewed */
  constructor(cache: string, metadata: string, wayOut = `${relock(metadata)}, for the version they have now`) {
    this.directory = join(cache, 'sources');
    this.metadata = metadata;
    this.wayOut = wayOut;
  }

  /** Where an item is once it is fetched. */
  pathOf(item: FetchItem): string {
    return item.kind === 'local' ? join(this.metadata, item.name) : join(this.directory, item.sha256);
  }

  /** Sees to it that every item is there with the right content. Throws with all problems at once. */
  async fetch(items: readonly FetchItem[], apt: () => Promise<AptRoot>): Promise<void> {
    const problems: Diagnostic[] = [];
    const missing = new Map<string, FetchItem>();
    for (const item of items) {
      if (item.kind === 'local') problems.push(...(await this.localProblem(item)));
      else if (!(await this.has(item))) missing.set(item.sha256, item);
    }
    const wanted = new Map<string, FetchItem[]>();
    for (const item of missing.values()) {
      const known = this.inVain.get(item.sha256);
      if (known !== undefined) {
        problems.push(known);
        continue;
      }
      const key = `${item.source}=${item.version}`;
      wanted.set(key, [...(wanted.get(key) ?? []), item]);
    }
    for (const [source, files] of wanted) problems.push(...(await this.download(source, files, await apt())));
    if (problems.length > 0) throw new InputError(problems, exitCode.missingInput);
  }

  private async has(item: FetchItem): Promise<boolean> {
    const path = this.pathOf(item);
    const { nearby } = item;
    if (!existsSync(path)) {
      if (nearby === undefined || !(await isFileOf(nearby, item.sha256))) return false;
      makeDirectories(this.directory);
      publishCopy(nearby, path);
    }
    if ((await sha256File(path)) === item.sha256) return true;
    rmSync(path);
    return false;
  }

  private async localProblem(item: FetchItem): Promise<Diagnostic[]> {
    const path = this.pathOf(item);
    if (!existsSync(path))
      return [lockProblem(item, `${item.name} is not beside the metadata`, 'add it, or remove it from the recipe')];
    if (leadsOut(this.metadata, item.name))
      return [lockProblem(item, `${item.name} is a link that leads out of the metadata`, 'put the file itself there')];
    const odd = (await notFetchable(path)).map((name) => visible(name));
    if (odd.length > 0)
      return [
        lockProblem(item, `neither file, directory nor link, or no text: ${odd.join(', ')}`, 'move it out of there'),
      ];
    const is = await localDigest(path);
    if (is === item.sha256) return [];
    return [changed(item, is, this.metadata)];
  }

  private async download(source: string, files: readonly FetchItem[], apt: AptRoot): Promise<Diagnostic[]> {
    makeDirectories(this.directory);
    const scratch = mkdtempSync(join(this.directory, 'fetch-'));
    try {
      const args = ['source', '-q', '--download-only', '--only-source', '--', source];
      const ended = await apt.run('apt-get', args, scratch);
      const problems: Diagnostic[] = [];
      const inVain = (item: FetchItem, message: string, help: string): void => {
        const problem = lockProblem(item, message, help);
        this.inVain.set(item.sha256, problem);
        problems.push(problem);
      };
      for (const item of files) {
        const path = join(scratch, item.name);
        if (!existsSync(path)) {
          const why = ended.stderr
            .split('\n')
            .filter((l) => /^E:/.test(l))
            .join(' ');
          const message = `${source}: ${item.name} cannot be had from this machine's mirrors. ${why}`.trim();
          inVain(item, message, this.wayOut);
          continue;
        }
        const is = await sha256File(path);
        if (is === item.sha256) {
          chmodSync(path, 0o644);
          renameSync(path, this.pathOf(item));
        } else
          inVain(
            item,
            `${item.name} has sha256 ${is}, not ${item.sha256} as locked`,
            'do not build it; ask who changed it',
          );
      }
      return problems;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /**
   * Lays a recipe's items out under their names, for the sandbox to see.
   * @throws InputError when something beside the metadata has been changed since the run began
   */
  async place(items: readonly FetchItem[], directory: string): Promise<void> {
    for (const item of items) {
      const [from, to] = [this.pathOf(item), join(directory, item.name)];
      if (!existsSync(from))
        throw new EnvironmentError(
          `${item.name} is gone from the cache`,
          exitCode.missingInput,
          'start again: it is fetched anew',
        );
      mkdirSync(dirname(to), { recursive: true });
      if (item.kind === 'debian') linkOrCopy(from, to);
      else {
        await layOut(from, to);
        // What counts is what the build gets: the file itself may be edited at any time.
        const is = await localDigest(to);
        if (is !== item.sha256) throw new InputError([changed(item, is, this.metadata)], exitCode.missingInput);
      }
      for (let d = dirname(to); d.startsWith(directory); d = dirname(d))
        utimesSync(d, sourceDateEpoch, sourceDateEpoch);
    }
  }
}

const relock = (metadata: string): string => `bootplan relock --metadata ${shellWord(metadata)}`;

const changed = (item: FetchItem, is: string, metadata: string): Diagnostic =>
  lockProblem(item, `${item.name} has changed: its sha256 is ${is}, not ${item.sha256}`, relock(metadata));

const lockProblem = ({ origin, excerpt }: FetchItem, message: string, help: string): Diagnostic => ({
  ...(origin && { origin }),
  ...(excerpt !== undefined && { excerpt }),
  code: 'BP510',
  severity: 'error',
  message,
  help,
});

/**
 * The seed: Debian packages of this machine's own distribution, closed under their dependencies by apt, unpacked into
 * one tree. No maintainer script runs; what two of them would have done (awk, cc) is done here. Every .deb is named and
 * hashed, in the state directory and in the fingerprint of each build that has the seed installed.
 */
import { existsSync, lstatSync, lutimesSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../directories.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { SeedBinary } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { partsOfAptFileName } from '../files/deb-file.ts';
import { sha256File } from '../files/digest.ts';
import { hold } from '../files/file-lock.ts';
import { entryIn } from '../files/owned.ts';
import { publishText } from '../files/publish.ts';
import { removeTree } from '../files/remove-tree.ts';
import { runProcess } from '../process.ts';
import { sourceDateEpoch } from '../recipe/paths.ts';
import type { AptRoot } from './apt-root.ts';
import { digestOfSeed, readSeed, type Seed, type SeedDeb } from './seed-record.ts';
import { breakSeal, isSealed, seal } from './seed-seal.ts';
import { unpackDebs } from './unpack-debs.ts';

/** apt's own answer: `'URI' file size SHA256:digest`, one per .deb. */
function parseUris(text: string): readonly SeedDeb[] {
  const debs = text.split('\n').flatMap((line): SeedDeb[] => {
    const [, file, bytes, digest] = /^'[^']*' (\S+\.deb) (\d+) SHA256:([0-9a-f]{64})/.exec(line) ?? [];
    return file === undefined || partsOfAptFileName(file) === undefined
      ? []
      : [{ file, sha256: digest!, bytes: Number(bytes) }];
  });
  return debs.sort((a, b) => byteOrder(a.file, b.file));
}

/** The seeds of one cache, each made once. */
export class SeedStore {
  private readonly cache: string;
  private readonly records: string;
  private readonly onlyLooks: boolean;
  private readonly ready = new Map<string, Promise<{ seed: Seed; directory: string }>>();

  /**
   * @param records the state directory's place for what the seed was
   * @param onlyLooks nothing is fetched, unpacked or recorded: only digests are asked for
   */
  constructor(cache: string, records: string, onlyLooks = false) {
    this.cache = cache;
    this.records = records;
    this.onlyLooks = onlyLooks;
  }

  /** The seed made of these seed binaries together, unpacked. Asks apt only when this state directory has not yet. */
  get(seeds: readonly SeedBinary[], apt: () => Promise<AptRoot>): Promise<{ seed: Seed; directory: string }> {
    const names = seeds.map((s) => s.name).sort(byteOrder);
    const key = names.join('+');
    const ready = this.ready.get(key) ?? this.make(names, seeds, apt);
    this.ready.set(key, ready);
    return ready;
  }

  private async make(names: readonly string[], seeds: readonly SeedBinary[], apt: () => Promise<AptRoot>) {
    const packages = [...new Set(seeds.flatMap((s) => s.packages))].sort(byteOrder);
    const file = entryIn(this.records, `${names.join('+')}.json`);
    const known = existsSync(file) ? readSeed(file) : undefined;
    const asked = known?.packages.join() === packages.join() && known.names.join() === names.join();
    const seed = known !== undefined && asked ? known : await this.resolve(names, packages, await apt());
    const directory = join(this.cache, 'seed', seed.digest.slice(0, 32));
    if (this.onlyLooks) return { seed, directory };
    await onceAtATime(directory, async () => {
      if (await isSealed(directory)) return;
      await this.download(seed, apt);
      await this.unpackAlone(seed, directory);
    });
    if (seed !== known) {
      makeDirectories(this.records);
      publishText(file, `${JSON.stringify(seed, null, 2)}\n`);
    }
    return { seed, directory };
  }

  /** The packages themselves, for another machine: file name -> host path. Fetched again when they are gone. */
  async debsOf(seed: Seed, apt: () => Promise<AptRoot>): Promise<ReadonlyMap<string, string>> {
    await this.download(seed, apt);
    return new Map(seed.debs.map(({ file }) => [file, entryIn(join(this.cache, 'debs'), file)]));
  }

  /** Another bootplan may want the same tree: one makes it, the other finds it. */
  private async unpackAlone(seed: Seed, directory: string): Promise<void> {
    makeDirectories(join(this.cache, 'seed'));
    const file = `${directory}.lock`;
    const held = await hold(file, secondsForAnother);
    const help = 'another bootplan unpacks this seed: try again when it has ended';
    if (held === undefined) throw new EnvironmentError(`${file} is in use`, exitCode.tryAgain, help);
    try {
      if (await isSealed(directory)) return;
      await breakSeal(directory);
      await unpack(seed, join(this.cache, 'debs'), directory);
    } finally {
      held.release();
    }
  }

  private async resolve(names: readonly string[], packages: readonly string[], apt: AptRoot): Promise<Seed> {
    const args = ['install', '-q', '-y', '--no-install-recommends', '--print-uris', '-o', 'Acquire::ForceHash=sha256'];
    // Already downloaded files are not listed, so the question is asked of an empty archive.
    const empty = ['-o', `Dir::Cache::archives=${join(apt.directory, 'none')}`];
    mkdirSync(join(apt.directory, 'none/partial'), { recursive: true });
    const ended = await apt.run('apt-get', [...args, ...empty, '--', ...packages]);
    const debs = parseUris(ended.stdout);
    if (ended.exitCode !== 0 || debs.length === 0) {
      const help = 'correct the `debian:` list of the seed, or the sources of apt';
      throw new EnvironmentError(
        `apt cannot put the seed ${names.join(', ')} together:\n${ended.stderr}`,
        exitCode.missingInput,
        help,
      );
    }
    return { names, packages, debs, digest: digestOfSeed(debs) };
  }

  private async download(seed: Seed, apt: () => Promise<AptRoot>): Promise<void> {
    const missing = await this.absent(seed);
    if (missing.length === 0) return;
    const root = await apt();
    const exact = seed.debs.map(({ file }) => {
      const { name, version } = partsOfAptFileName(file)!;
      return `${name}=${version}`;
    });
    const ended = await root.run('apt-get', [
      'install',
      '-q',
      '-y',
      '--no-install-recommends',
      '--download-only',
      '--',
      ...exact,
    ]);
    const left = await this.absent(seed);
    if (left.length === 0) return;
    const help = /Hash Sum mismatch/i.test(ended.stderr)
      ? 'the mirror has other contents than its signed index says: do not use them; try another mirror, or later'
      : 'the mirror may have newer versions: remove the seed directory of the state to take those';
    throw new EnvironmentError(
      `apt cannot fetch ${left.map((d) => d.file).join(', ')}:\n${ended.stderr}`,
      exitCode.missingInput,
      help,
    );
  }

  /** Those that are not in the cache with the right content. */
  private async absent(seed: Seed): Promise<readonly SeedDeb[]> {
    const missing: SeedDeb[] = [];
    for (const deb of seed.debs) {
      const path = entryIn(join(this.cache, 'debs'), deb.file);
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile() && (await sha256File(path)) === deb.sha256) continue;
      await removeTree(path);
      missing.push(deb);
    }
    return missing;
  }
}

/** More than unpacking takes. */
const secondsForAnother = 600;

const beingMade = new Map<string, Promise<void>>();

/** All architectures of a run share the cache: what one makes, the others wait for. */
function onceAtATime(directory: string, make: () => Promise<void>): Promise<void> {
  const made = beingMade.get(directory) ?? make().finally(() => beingMade.delete(directory));
  beingMade.set(directory, made);
  return made;
}

async function unpack(seed: Seed, debs: string, directory: string): Promise<void> {
  const partial = `${directory}.partial-${process.pid}`;
  await removeTree(partial);
  const files = seed.debs.map((d) => join(debs, d.file));
  const done = await unpackDebs(files, partial);
  const failed = done.find((d) => d.exitCode !== 0);
  if (failed !== undefined)
    throw new EnvironmentError(
      `cannot unpack the seed: ${failed.stderr}`,
      exitCode.disk,
      'bootplan doctor shows what room there is',
    );
  alternatives(join(partial, 'usr/bin'));
  settleTimes(partial);
  // Or a power cut would leave the name with a part of the content.
  await runProcess('sync', ['--file-system', partial]);
  renameSync(partial, directory);
  await seal(directory);
}

/**
 * Directories have the time of the package that was unpacked into them last, and links that are made here that of
 * today: both would differ from machine to machine. Files keep what their packages say.
 */
function settleTimes(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    // A link is not followed: /var/run of a system would lead into this machine's own /run.
    if (entry.isDirectory()) settleTimes(path);
    else if (!entry.isFile()) lutimesSync(path, sourceDateEpoch, sourceDateEpoch);
  }
  lutimesSync(directory, sourceDateEpoch, sourceDateEpoch);
}

/** The names that update-alternatives would have made. */
function alternatives(bin: string): void {
  const there = new Set(readdirSync(bin));
  const choices: readonly (readonly [string, readonly string[]])[] = [
    ['awk', ['gawk', 'mawk']],
    ['cc', ['gcc']],
    ['c99', ['c99-gcc']],
    ['yacc', ['bison.yacc']],
  ];
  for (const [name, makers] of choices) {
    const maker = makers.find((m) => there.has(m));
    if (maker !== undefined && !there.has(name)) symlinkSync(maker, join(bin, name));
  }
}

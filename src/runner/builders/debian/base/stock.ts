/**
 * What a run has of the archive besides its own builds: the packages of the base, which apt chooses, and those that the
 * installation sets of the plan name. Found once for a state directory, from the indices alone, and kept as a record.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { entriesOf, valueAt, valuesOf } from '../../../../by-name.ts';
import { makeDirectories } from '../../../../directories.ts';
import { Bug, EnvironmentError, exitCode } from '../../../../errors.ts';
import type { ByName } from '../../../../model.ts';
import { byteOrder } from '../../../../order.ts';
import { sha256 } from '../../../files/digest.ts';
import { damaged, readRecord } from '../../../files/json-record.ts';
import { publishText } from '../../../files/publish.ts';
import { fileNameOf } from '../archive/deb-pool.ts';
import { type IndexStanza, indexText, stanzaOf, stanzasNamed } from '../archive/index-stanzas.ts';
import { OfflineApt } from '../archive/offline-apt.ts';
import { basePackages } from './base-chroot.ts';

/** Names of .deb files, as apt gives them to its archive: byte order. */
export type Files = readonly string[];

const keyOf = (files: Files): string => sha256(files.join('\n'));

/** `downloads/debian_ARCH.json`. */
interface StockRecord {
  readonly format: 1;
  /** Stanzas of the index. */
  readonly stanzas: readonly string[];
  /** Places in `stanzas`. */
  readonly base: readonly number[];
  /** sha256 of the names of files -> their places in `stanzas`. */
  readonly builds: ByName<readonly number[]>;
}

/** Where the record lies in a directory of downloads. */
export const recordPath = (downloads: string, architecture: string): string =>
  join(downloads, `debian_${architecture}.json`);

/**
 * The record of a machine that does one build: it covers this build and nothing else, and no index is read there.
 *
 * @param base stanzas of the base @param seed stanzas of what else the archive gives the build
 */
export function recordOfOne(base: readonly string[], seed: readonly IndexStanza[]): string {
  const files = seed.map(({ file }) => fileNameOf(file)).sort(byteOrder);
  const places = new Map(seed.map(({ file }, i) => [fileNameOf(file), base.length + i]));
  const record: StockRecord = {
    format: 1,
    stanzas: [...base, ...seed.map(({ text }) => text)],
    base: base.map((_, i) => i),
    builds: { [keyOf(files)]: files.map((file) => places.get(file)!) },
  };
  return `${JSON.stringify(record, null, 1)}\n`;
}

const remedy = 'delete it: what the archive has is looked up again';

/** The stock of one state directory. */
export class Stock {
  private readonly file: string;
  private readonly indices: readonly string[];
  private readonly architecture: string;
  private readonly onlyLooks: boolean;
  private record: StockRecord | undefined;
  private stanzas: readonly IndexStanza[] = [];

  /** @param indices Packages files @param file where the record is kept @param onlyLooks and is not written */
  constructor(indices: readonly string[], architecture: string, file: string, onlyLooks = false) {
    this.onlyLooks = onlyLooks;
    this.indices = indices;
    this.architecture = architecture;
    this.file = file;
  }

  private take(record: StockRecord): void {
    this.record = record;
    this.stanzas = record.stanzas.map((text) => {
      const stanza = stanzaOf(text);
      if (stanza === undefined) throw damaged(this.file, remedy, 'a stanza in it is none');
      return stanza;
    });
    const places = [...record.base, ...valuesOf(record.builds).flat()];
    if (places.some((place) => place >= this.stanzas.length))
      throw damaged(this.file, remedy, 'its parts do not agree');
  }

  /**
   * Sees to it that the record covers all of these lists. Reads the indices only when it does not.
   * @throws EnvironmentError (65) when apt cannot put a base together from the indices
   */
  async cover(wanted: readonly Files[]): Promise<void> {
    if (this.record === undefined && existsSync(this.file))
      this.take(readRecord<StockRecord>(this.file, 'records#/$defs/debianStock', remedy));
    const known = this.record;
    const missing = wanted.filter((files) => known === undefined || valueAt(known.builds, keyOf(files)) === undefined);
    if (known !== undefined && missing.length === 0) return;
    const record = await this.resolve(missing);
    if (!this.onlyLooks) {
      makeDirectories(dirname(this.file));
      publishText(this.file, `${JSON.stringify(record, null, 1)}\n`);
    }
    this.take(record);
  }

  private async resolve(wanted: readonly Files[]): Promise<StockRecord> {
    const index = await indexText(this.indices);
    const base =
      this.record?.base.map((place) => this.stanzas[place]!.text) ?? (await this.askFor(index, basePackages));
    const found = stanzasNamed(index, new Set(wanted.flat()));
    const texts = [...(this.record?.stanzas ?? [])];
    const places = new Map(texts.map((text, place) => [text, place]));
    const placeOf = (text: string): number => {
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, texts.length);
      return texts.push(text) - 1;
    };
    const builds = new Map(entriesOf(this.record?.builds ?? {}));
    for (const files of wanted) builds.set(keyOf(files), textsOf(found, files).map(placeOf));
    return { format: 1, base: base.map(placeOf), stanzas: texts, builds: Object.fromEntries(builds) };
  }

  private async askFor(index: string, names: readonly string[]): Promise<readonly string[]> {
    const scratch = mkdtempSync(join(tmpdir(), 'bootplan-apt-'));
    try {
      const apt = new OfflineApt(scratch, this.architecture);
      await apt.open(index);
      return await this.chosen(apt, index, names);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  private async chosen(apt: OfflineApt, index: string, names: readonly string[]): Promise<readonly string[]> {
    const answer = await apt.wouldInstall(['install', ...names]);
    if ('files' in answer) return textsOf(stanzasNamed(index, new Set(answer.files)), answer.files);
    const help = 'give indices that hold a whole distribution: Essential packages, apt, build-essential, fakeroot';
    throw new EnvironmentError(`apt cannot install ${names.join(' ')}:\n${answer.why}`, exitCode.badInput, help);
  }

  /**
   * The packages of an installed system: all that is Essential, these, and what they need, as apt chooses. Kept in the
   * record like the rest.
   */
  async system(names: readonly string[]): Promise<readonly IndexStanza[]> {
    await this.cover([]);
    const known = this.record!;
    const key = sha256(`system\n${names.join('\n')}`);
    const places = valueAt(known.builds, key);
    if (places !== undefined) return this.stanzasAt(places);
    const index = await indexText(this.indices);
    const texts = await this.askFor(index, ['?essential', ...names]);
    const all = [...new Set([...known.stanzas, ...texts])];
    const found = texts.map((text) => all.indexOf(text));
    const builds = { ...known.builds, [key]: found };
    const record = { ...known, stanzas: all, builds };
    publishText(this.file, `${JSON.stringify(record, null, 1)}\n`);
    this.take(record);
    return this.stanzasAt(found);
  }

  private stanzasAt(places: readonly number[]): readonly IndexStanza[] {
    return places.map((place) => this.stanzas[place]!);
  }

  /** The packages of the base. Only after `cover`. */
  get base(): readonly IndexStanza[] {
    if (this.record === undefined) throw new Bug('the stock is not known yet');
    return this.stanzasAt(this.record.base);
  }

  /**
   * The stanzas of these files, and no others: a record with more would leak what the archive has into a build. Only
   * after `cover`.
   *
   * @throws EnvironmentError when the record has other files in their place, with their names
   */
  of(files: Files): readonly IndexStanza[] {
    const places = this.record && valueAt(this.record.builds, keyOf(files));
    if (places === undefined) throw new Bug('the stock does not cover that list');
    const stanzas = this.stanzasAt(places);
    const named = new Set(files);
    const strange = stanzas.map(({ file }) => fileNameOf(file)).filter((name) => !named.has(name));
    if (strange.length > 0)
      throw damaged(
        this.file,
        remedy,
        `it gives a build ${strange.join(', ')}, which the plan does not take of the archive`,
      );
    if (stanzas.length !== files.length)
      throw damaged(this.file, remedy, 'it has not all that a build takes of the archive');
    return stanzas;
  }
}

/** Byte order of file name, so that the order of apt decides nothing. */
function textsOf(found: ReadonlyMap<string, IndexStanza>, files: Files): readonly string[] {
  const lost = files.filter((file) => !found.has(file));
  if (lost.length > 0)
    throw new EnvironmentError(
      `the indices have no ${lost.join(', ')}, or without a sha256`,
      exitCode.badInput,
      'give the indices that the plan was made from',
    );
  return [...files].sort(byteOrder).map((file) => found.get(file)!.text.trim());
}

/**
 * What a run has of the archive besides its own builds: the packages of the base, and those that apt would take for the
 * build dependencies of each build. Found once for a state directory, from the indices alone, and kept as a record.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { entriesOf, valueAt, valuesOf } from '../../../by-name.ts';
import { makeDirectories } from '../../../directories.ts';
import { Bug, EnvironmentError, exitCode, InputError } from '../../../errors.ts';
import type { ByName, Diagnostic } from '../../../model.ts';
import { byteOrder } from '../../../order.ts';
import { sha256 } from '../../files/digest.ts';
import { damaged, readRecord } from '../../files/json-record.ts';
import { publishText } from '../../files/publish.ts';
import { basePackages } from './base-chroot.ts';
import { fileNameOf } from './deb-pool.ts';
import { type IndexStanza, indexText, stanzaOf, stanzasNamed } from './index-stanzas.ts';
import { OfflineApt } from './offline-apt.ts';

/** One build, as far as its dependencies go. */
export interface Wanted {
  /** For people: `krb5<stage1>`. */
  readonly title: string;
  /** A source description with its build dependencies. */
  readonly dsc: string;
}

/** `downloads/debian_ARCH.json`. */
interface StockRecord {
  readonly format: 1;
  /** Stanzas of the index. */
  readonly stanzas: readonly string[];
  /** Places in `stanzas`. */
  readonly base: readonly number[];
  /** sha256 of a source description -> places in `stanzas` of what is installed for it, the base left out. */
  readonly builds: ByName<readonly number[]>;
}

const remedy = 'delete it: what the archive has is looked up again';

export class Stock {
  private readonly file: string;
  private readonly indices: readonly string[];
  private readonly architecture: string;
  private record: StockRecord | undefined;
  private stanzas: readonly IndexStanza[] = [];

  /** @param indices Packages files @param file where the record is kept */
  constructor(indices: readonly string[], architecture: string, file: string) {
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
   * Sees to it that the record covers all of these builds. Asks apt only about what it does not.
   * @throws InputError (65) with every build whose dependencies apt cannot satisfy from the indices
   */
  async cover(wanted: readonly Wanted[]): Promise<void> {
    if (this.record === undefined && existsSync(this.file))
      this.take(readRecord<StockRecord>(this.file, 'records#/$defs/debianStock', remedy));
    const missing = wanted.filter(({ dsc }) => !Object.hasOwn(this.record?.builds ?? {}, sha256(dsc)));
    if (missing.length === 0) return;
    const record = await this.resolve(missing);
    makeDirectories(dirname(this.file));
    publishText(this.file, `${JSON.stringify(record, null, 1)}\n`);
    this.take(record);
  }

  private async resolve(wanted: readonly Wanted[]): Promise<StockRecord> {
    const scratch = mkdtempSync(join(tmpdir(), 'bootplan-apt-'));
    try {
      const index = await indexText(this.indices);
      const apt = new OfflineApt(scratch, this.architecture);
      await apt.open(index);
      return await this.ask(apt, index, wanted);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  private async ask(apt: OfflineApt, index: string, wanted: readonly Wanted[]): Promise<StockRecord> {
    const base = this.record?.base.map((place) => this.stanzas[place]!.text) ?? (await this.baseOf(apt, index));
    apt.installed(base);
    const texts = [...(this.record?.stanzas ?? [])];
    const places = new Map(texts.map((text, place) => [text, place]));
    const placeOf = (text: string): number => {
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, texts.length);
      return texts.push(text) - 1;
    };
    const problems: Diagnostic[] = [];
    const builds = new Map(entriesOf(this.record?.builds ?? {}));
    for (const { title, dsc } of wanted) {
      const answer = await apt.buildDependencies(dsc);
      if ('why' in answer) {
        const said = answer.why
          .split('\n')
          .filter((line) => /^ |^E:/.test(line))
          .join('\n');
        const message = `apt cannot install what ${title} is built with:\n${said}`;
        const help = 'bootplan check says what lacks; perhaps the indices are not of one instant';
        problems.push({ code: 'BP522', severity: 'error', message, help });
        continue;
      }
      builds.set(sha256(dsc), textsOf(index, answer.files).map(placeOf));
    }
    if (problems.length > 0) throw new InputError(problems);
    return { format: 1, base: base.map(placeOf), stanzas: texts, builds: Object.fromEntries(builds) };
  }

  private async baseOf(apt: OfflineApt, index: string): Promise<readonly string[]> {
    const answer = await apt.wouldInstall(['install', ...basePackages]);
    if ('files' in answer) return textsOf(index, answer.files);
    const help = 'give indices that hold a whole distribution: Essential packages, apt, build-essential, fakeroot';
    throw new EnvironmentError(`apt cannot put a base together:\n${answer.why}`, exitCode.badInput, help);
  }

  private stanzasAt(places: readonly number[]): readonly IndexStanza[] {
    return places.map((place) => this.stanzas[place]!);
  }

  /** The packages of the base. Only after `cover`. */
  get base(): readonly IndexStanza[] {
    if (this.record === undefined) throw new Bug('the stock is not known yet');
    return this.stanzasAt(this.record.base);
  }

  /** What apt takes of the archive for a build, the base left out. Only after `cover`. */
  for({ dsc, title }: Wanted): readonly IndexStanza[] {
    const places = valueAt(this.record?.builds ?? {}, sha256(dsc));
    if (places === undefined) throw new Bug(`the stock does not cover ${title}`);
    return this.stanzasAt(places);
  }
}

/** Byte order of file name, so that the order of apt decides nothing. */
function textsOf(index: string, files: readonly string[]): readonly string[] {
  const found = stanzasNamed(index, new Set(files));
  const lost = files.filter((file) => !found.has(file));
  if (lost.length > 0) throw new Bug(`not in the index: ${lost.join(', ')}`);
  return [...found.values()]
    .sort((a, b) => byteOrder(fileNameOf(a.file), fileNameOf(b.file)))
    .map(({ text }) => text.trim());
}

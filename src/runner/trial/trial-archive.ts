/**
 * What apt would install of an archive for a build that is tried: the indices are read, and asked, once for all builds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source, Variant } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { indexText } from '../builders/debian/archive/index-stanzas.ts';
import { OfflineApt } from '../builders/debian/archive/offline-apt.ts';
import { buildDsc } from '../builders/debian/recipe/recipe.ts';
import { publishText } from '../files/publish.ts';

/** The archive of one universe, asked through an apt of its own. */
export class TrialArchive {
  private readonly packages: readonly string[];
  private readonly architecture: string;
  private text: string | undefined;
  private apt: OfflineApt | undefined;
  /** Where `apt` lies. */
  private directory: string | undefined;

  /** @param packages Packages files */
  constructor(packages: readonly string[], architecture: string) {
    this.packages = packages;
    this.architecture = architecture;
  }

  /** The text of all indices. */
  async index(): Promise<string> {
    this.text ??= await indexText(this.packages);
    return this.text;
  }

  /**
   * Files of all that apt would install for a build, byte order.
   * @returns what apt says instead, when it cannot
   */
  async wouldInstall(
    source: Source,
    variant: Variant,
  ): Promise<{ readonly files: readonly string[] } | { readonly why: string }> {
    const { apt, directory } = await this.opened();
    const dsc = join(directory, 'build.dsc');
    publishText(dsc, buildDsc(source, variant));
    const answer = await apt.wouldInstall(['build-dep', '--arch-only', dsc]);
    return 'files' in answer ? { files: [...answer.files].sort(byteOrder) } : answer;
  }

  private async opened(): Promise<{ readonly apt: OfflineApt; readonly directory: string }> {
    this.directory ??= mkdtempSync(join(tmpdir(), 'bootplan-apt-'));
    if (this.apt === undefined) {
      this.apt = new OfflineApt(this.directory, this.architecture);
      await this.apt.open(await this.index());
    }
    return { apt: this.apt, directory: this.directory };
  }

  /** Removes what lies on the disk for it. */
  close(): void {
    if (this.directory !== undefined) rmSync(this.directory, { recursive: true, force: true });
    this.directory = undefined;
    this.apt = undefined;
  }
}

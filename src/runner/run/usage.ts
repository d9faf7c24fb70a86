/** What a build used when it was last run here. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of its largest process; 0 when it was not measured. */
  readonly maxRssKiB: number;
  /** Cores it was told to use. */
  readonly cores: number;
}

/** All rounds of a source in one stage have one: `tcc#4` is built as `tcc` is. */
export const usageKey = (build: string): string => build.replace(/#\d+$/, '');

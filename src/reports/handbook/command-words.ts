/** What the commands say of themselves: manual pages and completion are made of it. */

/** One flag of a command. */
export interface FlagOf {
  readonly name: string;
  readonly char: string;
  readonly takesValue: boolean;
  readonly value: string;
  readonly options: readonly string[];
  readonly description: string;
  readonly fallback: string;
  readonly group: string;
}

/** One command. */
export interface CommandOf {
  /** `plan diff`. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly args: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly description: string;
    readonly options: readonly string[];
  }[];
  readonly flags: readonly FlagOf[];
  readonly examples: readonly { readonly description: string; readonly command: string }[];
}

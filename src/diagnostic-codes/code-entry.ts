/** What is known of a diagnostic by its code alone, whatever it is told of. */
export interface CodeEntry {
  readonly severity: 'error' | 'warning' | 'note';
  /** A sentence without its full stop. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

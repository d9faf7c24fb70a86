/** What a program complained of just before the kernel says that it ended. */

const complaint =
  /error|fail|fatal|cannot|can't|could not|unable|not found|no such|denied|refus|invalid|missing|abort|panick/i;
/** What a kernel says of itself between the two. */
const ofTheKernel =
  /^(?:Kernel panic|CPU: |Hardware name|Call Trace|Run \/|Freeing |random: |traps: |audit: |\w+: (?:loading out-of-tree|module verification))/;
const farthest = 8;

/** The nearest complaint in the lines before `at`, if there is one. */
export function lastWords(console: string, at: number): string | undefined {
  const before = console
    .slice(Math.max(0, at - 4096), at)
    .split('\n')
    .slice(0, -1)
    .slice(-farthest);
  const said = before.findLast((line) => complaint.test(line) && !ofTheKernel.test(line));
  return said?.trim().slice(0, 160);
}

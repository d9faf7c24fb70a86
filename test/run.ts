/** Runs the whole ladder and ends with one line that anybody can read: `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'bootplan-test-'));
const report = join(scratch, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, BOOTPLAN_TEST_SHARED: scratch } },
);

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

let line = '0 passed, 1 failed';
try {
  const r: Report = JSON.parse(readFileSync(report, 'utf8'));
  // A file that fails before its first test counts as one failure, or it would vanish from the sum.
  const brokenFiles = r.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length;
  const skipped = r.numPendingTests > 0 ? `, ${r.numPendingTests} skipped` : '';
  line = `${r.numPassedTests} passed, ${r.numFailedTests + brokenFiles} failed${skipped}`;
} catch {
  // No report: vitest itself did not come up; the exit code below says so.
}
rmSync(scratch, { recursive: true, force: true });
console.log(line);
process.exitCode = run.status ?? 1;

/** The files that make the report a daily job: what they start is run as they say it, on a small archive. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { files, root, scratch } from './rig/program.ts';

const text = (name: string): string => readFileSync(join(root, 'reports', name), 'utf8');
/** The value of the one line of a file that begins so. */
const lineOf = (name: string, begin: string): string =>
  text(name)
    .split('\n')
    .filter((line) => line.startsWith(begin))
    .map((line) => line.slice(begin.length))
    .join('\n');

const service = lineOf('systemd/bootplan-report.service', 'ExecStart=/usr/bin/');
const options = /^BOOTPLAN_REPORT_OPTIONS="(.*)"$/m.exec(
  lineOf('systemd/bootplan-report.service', 'Environment='),
)![1]!;
const cron = text('cron/bootplan-report')
  .split('\n')
  .find((line) => /^\d/.test(line))!;
const pipeline = parse(text('ci/gitlab-ci.yml')) as { readonly 'bootstrap-report': { readonly script: string[] } };

const jobs = {
  systemd: service.replace('$BOOTPLAN_REPORT_OPTIONS', options),
  // Five times, and a user.
  cron: cron.split(' ').slice(6).join(' '),
  pipeline: pipeline['bootstrap-report'].script.join('\n'),
};

/** A directory with a program `bootplan`, which is ours: what apt has lies in files, and what it writes goes nearby. */
function machine(): string {
  const directory = files(scratch(), {
    Packages: 'Package: a\nVersion: 1\nArchitecture: amd64\nEssential: yes\n\n',
    Sources: 'Package: a\nBinary: a\nVersion: 1\nArchitecture: any\n\n',
    bootplan: `#!/bin/sh
for word; do
  shift
  case $word in
    --from-apt) set -- "$@" --packages Packages --sources Sources --seed none ;;
    /var/lib/*) set -- "$@" "out$word" ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec '${join(root, 'bin/bootplan')}' "$@"
`,
  });
  chmodSync(join(directory, 'bootplan'), 0o755);
  return directory;
}

test.for(Object.entries(jobs))('%s: %s', ([, command]) => {
  expect(command).toMatch(/^bootplan report /);
  const directory = machine();
  const ran = spawnSync('sh', ['-ec', command], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
  });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  const output = / --output (\S+)/.exec(command)![1]!;
  const day = join(directory, output.startsWith('/') ? `out${output}` : output, 'latest');
  for (const file of ['index.html', 'junit.xml', 'report.json']) expect(existsSync(join(day, file))).toBe(true);
});

test.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('systemd finds no fault in its units', () => {
  const directory = join(root, 'reports/systemd');
  const units = ['bootplan-report.service', 'bootplan-report.timer'].map((name) => join(directory, name));
  const ran = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' });
  // The program itself need not be installed here.
  const told = ran.stderr.split('\n').filter((line) => line !== '' && !/bootplan is not executable/.test(line));
  expect(told).toEqual([]);
});

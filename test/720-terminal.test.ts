/** A run as terminals of all kinds show it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, needs, root, scratch } from './rig/program.ts';

const here = scratch();
const recipe = `Source: aa
Version: "1"
Maintainer: N <n@example.org>
Build-Depends: tools
Packages:
  - {Package: aa, Architecture: any, Description: aa, files: [usr/share/aa]}
recipe:
  steps:
    - install: mkdir -p "$D/usr/share"; echo aa >"$D/usr/share/aa"
`;
files(join(here, 'm'), {
  'seed.yaml': 'Seed:\n  - {Package: tools, Version: "1", debian: [dash, coreutils]}\n',
  'aa.yaml': recipe,
});

let runs = 0;
/** What arrives at a terminal of 20 columns and 10 rows. */
function onTerminal(env: Readonly<Record<string, string>>): string {
  const program = `stty cols 20 rows 10; '${join(root, 'bin/bootplan')}' run --metadata m --state s${runs++}`;
  const { LANG: _, LC_ALL: __, LC_CTYPE: ___, NO_COLOR: ____, CI: _____, ...rest } = process.env;
  const ran = spawnSync('script', ['-qec', program, '/dev/null'], {
    cwd: here,
    env: { ...rest, SHELL: '/bin/sh', TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  expect([env, ran.status]).toEqual([env, 0]);
  return ran.stdout;
}

const esc = '\u001b';
describe.skipIf(!needs('script'))('a run', () => {
  test('is drawn where the cursor can go back, without colour when asked', () => {
    const drawn = onTerminal({ LANG: 'C.UTF-8' });
    expect(drawn).toContain(`${esc}[?25l`);
    expect(drawn).toContain(' · ');
    expect(drawn).toContain('built aa');
    expect(drawn).toContain(`${esc}[?25h`);
    const plain = onTerminal({ LANG: 'C.UTF-8', NO_COLOR: '1' });
    expect(plain).not.toMatch(new RegExp(`${esc}\\[\\d*m`));
  });

  test('is told in plain lines on a dumb terminal, and where the terminal is a log that nobody sees moving', () => {
    for (const env of [{ TERM: 'dumb' }, { CI: 'true' }]) {
      const told = onTerminal(env);
      expect(told).not.toContain(esc);
      expect(told).toMatch(/built aa \(0:0\d\) 1\/1\r\n/);
    }
  });

  test('is drawn in ASCII where the locale is', () => {
    for (const env of [{ LANG: 'C' }, { LANG: 'C.UTF-8', LC_ALL: 'POSIX' }]) {
      const drawn = onTerminal(env);
      expect(drawn).toContain(' - ');
      expect([...drawn].filter((letter) => letter > '\u007f')).toEqual([]);
    }
  });
});

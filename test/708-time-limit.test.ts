/** A time limit holds for the whole command, whatever it is at, and is answered: exit 2, and what it was at. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { bootplan, files, root, scratch } from './rig/program.ts';

/** A pipe that nobody writes to: whoever opens it waits for ever. */
function silent(): string {
  const directory = files(scratch(), { Sources: '' });
  execFileSync('mkfifo', [join(directory, 'Packages')]);
  return directory;
}

test.each(['plan', 'cycles', 'check', 'whatif'])('%s stops at reading', (command) => {
  const words = command === 'whatif' ? ['--without', 'x'] : [];
  const input = ['--packages', 'Packages', '--sources', 'Sources', '--time-limit', '1'];
  const ran = bootplan([command, ...words, ...input, '--json'], { cwd: silent() });
  expect(ran.code).toBe(2);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    error: { code: 2, message: expect.stringContaining('within 1 second') },
  });
  expect(ran.stderr).toContain('it was reading the input, and nothing is proved');
});

test('a walk without end in the only thread, that heeds nothing, is ended as well', async () => {
  const where = files(scratch(), {
    'endless.mjs': `import { phase } from '${root}src/application/output/phase.ts'; phase('walking'); for (;;);`,
    'watch.mjs': `import { limitOf, watched } from '${root}src/command-line/time-limit.ts';
      process.argv[1] = process.argv[1].replace('watch', 'endless');
      await watched(process.argv.slice(2), limitOf(['plan', '--time-limit=1'])).catch((e) => console.log(e.message));`,
  });
  const node = spawn(join(root, 'bin/node'), [join(where, 'watch.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.all([text(node.stdout), once(node, 'close')]);
  expect(said).toContain('it was walking, and nothing is proved');
});

test('what is watched answers as ever, gets our signals, and dies with us', async () => {
  const metadata = ['--metadata', join(root, 'metadata/minidistro')];
  const plain = bootplan(['plan', ...metadata, '--json']);
  expect(bootplan(['plan', ...metadata, '--json', '--time-limit', '900'])).toEqual(plain);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const cwd = silent();
    const input = ['plan', '--packages', 'Packages', '--sources', 'Sources', '--time-limit', '900'];
    const watching = spawn(join(root, 'bin/bootplan'), input, { cwd, stdio: 'ignore' });
    const children = () =>
      execFileSync('sh', ['-c', 'pgrep -P "$0" || true', String(watching.pid)], { encoding: 'utf8' }).trim();
    let child = children();
    while (child === '') {
      await new Promise((soon) => setTimeout(soon, 50));
      child = children();
    }
    watching.kill(signal);
    const [, how] = await once(watching, 'exit');
    expect(how).toBe(signal);
    const state = () => execFileSync('sh', ['-c', 'ps -o stat= -p "$0" || true', child], { encoding: 'utf8' }).trim();
    while (/^[^Z]/.test(state())) await new Promise((soon) => setTimeout(soon, 50));
  }
});

/** Events for other programs: whoever reads them, slowly, late or not at all, the run goes on, and lines are whole. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EventStream } from '../src/application/output/event-stream.ts';
import { scratch } from './rig/program.ts';

const home = scratch();
let count = 0;

function fifo(): string {
  const path = join(home, `fifo-${count++}`);
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
}

function streamTo(path: string, patience = 5000) {
  const lost: string[] = [];
  return { stream: new EventStream(path, { lost: (why) => lost.push(why), patience }), lost };
}

const line = (i: number): string => JSON.stringify({ seq: i, text: 'x'.repeat(1000) });
const lines = Array.from({ length: 300 }, (_, i) => line(i));
const whole = `${lines.join('\n')}\n`;

test('a file gets every line, after what it holds already', async () => {
  const path = join(home, 'file');
  for (const part of [lines.slice(0, 100), lines.slice(100)]) {
    const { stream, lost } = streamTo(path);
    for (const one of part) stream.write(one);
    await stream.close();
    expect([lost, stream.incomplete]).toEqual([[], false]);
  }
  expect(readFileSync(path, 'utf8')).toBe(whole);
});

test('a FIFO may be opened by its reader later, and be read slowly: nothing is lost, nobody waits', async () => {
  const path = fifo();
  const { stream, lost } = streamTo(path);
  // More than a pipe holds, before anybody reads.
  for (const one of lines) stream.write(one);
  const reader = spawn('sh', ['-c', 'sleep 0.3; exec cat "$1"', 'sh', path]);
  let text = '';
  reader.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  await stream.close();
  await once(reader, 'close');
  expect(lost).toEqual([]);
  expect(text).toBe(whole);
});

test('a FIFO that nobody reads ends with a word about it', async () => {
  const path = fifo();
  const { stream, lost } = streamTo(path, 100);
  for (const one of lines) stream.write(one);
  await stream.close();
  expect(lost).toEqual([`no more events go to ${path}: nobody has read all of it; the journal has all of them`]);
});

test('a reader that goes away is told of once', async () => {
  const path = fifo();
  const { stream, lost } = streamTo(path);
  const reader = spawn('head', ['-n', '1', path]);
  const first = once(reader.stdout.setEncoding('utf8'), 'data');
  stream.write(line(0));
  await Promise.all([first, once(reader, 'close')]);
  stream.write(line(1));
  stream.write(line(2));
  await stream.close();
  expect([lost, stream.incomplete]).toEqual([
    [`no more events go to ${path}: nobody reads it any more; the journal has all of them`],
    false,
  ]);
});

test('on a full disk the stream ends, and says so', async () => {
  const { stream, lost } = streamTo('/dev/full');
  stream.write(line(0));
  stream.write(line(1));
  await stream.close();
  expect(lost).toEqual([expect.stringMatching(/^no more events go to \/dev\/full: ENOSPC/)]);
  expect(stream.incomplete).toBe(true);
});

test('a path that cannot be written to is an error at once', () => {
  expect(() => streamTo(home)).toThrow('EISDIR');
  expect(() => streamTo(join(home, 'nowhere/file'))).toThrow('ENOENT');
});

test('a reader of standard output that does not read keeps nothing waiting', () => {
  const script = `const { EventStream } = await import('${new URL('../src/application/output/event-stream.ts', import.meta.url)}');
    const stream = new EventStream('-', { lost: () => {}, patience: 100 });
    for (let i = 0; i < 2000; i++) stream.write('x'.repeat(1000));
    setTimeout(() => process.stderr.write('goes on\\n'), 50);
    await stream.close();
    process.exit(0);`;
  const line = '"$0" --input-type=module -e "$1" | { sleep 1000 & echo $! >&2; wait $!; }';
  const ran = spawn('sh', ['-c', line, process.execPath, script], { stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise<void>((resolve) => {
    let said = '';
    ran.stderr.on('data', (piece: Buffer) => {
      said += piece;
      if (!said.includes('goes on')) return;
      ran.stderr.removeAllListeners('data');
      process.kill(Number(/^\d+$/m.exec(said)?.[0]));
      resolve();
    });
  });
});

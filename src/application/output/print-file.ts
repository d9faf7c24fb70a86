/** A file on stdout: byte for byte, but to a person's terminal nothing that moves, hides or types. */
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { visible } from '../../diagnostics.ts';

/** Tabs and colours may stay; the carriage return of a line that a DOS program ended goes. */
const harmless = new RegExp(`(\\t|${String.fromCharCode(27)}\\[[0-9;]*m)`);

/** One line as a terminal may have it. Pure. */
export const forTerminal = (line: string): string =>
  line
    .replace(/\r$/, '')
    .split(harmless)
    .map((part, i) => (i % 2 === 1 ? part : visible(part)))
    .join('');

/** Longer ones are cut where they are: a log may have a line of any length. */
const longestLine = 1 << 16;

/** Lets bytes through, and ends the last line if nothing else has. */
function plain(): Transform {
  let last = 10;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      last = chunk.at(-1) ?? last;
      done(null, chunk);
    },
    flush: (done) => done(null, last === 10 ? '' : '\n'),
  });
}

function tamed(): Transform {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop()!;
      const cut = rest.length > longestLine ? rest : '';
      if (cut !== '') rest = '';
      done(null, lines.map((line) => `${forTerminal(line)}\n`).join('') + forTerminal(cut));
    },
    flush(done) {
      rest += decoder.end();
      done(null, rest === '' ? '' : `${forTerminal(rest)}\n`);
    },
  });
}

/** To the end of the file, in pieces. */
export async function printFile(path: string): Promise<void> {
  await pipeline(createReadStream(path), process.stdout.isTTY ? tamed() : plain(), process.stdout, { end: false });
}

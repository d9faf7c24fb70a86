/** `check --sources FILE godo`: which words are files, and which are asked about. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordsFirst } from '../src/command-line/words-first.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

const here = files(scratch(), { P: '', S: '', 'sub/T': '' });
const flags = new Set(['--packages', '--sources']);
const at = (line: string) => wordsFirst(['-C', here, ...line.split(' ')], flags).join(' ');

test('words behind files that are no files come first', () => {
  expect(at('--packages P --sources S godo')).toBe(`godo -C ${here} --packages P --sources S`);
  expect(at('--packages P --sources S godo dash --arch amd64')).toBe(
    `godo dash -C ${here} --packages P --sources S --arch amd64`,
  );
  expect(at('--sources S P godo --packages P')).toBe(`godo -C ${here} --sources S P --packages P`);
  expect(wordsFirst([`--directory=${here}`, '--sources', 'S', 'godo', 'P'], flags).slice(0, 2)).toEqual(['godo', 'P']);
});

test("words behind a whole set of targets are the command's own, words behind a name are names", () => {
  expect(at('--targets essential godo --sources S')).toBe(`godo -C ${here} --targets essential --sources S`);
  expect(at('--sources S --targets all godo dash')).toBe(`godo dash -C ${here} --sources S --targets all`);
});

test('files, paths, the first word of a flag and everything behind -- stay', () => {
  for (const line of [
    '--packages P S --sources S sub/T',
    '--packages missing --sources S ./missing.gz',
    'godo --sources S P',
    '--sources S -- godo',
    '--targets a b --sources S',
  ])
    expect(at(line)).toBe(`-C ${here} ${line}`);
});

test('no word is lost, added or changed, and flags keep their order', () => {
  const word = fc.constantFrom(
    'P',
    'S',
    'godo',
    'all',
    '--targets',
    '--packages',
    '--sources',
    '--arch',
    '--',
    'sub/T',
    '-q',
    '',
  );
  fc.assert(
    fc.property(fc.array(word), (argv) => {
      const after = wordsFirst(argv, flags);
      expect([...after].sort()).toEqual([...argv].sort());
      const dashed = (list: readonly string[]) => list.filter((w) => w.startsWith('-'));
      expect(dashed(after)).toEqual(dashed(argv));
      expect(wordsFirst(after, flags)).toEqual(after);
    }),
  );
});

test('explain and check take a source behind the indices, in every order', () => {
  const indices = (name: string) => `test/fixtures/closure/${name}.gz`;
  const input = ['--packages', indices('Packages'), '--sources', indices('Sources')];
  for (const args of [
    ['check', ...input, 'dash', '--json'],
    ['check', '--json', 'dash', ...input],
    ['check', ...input, '--json', '--', 'dash'],
  ]) {
    const ran = bootplan(args, { cwd: root });
    expect([args, ran.code]).toEqual([args, 0]);
    expect(JSON.parse(ran.stdout).builds.map((b: { source: string }) => b.source)).toEqual(['dash']);
  }
  const wrong = bootplan(['check', ...input, 'dahs'], { cwd: root });
  expect([wrong.code, wrong.stderr]).toEqual([65, expect.stringContaining('there is no source dahs')]);
  expect(wrong.stderr).toContain('did you mean dash?');
  const file = bootplan(['explain', ...input, './Sources.old.gz'], { cwd: root });
  expect([file.code, file.stderr]).toEqual([64, expect.stringContaining('source')]);
});

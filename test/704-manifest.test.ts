/**
 * Help and completion tell what the code says now: the manifest of the commands is made anew when a flag may differ.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { madeFrom, stampOf } from '../src/command-line/manifest.ts';
import { root, scratch } from './rig/program.ts';

test('a change of any folder that flags are made of gives another stamp, and of no other', () => {
  const code = scratch();
  for (const folder of [...madeFrom, 'runner']) mkdirSync(join(code, folder), { recursive: true });
  for (const folder of [...madeFrom, 'runner']) writeFileSync(join(code, folder, 'a.ts'), '');
  const before = stampOf(code);
  for (const folder of madeFrom) {
    writeFileSync(join(code, folder, 'a.ts'), 'more');
    expect([folder, stampOf(code) === before]).toEqual([folder, false]);
    writeFileSync(join(code, folder, 'a.ts'), '');
  }
  const again = stampOf(code);
  writeFileSync(join(code, 'runner', 'a.ts'), 'more');
  expect(stampOf(code)).toBe(again);
});

test('no flag takes the words that it allows from anywhere else', () => {
  const elsewhere = ['src/commands/**/*.ts', 'src/command-line/*.ts'].flatMap((pattern) =>
    globSync(pattern, { cwd: root }).flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const asked = [...text.matchAll(/\boptions: ([^\n]*)/g)].flatMap(
        ([, words]) => words!.match(/\b[a-z]\w+/g) ?? [],
      );
      const imported = [...text.matchAll(/^import \{([^}]*)\} from '(\.[^']*)'/gm)];
      return imported
        .filter(([, names]) => names!.split(',').some((name) => asked.includes(name.trim())))
        .map(([, , from]) => posix.join(posix.dirname(file), from!))
        .filter((path) => !madeFrom.some((folder) => path.startsWith(`src/${folder}/`)));
    }),
  );
  expect(elsewhere).toEqual([]);
});

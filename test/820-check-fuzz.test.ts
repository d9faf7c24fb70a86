/** Broken and hostile archives: a check ends with a result or with diagnostics, whatever it is given. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDose } from '../src/reports/archive/check-dose.ts';
import { checkMarkdown } from '../src/reports/archive/check-markdown.ts';
import { checkText } from '../src/reports/archive/check-text.ts';
import { checkResult } from '../src/solver/install/check-result.ts';
import { closure, readIndices } from './rig/indices.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

const some = (index: 'Packages' | 'Sources', n: number) => closure(index).split('\n\n').slice(0, n).join('\n\n');
const packages = some('Packages', 40);
const sources = some('Sources', 15);
const directory = scratch();
const isResult = new Ajv().compile(JSON.parse(readFileSync(join(root, 'metadata/schema/check.schema.json'), 'utf8')));

/** Cuts a piece out somewhere and puts another in, a few times. */
const mutated = (original: string): fc.Arbitrary<string> => {
  const pieces = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      ' | ',
      ', ',
      ' (>= ',
      ')',
      '<!x>',
      '[any]',
      '\n\n',
      '\n',
      '\n ',
      ':',
      '\0',
      '\u001b[31m',
      '\u202e',
      '\r\n',
    ),
    fc.constantFrom('Depends: ', 'Conflicts: ', 'Provides: ', 'Essential: yes\n', 'Package: ', 'Build-Conflicts: '),
  );
  const edit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 60 }), pieces);
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) =>
    edits.reduce((now, [where, length, piece]) => {
      const at = Math.floor(where * now.length);
      return now.slice(0, at) + piece + now.slice(at + length);
    }, original),
  );
};

/** Drops a line somewhere, or gives it the value of another one, a few times: mostly still an archive. */
const muddled = (original: string): fc.Arbitrary<string> => {
  const lines = original.split('\n');
  const index = fc.nat({ max: lines.length - 1 });
  return fc.array(fc.tuple(index, fc.option(index)), { maxLength: 8 }).map((edits) => {
    const now = [...lines];
    for (const [at, from] of edits) {
      const [field, separator] = now[at]!.split(/(: )/);
      if (from === null) now[at] = '';
      else if (separator !== undefined) now[at] = `${field}: ${lines[from]!.split(': ')[1] ?? ''}`;
    }
    return now.join('\n').replaceAll(/\n\n+/g, '\n\n');
  });
};

/** What a terminal would act on: control characters but the line feed, and marks that turn the text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
const actedOn = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const either = (original: string) => fc.oneof({ weight: 4, arbitrary: muddled(original) }, mutated(original));

test('mutilated indices: a result that keeps to its schema, or diagnostics', async () => {
  const seen = { results: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(either(packages), either(sources), async (binaries, built) => {
      const read = await readIndices(directory, binaries, built);
      if (!read.ok) {
        seen.refused++;
        expect(read.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        return;
      }
      seen.results++;
      const result = checkResult(read.value, { scope: 'all', failuresOnly: false, installations: true });
      expect(isResult(result), JSON.stringify(isResult.errors)).toBe(true);
      const printed = [
        checkText(result, { explain: true, successes: true }),
        checkMarkdown(result),
        checkDose(result, true),
      ];
      for (const page of printed) expect(page).not.toMatch(actedOn);
    }),
    { numRuns: 400, seed: 820 },
  );
  expect(Math.min(seen.results, seen.refused)).toBeGreaterThan(40);
});

const bad: readonly [string, Uint8Array | string, number][] = [
  ['an empty file', '', 65],
  ['binary garbage', Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255), 65],
  ['a stanza without Package', 'Version: 1\nArchitecture: any\n', 65],
  ['a field twice', 'Package: a\nVersion: 1\nVersion: 2\nArchitecture: any\n', 65],
  ['a relation cut off', 'Package: a\nVersion: 1\nArchitecture: any\nBuild-Depends: b (>= \n', 65],
  ['a gzip cut off', readFileSync(join(root, 'test/fixtures/closure/Sources.gz')).subarray(0, 5000), 65],
];

for (const [what, content, code] of bad) {
  test(`${what} as Sources: exit ${code}, a message, no output, no stack`, () => {
    files(directory, { good: packages, bad: content });
    const ran = bootplan(['check', '--packages', join(directory, 'good'), '--sources', join(directory, 'bad')]);
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
    expect(ran.stderr).toContain(join(directory, 'bad'));
    expect(ran.stderr).not.toMatch(/\n {4}at /);
  });
}

test('flags that make no sense are refused before anything is read', () => {
  const inputs = ['--packages', '/nowhere', '--sources', '/nowhere'];
  for (const args of [
    ['--stage', 'x'],
    ['--stage', '-1'],
    ['--stage', '1', '--all-variants'],
    ['--format', 'xml'],
  ]) {
    expect(bootplan(['check', ...args, ...inputs]).code).toBe(64);
  }
  expect(bootplan(['check']).code).toBe(64);
  expect(bootplan(['check', ...inputs]).code).toBe(66);
});

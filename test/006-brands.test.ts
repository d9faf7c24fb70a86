/** Names, ids and digests of one kind each: what the compiler lets nobody mix up, and that nobody talks it into it. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './rig/program.ts';

/** Kind -> its one home, which makes its values. */
const homes: Readonly<Record<string, string>> = {
  SourceName: 'src/names.ts',
  BinaryName: 'src/names.ts',
  BuildId: 'src/build-id.ts',
  UsageKey: 'src/build-id.ts',
  ContentDigest: 'src/digests.ts',
  ActionDigest: 'src/digests.ts',
  SeedDigest: 'src/digests.ts',
};
const kinds = Object.keys(homes);

/** Kinds of strings of which one without a kind is taken for any: kind -> its home. */
const loose: Readonly<Record<string, string>> = { FileDigest: 'src/digests.ts' };

/**
 * Kinds of numbers, all of them at home in src/indices.ts: a number without a kind is taken for any, another kind for
 * none.
 */
const numbers = [
  'SourceVertex',
  'BinaryIndex',
  'BinaryVertex',
  'CandidateIndex',
  'Unit',
  'ElementIndex',
  'NodeIndex',
  'PlanIndex',
];
const sources = globSync('src/**/*.ts', { cwd: root }).sort();
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What the type checker says of a text that lies beside the sources, by line. */
function complaints(linesIn: (directory: string) => readonly string[]): ReadonlyMap<number, string> {
  const directory = mkdtempSync(join(tmpdir(), 'bootplan-brands-'));
  try {
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
    writeFileSync(join(directory, 'planted.ts'), linesIn(directory).join('\n'));
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { types: [] }, include: ['planted.ts'] };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const told = spawnSync(process.execPath, [tsc, '--noEmit', '-p', directory], { encoding: 'utf8' });
    return new Map(
      [...told.stdout.matchAll(/planted\.ts\((\d+),\d+\): error (TS\d+)/g)].map(([, line, code]) => [
        Number(line),
        code!,
      ]),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('no kind can be used as another, and nothing unbranded as any; each can be used as what it is', () => {
  const all = Object.entries({ ...homes, ...loose });
  const imports = (from: string) =>
    all.map(([kind, home]) => `import type { ${kind} } from '${relative(from, join(root, home))}';`);
  const given = all.map(([kind]) => `declare const a${kind}: ${kind};`);
  const mixed = all.flatMap(([to]) =>
    all.filter(([from]) => from !== to).map(([from]) => `export const ${to}Of${from}: ${to} = a${from};`),
  );
  const plain = kinds.map((kind) => `export const plain${kind}: ${kind} = 'text' as string;`);
  const fine = [
    ...all.flatMap(([kind]) => [
      `export const own${kind}: ${kind} = a${kind};`,
      `export const text${kind}: string = a${kind};`,
    ]),
    ...Object.keys(loose).map((kind) => `export const taken${kind}: ${kind} = 'text' as string;`),
  ];
  const wrong = [...mixed, ...plain];
  const found = complaints((directory) => [...imports(directory), ...given, ...wrong, ...fine]);
  const expected = wrong.map((_, i) => [2 * all.length + i + 1, 'TS2322']);
  expect([...found]).toEqual(expected);
});

test('no kind of number can be used as another, alone, in a row, in a set, as an index, or where there may be none', () => {
  const lines = (directory: string) => [
    `import type { Indexed, NoVertex, Row, ${numbers.join(', ')} } from '${relative(directory, join(root, 'src/indices.ts'))}';`,
    ...numbers.map((kind) => `declare const a${kind}: ${kind};`),
  ];
  const wrong = numbers.flatMap((to) => [
    ...numbers
      .filter((from) => from !== to)
      .flatMap((from, i) => [
        `export const ${to}Of${from}: ${to} = a${from};`,
        `export const ${to}Row${i}: Row<${to}> = [] as unknown as Row<${from}>;`,
        `export const ${to}Set${i}: ReadonlySet<${to}> = new Set<${from}>();`,
        `export const ${to}At${i} = ([] as unknown as Indexed<${to}, string>)[a${from}];`,
        `export const ${to}By${i}: Indexed<${to}, string> = [] as unknown as Indexed<${from}, string>;`,
      ]),
    `export const ${to}OrNone: ${to} = a${to} as ${to} | NoVertex;`,
  ]);
  const fine = numbers.flatMap((kind) => [
    `export const count${kind}: ${kind} = a${kind} + 1;`,
    `export const row${kind}: Row<${kind}> = new Int32Array(1);`,
    `export const by${kind} = ([] as unknown as Indexed<${kind}, string>)[a${kind}];`,
  ]);
  const found = complaints((directory) => [...lines(directory), ...wrong, ...fine]);
  expect([...found.keys()]).toEqual(wrong.map((_, i) => numbers.length + i + 2));
});

test('no brand is cast to but in its home', () => {
  const kind = [...kinds, ...Object.keys(loose), ...numbers, 'NoVertex'].join('|');
  const cast = new RegExp(`\\bas (?:readonly )?(?:unknown as )?(?:${kind})\\b|<(?:${kind})>\\w`);
  const casts = sources.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => file !== 'src/indices.ts' && cast.test(line.replace(/'(?:[^'\\]|\\.)*'/g, '')))
      .filter((line) => !kinds.some((k) => homes[k] === file && new RegExp(`\\bas (?:string as )?${k}\\b`).test(line)))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(casts).toEqual([]);
});

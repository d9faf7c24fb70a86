/** The house rules that a machine can check: who imports whom, how big a module may grow, what the project may say. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './rig/program.ts';

const layers = [
  'diagnostic-codes',
  'brand',
  'names',
  'build-id',
  'digests',
  'indices',
  'model',
  'order',
  'unreachable',
  'by-name',
  'once',
  'text',
  'directories',
  'errors',
  'whole-file',
  'diagnostics',
  'events',
  'archives',
  'run-state',
  'metadata',
  'solver',
  'stages',
  'runner',
  'reports',
  'application',
  'command-line',
  'commands',
];
const sources = globSync('src/**/*.ts', { cwd: root }).sort();
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8');
const layerOf = (file: string) => layers.indexOf(file.split('/')[1]!.replace(/\.ts$/, ''));

function imports(file: string): string[] {
  const text = read(file);
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => m[1]!);
}

/** `../solver/csr.ts` seen from `src/stages/plan.ts` is `src/solver/graph/csr.ts`. */
const resolveImport = (file: string, target: string) => new URL(target, `file:///${file}`).pathname.slice(1);

test('every module has its place in the layers', () => {
  expect(sources.filter((f) => layerOf(f) < 0)).toEqual([]);
});

test('imports only point down', () => {
  const upward = sources.flatMap((file) =>
    imports(file)
      .filter((i) => i.startsWith('.'))
      .map((i) => resolveImport(file, i))
      .filter((target) => layerOf(target) > layerOf(file))
      .map((target) => `${file} -> ${target}`),
  );
  expect(upward).toEqual([]);
});

test('nothing imports a file that is not there, and no module imports itself in a circle', () => {
  const next = new Map(
    sources.map((f) => [
      f,
      imports(f)
        .filter((i) => i.startsWith('.'))
        .map((i) => resolveImport(f, i)),
    ]),
  );
  const dangling = [...next].flatMap(([f, ts]) =>
    ts.filter((t) => t.endsWith('.ts') && !next.has(t)).map((t) => `${f} -> ${t}`),
  );
  expect(dangling).toEqual([]);
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const t of next.get(file) ?? []) visit(t, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

/** The arrows between the rooms of a folder: its own folders, and each file that lies beside them. */
function arrowsBetweenRooms(
  folder: string,
  read: ReadonlyMap<string, readonly string[]>,
): Map<string, Map<string, string>> {
  const roomOf = (file: string) => file.slice(folder.length + 1).split('/')[0]!;
  const isInside = (file: string) => file.startsWith(`${folder}/`);
  const arrows = new Map<string, Map<string, string>>();
  for (const [file, targets] of read) {
    if (!isInside(file)) continue;
    for (const target of targets) {
      if (!isInside(target) || roomOf(target) === roomOf(file)) continue;
      const from = arrows.get(roomOf(file)) ?? new Map<string, string>();
      arrows.set(roomOf(file), from.set(roomOf(target), `${file} -> ${target}`));
    }
  }
  return arrows;
}

/** Every arrow between two rooms from whose end its beginning can be reached again. */
function arrowsInCircles(arrows: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] {
  const reached = (from: string): Set<string> => {
    const seen = new Set([from]);
    for (const room of seen) for (const next of arrows.get(room)?.keys() ?? []) seen.add(next);
    return seen;
  };
  return [...arrows].flatMap(([room, targets]) =>
    [...targets].filter(([target]) => reached(target).has(room)).map(([, arrow]) => arrow),
  );
}

const relativeImports = new Map(
  sources.map((file) => [
    file,
    imports(file)
      .filter((i) => i.startsWith('.'))
      .map((i) => resolveImport(file, i)),
  ]),
);
/** Every folder below src, at whatever depth, that has folders of its own. */
const foldersWithRooms = [...new Set(globSync('src/*/**/', { cwd: root }).map((folder) => posix.dirname(folder)))]
  .filter((folder) => folder !== 'src')
  .sort();

test('the rooms inside a folder have an order: no two import each other, directly or by way of others', () => {
  expect(foldersWithRooms).toEqual(
    expect.arrayContaining(['src/runner', 'src/solver/break', 'src/runner/builders/debian']),
  );
  for (const folder of foldersWithRooms)
    expect([folder, arrowsInCircles(arrowsBetweenRooms(folder, relativeImports))]).toEqual([folder, []]);
});

test.each([
  ['src/runner', 'src/runner/formats/elf.ts', 'src/runner/run/run.ts'],
  ['src/runner', 'src/runner/process.ts', 'src/runner/journal/session.ts'],
  ['src/solver', 'src/solver/graph/tarjan.ts', 'src/solver/break/solution/solve.ts'],
  ['src/metadata', 'src/metadata/relations/version.ts', 'src/metadata/universe/read.ts'],
  ['src/application', 'src/application/output/talk.ts', 'src/application/run/build.ts'],
  ['src/reports', 'src/reports/writing/count.ts', 'src/reports/plan/stuck.ts'],
  ['src/solver/break', 'src/solver/break/simulator/replay.ts', 'src/solver/break/solution/solve.ts'],
  [
    'src/runner/builders/debian',
    'src/runner/builders/debian/archive/deb-pool.ts',
    'src/runner/builders/debian/base/stock.ts',
  ],
])('in %s an import of a higher room that is planted in %s would be found', (folder, file, target) => {
  expect(relativeImports.has(target)).toBe(true);
  const planted = new Map(relativeImports).set(file, [...relativeImports.get(file)!, target]);
  expect(arrowsInCircles(arrowsBetweenRooms(folder, planted))).toContain(`${file} -> ${target}`);
});

/** What a reader can look over in one list of names. */
const mostInAFolder = 30;

test(`no folder holds more than ${mostInAFolder} source files beside each other`, () => {
  const held = Map.groupBy(globSync('src/**/*.*', { cwd: root }), posix.dirname);
  const full = [...held].filter(([, files]) => files.length > mostInAFolder);
  expect(full.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
});

test('reports render values and reach for nothing but what draws', () => {
  const below =
    /^src\/(reports\/.*|diagnostic-codes\/.*|model|order|unreachable|by-name|diagnostics|events|names|build-id|archives|run-state|text\/.*)\.ts$/;
  const drawing = new Map([
    ['src/reports/pictures/chart.ts', 'vega'],
    ['src/reports/pictures/graph-picture.ts', '@hpcc-js/wasm-graphviz'],
  ]);
  const reaching = sources
    .filter((f) => f.startsWith('src/reports/'))
    .flatMap((file) => {
      const values = [...read(file).matchAll(/^import (?!type )[^;]*?from '([^']+)'/gm)].map((m) => m[1]!);
      const allowed = (i: string) =>
        i.startsWith('.') ? below.test(resolveImport(file, i)) : i === 'node:util' || i === drawing.get(file);
      return values.filter((i) => !allowed(i)).map((i) => `${file} -> ${i}`);
    });
  expect(reaching).toEqual([]);
});

test('nothing is looked up in a plain object by a name from outside: src/by-name.ts alone looks in', () => {
  const plain = sources
    .filter((f) => f !== 'src/by-name.ts' && f !== 'src/model.ts')
    .flatMap((file) =>
      read(file)
        .split('\n')
        // Comments, and the type parameters of a signature of oclif's, which are no records of ours.
        .filter((line) => !/^\s*(?:\/?\*|\/\/)|^ {4}[FBA] extends Record<string, unknown>,$/.test(line))
        .filter((line) =>
          /\bRecord<string\b|\[\w+(?:: | in )string\]|(?:[(!?:=]|=>|&&|\|\|) ?\w+ in [\w(]/.test(
            line.replace(/'(?:[^'\\]|\\.)*'/g, ''),
          ),
        )
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(plain).toEqual([]);
});

test('one module imports clingo-wasm, one imports execa', () => {
  const importers = (name: string) =>
    sources.filter((f) => imports(f).some((i) => i === name || i.startsWith(`${name}/`)));
  expect(importers('clingo-wasm')).toEqual(['src/solver/clingo.ts']);
  expect(importers('execa')).toEqual(['src/runner/process.ts']);
});

test('modules stay small enough to be read in one go', () => {
  const long = sources.map((f) => [f, read(f).split('\n').length] as const).filter(([, n]) => n > 251);
  expect(long.filter(([f]) => f !== 'src/model.ts')).toEqual([]);
});

/** Lines of comments, of a file's name and text, that are wider than code may be. */
const wideComments = (file: string, text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line, i) => (line.length > 120 && /^\s*(?:\/?\*|\/\/|[%#])/.test(line) ? [`${file}:${i + 1}`] : []));

test('comments are as narrow as code', () => {
  expect(wideComments('a.ts', `x\n  // ${'a'.repeat(120)}\nconst b = '${'b'.repeat(120)}';`)).toEqual(['a.ts:2']);
  const written = globSync(['src/**/*.*', 'test/**/*.ts', 'bin/*'], { cwd: root });
  expect(written.flatMap((file) => wideComments(file, read(file)))).toEqual([]);
});

test('no test has less time than all tests have: what is slow on a busy machine is not wrong', () => {
  const numeral = (text: string): number => Number(text.replaceAll('_', ''));
  const all = numeral(/testTimeout: ([\d_]+)/.exec(read('vitest.config.ts'))![1]!);
  const limits = /^(?: {2})*\}, ([\d_]{5,})()\);$|\{ timeout: ([\d_]+)( \* minutes)? \}, (?:async )?\(\)/gm;
  const short = globSync('test/*.test.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(limits)]
      .filter(([, last, , first, minutes]) => numeral(last ?? first!) * (minutes ? 60_000 : 1) < all)
      .map(([limit]) => `${file}: ${limit.trim()}`),
  );
  expect(short).toEqual([]);
});

/**
 * Exported declarations right above which no docstring ends; `export { a }` and overloads' further heads declare
 * nothing new.
 */
const withoutDocstring = (text: string): readonly string[] => {
  const lines = text.split('\n');
  const isHead = (line: string): boolean =>
    /^export (async |abstract )*(function|class|interface|type|const) \w/.test(line);
  return lines.filter((line, i) => isHead(line) && !lines[i - 1]?.trimEnd().endsWith('*/'));
};

test('every public name says what it is, where an editor shows it', () => {
  expect(withoutDocstring('/** One. */\nexport const a = 1;\nexport const b = 2;\n')).toEqual(['export const b = 2;']);
  const silent = sources.flatMap((file) => withoutDocstring(read(file)).map((line) => `${file}: ${line}`));
  expect(silent).toEqual([]);
});

test('no default export but a command, and no unfinished work', () => {
  const defaults = sources.filter((f) => /^export default/m.test(read(f)) && !f.startsWith('src/commands/'));
  expect(defaults).toEqual([]);
  const unfinished = sources.filter((f) => /\b(TODO|FIXME|XXX)\b/.test(read(f)));
  expect(unfinished).toEqual([]);
});

test('the table of requirements names files that are there, and no row stands without its test', () => {
  const rows = [...read('docs/coverage.md').matchAll(/^\| (S\d-\d\d) \| (.*) \| (.*) \|$/gm)];
  expect(rows.length).toBeGreaterThan(150);
  for (const [, id, where, tests] of rows) {
    const named = [...`${where} ${tests}`.matchAll(/\b(?:src|test|metadata|docs)\/[\w./-]+\.(?:ts|md|c|yaml|lp)\b/g)];
    expect([id, named.map(([file]) => file).filter((file) => !existsSync(`${root}/${file}`))]).toEqual([id, []]);
    if (where !== '' && !where!.includes('n/a:')) expect([id, tests]).toEqual([id, expect.stringContaining('test/')]);
  }
});

test('of oclif each module imports the part that it needs: the whole would be a sixth of what is loaded for a command', () => {
  const whole = sources.filter((file) => /^import (?!type )[^;]*from '@oclif\/core';/m.test(read(file)));
  expect(whole).toEqual([]);
});

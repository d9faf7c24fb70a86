import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annotateText, type Notation } from '../src/metadata/annotations/annotate.ts';
import { variantsOf } from '../src/metadata/declared-stages/stages.ts';
import { formatGroup } from '../src/metadata/relations/relation.ts';
import { unifiedDiff } from '../src/runner/files/unified-diff.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

const base = scratch();

/** The file after the change. */
function turned(control: string, to: Notation): string {
  const result = annotateText({ file: 'control', bytes: Buffer.from(control) }, to, new Map());
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.after;
}

/** What each stage of a control file asks for, as a set, under some more profiles. */
function meaning(
  control: string,
  profiles: readonly string[],
  architecture: string,
): Readonly<Record<number, readonly string[]>> {
  const fields = new Map<string, string>();
  for (const m of control.matchAll(/^(\S+):((?:.*)(?:\n[ \t].*)*)/gm)) fields.set(m[1]!.toLowerCase(), m[2]!);
  const result = variantsOf({
    source: 'x',
    fields,
    architecture,
    profiles,
    noIndep: false,
    binaries: [],
    origin: { file: 'control', line: 1 },
  });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return Object.fromEntries(result.value.map((v) => [v.stage, [...new Set(v.buildDepends.map(formatGroup))].sort()]));
}

describe('to profiles', () => {
  const field = (plain: string, ...stages: string[]) =>
    turned(
      [
        `Source: x`,
        `Build-Depends: ${plain}`,
        ...stages.map((s, i) => `XS-Build-Depends-Bootstrap${i + 1}: ${s}`),
        '',
      ].join('\n'),
      'profiles',
    ).split('\n')[1];

  test('what all stages need stays as it is', () => {
    expect(field('a (>= 1), b', 'a (>= 1), b')).toBe('Build-Depends: a (>= 1), b');
  });
  test('what stages leave out gets one bracket with all of them', () => {
    expect(field('a, b', '', 'a')).toBe('Build-Depends: a <!stage1>, b <!stage1 !stage2>');
  });
  test('what only stages need gets one bracket each', () => {
    expect(field('a', 'a, t', 'a, t')).toBe('Build-Depends: a, t <stage1> <stage2>');
  });
  test('the condition stands on every alternative', () => {
    expect(field('a | b [i386]', '')).toBe('Build-Depends: a <!stage1> | b [i386] <!stage1>');
  });
  test('formulas that are there are multiplied out', () => {
    expect(field('a <!nocheck> <cross>', '')).toBe('Build-Depends: a <!nocheck !stage1> <cross !stage1>');
    expect(field('b', 'a <!nocheck> <cross>, b', 'a <!nocheck> <cross>, b')).toBe(
      'Build-Depends: b, a <!nocheck stage1> <!nocheck stage2> <cross stage1> <cross stage2>',
    );
  });
  test('stage 3 has a private name, with a remark', () => {
    const control =
      'Source: x\nBuild-Depends: a\nXS-Build-Depends-Bootstrap1: a\nXS-Build-Depends-Bootstrap2: a\nXS-Build-Depends-Bootstrap3:\n';
    const result = annotateText({ file: 'control', bytes: Buffer.from(control) }, 'profiles', new Map());
    expect(result.ok && result.value.annotated[0]!.fields).toEqual({ 'Build-Depends': 'a <!pkg.x.bootstrap3>' });
    expect(result.diagnostics.map((d) => d.code)).toEqual(['BP126']);
  });
});

test('spelling, lines and comments that need not change stay', async () => {
  const before = `Source: x
# why
Build-Depends: debhelper-compat (=13),
# the expensive one
               libreoffice [ linux-any ],
               zlib1g-dev,
Standards-Version: 4.6.2
XS-Build-Depends-Bootstrap1: debhelper-compat (= 13), zlib1g-dev

Package: x
Architecture: any
Description: für alle
`;
  const after = turned(before, 'profiles');
  expect(await unifiedDiff(before, after, 'debian/control')).toMatchInlineSnapshot(`
    "--- a/debian/control
    +++ b/debian/control
    @@ -2,10 +2,9 @@
     # why
     Build-Depends: debhelper-compat (=13),
     # the expensive one
    -               libreoffice [ linux-any ],
    +               libreoffice [linux-any] <!stage1>,
                    zlib1g-dev,
     Standards-Version: 4.6.2
    -XS-Build-Depends-Bootstrap1: debhelper-compat (= 13), zlib1g-dev
     
     Package: x
     Architecture: any
    "
  `);
  expect(turned(after, 'fields')).toContain('XS-Build-Depends-Bootstrap1: debhelper-compat (= 13), zlib1g-dev\n');
});

test('an index in which thousands of stanzas change has a patch, too', async () => {
  const stanza = (i: number) =>
    `Package: s${i}\nBinary: s\nVersion: 1\nBuild-Depends: a, b\nBuild-Depends-Bootstrap1: a\n\n`;
  const before = Array.from({ length: 30_000 }, (_, i) => stanza(i)).join('');
  const after = turned(before, 'profiles');
  const patch = await unifiedDiff(before, after, 'Sources');
  expect(patch.split('\n').filter((line) => line.startsWith('+Build-Depends'))).toHaveLength(30_000);
});

test('both notations at odds are an error that names the group, with its line', () => {
  const control = 'Source: x\nBuild-Depends: a, b <!stage1>\nBuild-Depends-Bootstrap1: b\n';
  const result = annotateText({ file: 'control', bytes: Buffer.from(control) }, 'fields', new Map());
  expect(result.ok).toBe(false);
  expect(result.diagnostics.map((d) => [d.origin?.line, d.message])).toMatchInlineSnapshot(`
    [
      [
        3,
        "stage 1 of x is declared twice, and differently: Build-Depends-Bootstrap1 has \`b\`, the formulas drop it; the formulas keep \`a\`, Build-Depends-Bootstrap1 does not have it",
      ],
    ]
  `);
});

const name = fc.constantFrom('a', 'b', 'c', 'dd', 'e-dev');
const condition = fc.constantFrom(
  '',
  ' (>= 1)',
  ' [linux-any]',
  ' <!nocheck>',
  ' <!nocheck> <cross>',
  ' [!i386] <nodoc !cross>',
);
const group = fc
  .array(
    fc.tuple(name, condition).map((p) => p.join('')),
    { minLength: 1, maxLength: 2 },
  )
  .map((g) => g.join(' | '));
const list = fc.uniqueArray(group, { maxLength: 4 }).map((g) => g.join(', '));

describe('round trips', () => {
  const situations = [[], ['nocheck'], ['cross'], ['nodoc'], ['nocheck', 'cross']].flatMap((profiles) =>
    ['amd64', 'i386', 'hurd-i386'].map((architecture) => ({ profiles, architecture })),
  );
  /** A stage that a notation does not tell from the full build is, in that notation, the full build. */
  const same = (one: string, other: string) => {
    for (const { profiles, architecture } of situations) {
      const [a, b] = [meaning(one, profiles, architecture), meaning(other, profiles, architecture)];
      for (const stage of [0, 1, 2, 3]) expect([stage, b[stage] ?? b[0]]).toEqual([stage, a[stage] ?? a[0]]);
    }
  };

  test('fields to formulas and back mean the same in every stage, on every architecture, under every profile', () => {
    fc.assert(
      fc.property(list, list, fc.array(list, { minLength: 1, maxLength: 3 }), (plain, indep, stages) => {
        const fields = stages.map((s, i) => `XS-Build-Depends-Bootstrap${i + 1}: ${s}\n`).join('');
        const control = `Source: x\nBuild-Depends: ${plain}\nBuild-Depends-Indep: ${indep}\n${fields}`;
        const formulas = turned(control, 'profiles');
        expect(formulas).not.toContain('Bootstrap1');
        same(control, formulas);
        same(formulas, turned(formulas, 'fields'));
      }),
      { numRuns: 300 },
    );
  });

  const literal = fc.constantFrom('stage1', '!stage1', 'stage2', '!stage2', 'nocheck', '!nocheck', '!cross');
  const bracket = fc.uniqueArray(literal, { minLength: 1, maxLength: 2 }).map((b) => ` <${b.join(' ')}>`);
  const formulaGroup = fc.tuple(name, fc.array(bracket, { maxLength: 2 })).map(([n, f]) => n + f.join(''));
  const formulaList = fc
    .uniqueArray(
      fc.array(formulaGroup, { minLength: 1, maxLength: 2 }).map((g) => g.join(' | ')),
      { maxLength: 4 },
    )
    .map((g) => g.join(', '));

  test('formulas to fields mean the same', () => {
    fc.assert(
      fc.property(formulaList, (plain) => {
        const control = `Source: x\nBuild-Depends: ${plain}\n`;
        const fields = turned(control, 'fields');
        expect(fields).not.toMatch(/<[^>]*stage/);
        same(control, fields);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the command', () => {
  const control =
    'Source: x\nMaintainer: X <x@example.org>\nBuild-Depends: a,\n b,\n c\nXS-Build-Depends-Bootstrap1: a\n\nPackage: x\nArchitecture: any\n';

  test('prints fields, a patch that applies, and JSON that keeps its schema', () => {
    files(base, { 'p/debian/control': control });
    const cwd = join(base, 'p');
    const shown = bootplan(['annotate', '--to', 'profiles', 'debian/control'], { cwd });
    expect(shown.stdout).toBe('Source: x\nBuild-Depends: a, b <!stage1>, c <!stage1>\n');
    expect([shown.code, shown.stderr]).toEqual([0, '1 source with stages, as profiles\n']);

    const json = bootplan(['annotate', '--to', 'profiles', '--json', 'debian/control'], { cwd });
    const schema = JSON.parse(readFileSync(join(root, 'metadata/schema/annotate.schema.json'), 'utf8'));
    const validate = new Ajv({ strict: true }).compile(schema);
    expect(validate(JSON.parse(json.stdout)), JSON.stringify(validate.errors)).toBe(true);

    const patch = bootplan(['annotate', '--to', 'profiles', '--patch', 'debian/control'], { cwd }).stdout;
    expect(spawnSync('patch', ['-p1', '--quiet'], { cwd, input: patch }).status).toBe(0);
    expect(readFileSync(join(cwd, 'debian/control'), 'utf8')).toBe(turned(control, 'profiles'));
    expect(bootplan(['annotate', '--to', 'profiles', '--patch', 'debian/control'], { cwd }).stdout).toBe('');
  });

  test('writes a droppable list down as a stage', () => {
    files(base, { 'q/control': 'Source: x\nBuild-Depends: a, b\n', 'q/drop.list': 'src:x b\n' });
    const ran = bootplan(['annotate', '--to', 'fields', '--annotations', 'drop.list', 'control'], {
      cwd: join(base, 'q'),
    });
    expect(ran.stdout).toBe('Source: x\nBuild-Depends: a, b\nXS-Build-Depends-Bootstrap1: a\n');
  });

  test('says what is wrong, where', () => {
    files(base, { 'r/control': 'Source: x\nBuild-Depends: a (>> , b\n' });
    const ran = bootplan(['annotate', '--to', 'fields', 'control', 'none'], { cwd: join(base, 'r') });
    expect([ran.code, ran.stderr]).toMatchInlineSnapshot(`
      [
        66,
        "error[BP100]: none: no such file
      help: check the path and its permissions

      bootplan: 1 error in the input
      ",
      ]
    `);
    const wrong = bootplan(['annotate', '--to', 'fields', 'control'], { cwd: join(base, 'r') });
    expect([wrong.code, wrong.stderr]).toMatchInlineSnapshot(`
      [
        65,
        "error[BP110]: Build-Depends of x: the parenthesis ( is not closed
        --> control:2:18
      2 | Build-Depends: a (>> , b
        |                  ^
      help: a dependency reads \`name (>= version) [architectures] <profiles> | other, next\`

      bootplan: 1 error in the input
      ",
      ]
    `);
  });
});

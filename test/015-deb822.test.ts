import { openSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../src/diagnostics.ts';
import { readControl } from '../src/metadata/control/control.ts';
import { placerOf, readLongText, readStanzas } from '../src/metadata/control/deb822.ts';
import { inFile, inMemory } from '../src/metadata/control/long-text.ts';
import { readPackages, sourceOf } from '../src/metadata/control/packages.ts';
import { readSources } from '../src/metadata/control/sources.ts';
import type { Stanza } from '../src/metadata/control/stanza.ts';
import type { Diagnostic } from '../src/model.ts';
import { files, scratch } from './rig/program.ts';

const text = (content: string | Uint8Array) => ({ file: 'index', bytes: Buffer.from(content as string) });
const inPieces = (content: string | Uint8Array) => inMemory(text(content));

/** Stanzas as plain objects, and the problems as the user sees them. */
function read(content: string | Uint8Array, comments = false) {
  const stanzas: Record<string, string>[] = [];
  const problems = readStanzas(
    text(content),
    (s) => stanzas.push(Object.fromEntries(s.names.map((n) => [n, s.get(n)!]))),
    { comments },
  );
  return { stanzas, problems };
}

const shown = (problems: readonly Diagnostic[]) => problems.map(formatDiagnostic).join('\n\n');

test('fields, continuation lines, and what separates stanzas', () => {
  const { stanzas, problems } = read('Package:  a \nDepends: b,\n\tc\n \t\nPACKAGE: d\r\nX:\n\n\n\nPackage: e');
  expect(problems).toEqual([]);
  expect(stanzas).toEqual([{ package: 'a', depends: 'b,\n\tc' }, { package: 'd', x: '' }, { package: 'e' }]);
});

test('white space between a name and its colon does not count, as in dpkg and apt', () => {
  const { stanzas, problems } = read('Package : a\nBuild-Depends\t : b,\n c\nX-Empty :\n');
  expect(problems).toEqual([]);
  expect(stanzas).toEqual([{ package: 'a', 'build-depends': 'b,\n c', 'x-empty': '' }]);
});

test('comments only where they are allowed, even between continuation lines', () => {
  const content = 'Source: a\nBuild-Depends: b,\n# not, this\n c\n# end\nSection: x\n';
  const { stanzas, problems } = read(content, true);
  expect(problems).toEqual([]);
  expect(stanzas[0]!['build-depends']!.replace(/\s+/g, ' ')).toBe('b, c');
  expect(stanzas[0]!.section).toBe('x');
  expect(read(content).problems).toHaveLength(2);
});

test('every problem of a text, each with its line and a caret', () => {
  const content = ' lost\nPackage: a\nno colon here\nVersion: 1\npackage: b\n-x: y\nZoë: z\n: v\n\nPackage: c\n';
  const { stanzas, problems } = read(content);
  expect(stanzas.map((s) => s.package)).toEqual(['a', 'c']);
  expect(shown(problems)).toMatchInlineSnapshot(`
    "error[BP141]: a continuation line without a field before it
      --> index:1:1
    1 |  lost
      | ^^^^^
    help: a stanza begins with \`Package:\` or \`Source:\`

    error[BP142]: neither a field nor a continuation of one
      --> index:3:1
    3 | no colon here
      | ^^^^^^^^^^^^^
    help: a line reads \`Field: value\`, or begins with a space

    error[BP143]: the field package is there twice, first in line 2
      --> index:5:1
    5 | package: b
      | ^^^^^^^
    help: keep one of the two

    error[BP142]: neither a field nor a continuation of one
      --> index:6:1
    6 | -x: y
      | ^^^^^
    help: a line reads \`Field: value\`, or begins with a space

    error[BP142]: neither a field nor a continuation of one
      --> index:7:1
    7 | Zoë: z
      | ^^^^^^
    help: a line reads \`Field: value\`, or begins with a space

    error[BP142]: neither a field nor a continuation of one
      --> index:8:1
    8 | : v
      | ^^^
    help: a line reads \`Field: value\`, or begins with a space"
  `);
});

test('no text at all: binary data, and bytes that are not UTF-8', () => {
  expect(shown(read(Buffer.from('Package: a\n\u0000\u0001')).problems)).toMatchInlineSnapshot(`
    "error[BP144]: binary data, not an index: byte 0x00 at offset 11
      --> index:2:1
    2 | \\x00\\x01
      | ^
    help: give a Packages or Sources index, plain or compressed with gz, xz, zst or lz4"
  `);
  const latin1 = Buffer.concat([
    Buffer.from('Package: a\nMaintainer: \ufffd Jos'),
    Buffer.from([0xe9]),
    Buffer.from(' x\n'),
  ]);
  expect(shown(read(latin1).problems)).toMatchInlineSnapshot(`
    "error[BP144]: byte 0xe9 is not UTF-8
      --> index:2:18
    2 | Maintainer: � Jos� x
      |                  ^
    help: convert the file to UTF-8, or fetch it again"
  `);
  const garbage = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + ((i * i) >> 3)) & 255);
  expect(read(garbage).problems).toHaveLength(1);
});

test('a line of ten megabytes is read, and complained about briefly', () => {
  const long = 'y'.repeat(10_000_000);
  expect(read(`Package: a\nX: ${long}\n`).stanzas[0]!.x).toHaveLength(long.length);
  const message = shown(read(`Package: a\n${long}\n`).problems);
  expect(message).toContain('index:2:1');
  expect(message.length).toBeLessThan(2000);
  const deep = shown(
    readPackages(inPieces(`Package: a\nVersion: 1\nArchitecture: all\nDepends: ${'b, '.repeat(3_000_000)} c (\n`))
      .problems,
  );
  expect(deep).toContain('index:4:9000013');
  expect(deep.length).toBeLessThan(2000);
});

test('a file that is no control data is not listed line by line', () => {
  const problems = read('hello world\n'.repeat(10_000)).problems;
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)!.message).toBe('and 9950 more lines like these');
});

describe('stanzas of binaries', () => {
  test('say where they come from', () => {
    expect(sourceOf(undefined, 'a', '1')).toEqual({ source: 'a', sourceVersion: '1' });
    expect(sourceOf('b', 'a', '1')).toEqual({ source: 'b', sourceVersion: '1' });
    expect(sourceOf('b (2-1)', 'a', '2-1+b3')).toEqual({ source: 'b', sourceVersion: '2-1' });
  });

  test('have a name, a version and an architecture, or are a problem', () => {
    const content =
      'Version: 1\nDepends: x\n\nPackage: a\nVersion: 1 2\nArchitecture: all\nDepends: b (>= 1) c,\n d [\n';
    expect(shown(readPackages(inPieces(content)).problems)).toMatchInlineSnapshot(`
      "error[BP145]: a stanza without \`Package\`, \`Architecture\`
        --> index:1:1
      1 | Version: 1
        | ^^^^^^^
      help: complete the stanza, or remove it

      error[BP111]: "1 2" of a is not a version: it has white space in it
        --> index:5:10
      5 | Version: 1 2
        |          ^^^
      help: a version reads [epoch:]upstream[-revision], for example 1.2.3-1

      error[BP110]: "c" after b: a comma or | is missing
        --> index:7:19
      7 | Depends: b (>= 1) c,
        |                   ^
      help: a dependency reads \`name (>= version) | other, next\`

      error[BP110]: the bracket [ is not closed
        --> index:8:4
      8 |  d [
        |    ^
      help: a dependency reads \`name (>= version) | other, next\`"
    `);
  });

  test('are read whole', () => {
    const content = `Package: libx1
Source: x (2.0-1)
Version: 2.0-1+b1
Architecture: amd64
Multi-Arch: same
Essential: yes
Priority: required
Section: libs
Pre-Depends: dpkg (>= 1)
Depends: libc6 (>= 2.36), y | z
Provides: libx (= 2.0), libx-any
Conflicts: w
Breaks: v (<< 2)
`;
    const { records, problems } = readPackages(inPieces(content));
    expect(problems).toEqual([]);
    expect(records).toMatchInlineSnapshot(`
      [
        {
          "binary": {
            "architecture": "amd64",
            "breaks": [
              [
                {
                  "architectures": undefined,
                  "formula": undefined,
                  "name": "v",
                  "op": "<<",
                  "qualifier": undefined,
                  "version": "2",
                },
              ],
            ],
            "conflicts": [
              [
                {
                  "architectures": undefined,
                  "formula": undefined,
                  "name": "w",
                  "op": undefined,
                  "qualifier": undefined,
                  "version": undefined,
                },
              ],
            ],
            "depends": [
              [
                {
                  "architectures": undefined,
                  "formula": undefined,
                  "name": "dpkg",
                  "op": ">=",
                  "qualifier": undefined,
                  "version": "1",
                },
              ],
              [
                {
                  "architectures": undefined,
                  "formula": undefined,
                  "name": "libc6",
                  "op": ">=",
                  "qualifier": undefined,
                  "version": "2.36",
                },
              ],
              [
                {
                  "architectures": undefined,
                  "formula": undefined,
                  "name": "y",
                  "op": undefined,
                  "qualifier": undefined,
                  "version": undefined,
                },
                {
                  "architectures": undefined,
                  "formula": undefined,
                  "name": "z",
                  "op": undefined,
                  "qualifier": undefined,
                  "version": undefined,
                },
              ],
            ],
            "essential": true,
            "multiArch": "same",
            "name": "libx1",
            "origin": {
              "file": "index",
              "line": 1,
            },
            "preDepends": 1,
            "priority": "required",
            "provides": [
              {
                "architectures": undefined,
                "formula": undefined,
                "name": "libx",
                "op": "=",
                "qualifier": undefined,
                "version": "2.0",
              },
              {
                "architectures": undefined,
                "formula": undefined,
                "name": "libx-any",
                "op": undefined,
                "qualifier": undefined,
                "version": undefined,
              },
            ],
            "section": "libs",
            "version": "2.0-1+b1",
          },
          "buildEssential": false,
          "source": "x",
          "sourceVersion": "2.0-1",
        },
      ]
    `);
  });
});

describe('stanzas of sources', () => {
  test('say what they build, and under which profiles, in both notations of Package-List', () => {
    const content = `Package: x
Version: 1
Binary: x, x-doc,
 x-test
Uploaders: A, B <a@x>, "C, D" <c@x>
Architecture: any all
Package-List:
 x deb libs optional arch=any
 x-doc deb doc optional arch=all profile=!nodoc,!stage1+cross
 x-test deb misc optional arch=any profile=!a profile:v1=!nocheck&!stage1|cross
Build-Depends: y
XS-Build-Depends-Bootstrap1: z
Vcs-Git: none
Extra-Source-Only: yes
`;
    const [record] = readSources(inPieces(content)).records;
    const { place: _, ...rest } = record!;
    expect(rest).toMatchInlineSnapshot(`
      {
        "architectures": [
          "any",
          "all",
        ],
        "binaries": [
          "x",
          "x-doc",
          "x-test",
        ],
        "extraSourceOnly": true,
        "fields": Map {
          "build-depends" => "y",
          "xs-build-depends-bootstrap1" => "z",
        },
        "formulas": Map {
          "x-doc" => [
            [
              "!nodoc",
              "!stage1",
            ],
            [
              "cross",
            ],
          ],
          "x-test" => [
            [
              "!nocheck",
              "!stage1",
            ],
            [
              "cross",
            ],
          ],
        },
        "listed": [Function],
        "maintainer": "",
        "name": "x",
        "origin": {
          "file": "index",
          "line": 1,
        },
        "section": "",
        "uploaders": [
          "A, B <a@x>",
          ""C, D" <c@x>",
        ],
        "version": "1",
      }
    `);
  });
});

describe('debian/control and .dsc', () => {
  const signed = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Format: 3.0 (quilt)
Source: x
Version: 1
Binary: x
Architecture: any
Build-Depends: y,
 z (
-----BEGIN PGP SIGNATURE-----

iQIzBAEBCgAdFiEE
-----END PGP SIGNATURE-----
`;
  test('a signature is no part of a .dsc, and shifts no line', () => {
    const { overlay, problems } = readControl(text(signed));
    expect(problems).toEqual([]);
    expect(overlay!.source!.version).toBe('1');
    expect(overlay!.place('build-depends', 5, 1).origin).toMatchObject({ line: 10, column: 3 });
  });

  test('a debian/control gives fields and the profiles of its binaries', () => {
    const { overlay, problems } = readControl(
      text(
        '# top\nSource: x\nBuild-Depends: y\n\nPackage: x\nBuild-Profiles: <!stage1> <cross>\nDescription: d\n\nPackage: z\nBuild-Profiles: <a\n',
      ),
    );
    expect(overlay!.source).toBeUndefined();
    expect([...overlay!.fields]).toEqual([['build-depends', 'y']]);
    expect([...overlay!.formulas!]).toContainEqual(['x', [['!stage1'], ['cross']]]);
    expect(shown(problems)).toMatchInlineSnapshot(`
      "error[BP110]: Build-Profiles of z: the bracket < is not closed
        --> index:10:17
      10 | Build-Profiles: <a
         |                 ^
      help: a formula reads <!nocheck> <stage1 !cross>"
    `);
  });

  test('the place of anything in a field is found after comments before, beside and in it', () => {
    const content =
      '\n# top\n# more\nSource: x\n# in\nBuild-Depends: y,\n# within\n z,\n# again\n é q\nX: 1\n\nPackage: x\n';
    const { place } = readControl(text(content)).overlay!;
    const value = (name: string, offset: number) => place(name, offset, 1).origin;
    expect(value('source', 0)).toMatchObject({ line: 4, column: 9 });
    expect(value('build-depends', 0)).toMatchObject({ line: 6, column: 16 });
    expect(value('build-depends', 13)).toMatchObject({ line: 8, column: 2 });
    expect(value('build-depends', 27)).toMatchObject({ line: 10, column: 4 });
    expect(value('build-depends-indep', 0)).toMatchObject({ line: 4, column: 9 });
  });

  test('anything else is said to be neither', () => {
    expect(shown(readControl(text('# nothing\n')).problems)).toMatchInlineSnapshot(`
      "error[BP145]: there is no stanza in it
        --> index:1
      help: give a debian/control, or a .dsc"
    `);
    expect(shown(readControl(text('Package: x\n')).problems)).toMatchInlineSnapshot(`
      "error[BP145]: a stanza without \`Source\`
        --> index:1:1
      1 | Package: x
        | ^^^^^^^
      help: complete the stanza, or remove it"
    `);
  });
});

describe('properties', () => {
  const fieldName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
  const value = fc.stringMatching(/^[!-~é€𝄞][ -~é€𝄞]{0,20}$/u).map((v) => v.trimEnd());
  const stanza = fc.uniqueArray(fc.tuple(fieldName, fc.array(value, { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 5,
    selector: ([name]) => name.toLowerCase(),
  });
  const file = fc.array(stanza, { maxLength: 4 });
  const print = (stanzas: readonly (readonly [string, readonly string[]])[][]) =>
    stanzas.map((s) => s.map(([n, lines]) => `${n}: ${lines.join('\n ')}\n`).join('')).join('\n');

  test('what is printed reads back the same', () => {
    fc.assert(
      fc.property(file, (stanzas) => {
        const result = read(print(stanzas));
        expect(result.problems).toEqual([]);
        expect(result.stanzas).toEqual(
          stanzas.map((s) => Object.fromEntries(s.map(([n, lines]) => [n.toLowerCase(), lines.join('\n ')]))),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('no bytes make a reader throw, and every place is inside the file', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            'Package: a\n',
            'Version: 1\n',
            'Architecture: all\n',
            'Depends: ',
            'b (',
            ' | ',
            ',',
            '\n',
            ' \n',
            '#',
            'Source: x\n',
            'Build-Depends: é <',
            '-----BEGIN PGP SIGNED MESSAGE-----\n',
            '\r\n',
            '\u0000',
            ':',
          ),
          { maxLength: 15 },
        )
        .map((p) => Buffer.from(p.join(''))),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        const lines = Buffer.from(bytes).toString('utf8').split('\n').length;
        const all = [readPackages(inPieces(bytes)), readSources(inPieces(bytes)), readControl(text(bytes))];
        for (const { problems } of all) {
          for (const d of problems) {
            expect(d.severity).toBe('error');
            expect(d.origin!.line).toBeGreaterThan(0);
            expect(d.origin!.line).toBeLessThanOrEqual(lines);
            expect(formatDiagnostic(d)).toContain('index:');
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a text that is not in memory whole', () => {
  const base = scratch();

  /**
   * Every stanza that is visited with the place of its last field, which is asked for when all is read, and the
   * problems.
   */
  function visited(read: (visit: (stanza: Stanza) => void, forget: () => void) => readonly Diagnostic[]) {
    const found: { readonly fields: unknown; readonly where: () => unknown }[] = [];
    const problems = read(
      (stanza) => {
        const place = placerOf(stanza);
        const last = stanza.names.at(-1)!;
        const fields = stanza.names.map((n) => [n, stanza.get(n), stanza.place(n, 1, 3)]);
        found.push({ fields: [fields, stanza.origin], where: () => place(last, 2, 4) });
      },
      () => {
        found.length = 0;
      },
    );
    return { stanzas: found.map(({ fields, where }) => [fields, where()]), problems };
  }

  function fromFile(name: string, content: string) {
    files(base, { [name]: content });
    const file = inFile('index', openSync(join(base, name), 'r'), Buffer.byteLength(content));
    try {
      return visited((visit, forget) => readLongText(file, visit, forget));
    } finally {
      file.close();
    }
  }

  const stanza = (i: number) => `Package: p${i}\nDepends: a (>= ${i}),\n b\u00e9\nX: ${'x'.repeat(i % 300)}  \n`;
  const ends = ['\n', '\n\n', ' \t\n', '\r\n', '\nno field\n\n', '\n lost\n\n'];
  const many = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, i) => stanza(from + i) + (i % 1000 === 7 ? ends[((i / 1000) % ends.length) | 0] : '\n'),
    ).join('');

  test('reads the same as one that is, wherever its pieces end', () => {
    const large = `Package: large\nDepends: ${'a, '.repeat(800_000)}b\nX-Last: y\n\n`;
    for (const content of [
      many(0, 9000),
      `${many(1, 3000)}${large}${many(2, 2000)}X`,
      large,
      '\n\n',
      many(0, 2).trimEnd(),
    ]) {
      const whole = visited((visit) => readStanzas(text(content), visit));
      const pieces = fromFile('pieces', content);
      expect(pieces.problems).toEqual(whole.problems);
      expect(pieces.stanzas.length).toBe(whole.stanzas.length);
      // One comparison: a difference of megabytes is nothing to look at.
      expect(JSON.stringify(pieces) === JSON.stringify(whole)).toBe(true);
    }
  });

  test('that is no text in its last piece is none at all', () => {
    const content = `${many(0, 9000)}Package: \0`;
    const whole = visited((visit) => readStanzas(text(content), visit));
    expect(whole.problems).toHaveLength(1);
    expect(fromFile('binary', content)).toEqual({ stanzas: [], problems: whole.problems });
  });
});

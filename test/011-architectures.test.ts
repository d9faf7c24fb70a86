import { describe, expect, test } from 'vitest';
import {
  architectureMatches,
  concernsArchitecture,
  isKnownArchitecture,
  knownArchitectures,
} from '../src/metadata/relations/architecture.ts';
import { dpkgIsHere, perl } from './rig/dpkg.ts';

test('wildcards', () => {
  const matches = (wildcard: string) =>
    ['amd64', 'armhf', 'x32', 'musl-linux-amd64', 'hurd-i386'].filter((a) => architectureMatches(a, wildcard));
  expect(matches('any')).toEqual(['amd64', 'armhf', 'x32', 'musl-linux-amd64', 'hurd-i386']);
  expect(matches('linux-any')).toEqual(['amd64', 'armhf', 'x32', 'musl-linux-amd64']);
  expect(matches('any-amd64')).toEqual(['amd64', 'x32', 'musl-linux-amd64']);
  expect(matches('gnu-any-any')).toEqual(['amd64', 'armhf', 'x32', 'hurd-i386']);
});

test('lists: the first entry that names the architecture decides', () => {
  expect(concernsArchitecture(undefined, 'amd64')).toBe(true);
  expect(concernsArchitecture(['!hurd-any'], 'amd64')).toBe(true);
  expect(concernsArchitecture(['!linux-any'], 'amd64')).toBe(false);
  expect(concernsArchitecture(['amd64', '!linux-any'], 'amd64')).toBe(true);
  expect(concernsArchitecture(['i386', 'arm64'], 'amd64')).toBe(false);
});

test('unknown architectures are known as such', () => {
  expect(['amd64', 'riscv64', 'x32'].every(isKnownArchitecture)).toBe(true);
  expect(['foo', 'all', 'any', 'linux-any', ''].some(isKnownArchitecture)).toBe(false);
});

describe.skipIf(!dpkgIsHere())('against Dpkg::Arch', () => {
  const wildcards = [
    ...[
      'any',
      'all',
      'linux-any',
      'any-amd64',
      'gnu-any-any',
      'musl-any-any',
      'eabihf-any-any-any',
      'any-any',
      'any-any-any-any',
      'any-linux-any',
    ],
    ...[
      'hurd-any',
      'kfreebsd-any',
      'gnu-linux-any',
      'any-gnu-any',
      'base-gnu-linux-any',
      'any-any-any-arm',
      'any-mips64',
      'bsd-any-any',
      'any-linux-arm',
    ],
    ...[
      'uclinux-any',
      'x32-any-any-any',
      'linux-amd64',
      'linux-gnu-amd64',
      'nothing',
      'any-nothing',
      'a-b-c-d-any',
      'any-b-c-d-e',
    ],
  ];

  test('every architecture, and no other', () => {
    const [line] = perl('use Dpkg::Arch qw(get_valid_arches)', 'print join(" ", get_valid_arches()), "\n"', ['']);
    expect([...knownArchitectures].sort()).toEqual(line!.split(' ').sort());
  });

  test('every architecture × every wildcard of interest, and every CPU and system', () => {
    const parts = knownArchitectures.flatMap((a) => a.split('-'));
    const all = [
      ...new Set([...wildcards, ...parts.flatMap((p) => [`any-${p}`, `${p}-any`]), ...knownArchitectures.slice(-60)]),
    ];
    const answers = perl(
      'use Dpkg::Arch qw(debarch_is get_valid_arches); my @all = (get_valid_arches(), "all")',
      'my $w = $_; print join("", map { debarch_is($_, $w) ? 1 : 0 } @all), "\n"',
      all,
    );
    const [names] = perl('use Dpkg::Arch qw(get_valid_arches)', 'print join(" ", get_valid_arches(), "all"), "\n"', [
      '',
    ]);
    const ours = all.map((w) =>
      names!
        .split(' ')
        .map((a) => (architectureMatches(a, w) ? 1 : 0))
        .join(''),
    );
    expect(ours).toEqual(answers);
  });

  test('every list of two, with and without negation', () => {
    const some = ['amd64', 'i386', 'linux-any', 'any-i386', 'hurd-any', 'any', 'musl-any-any', 'kfreebsd-amd64'];
    const entries = some.flatMap((e) => [e, `!${e}`]);
    const lists = entries.flatMap((a) => [`${a}`, ...entries.map((b) => `${a} ${b}`)]);
    const hosts = ['amd64', 'hurd-i386', 'musl-linux-amd64', 'kfreebsd-amd64', 'armhf'];
    const questions = hosts.flatMap((h) => lists.map((l) => [h, l] as const));
    const answers = perl(
      'use Dpkg::Arch qw(debarch_is_concerned)',
      'print debarch_is_concerned($f[0], split(/ /, $f[1])) ? 1 : 0, "\n"',
      questions.map((q) => q.join('\t')),
    );
    expect(questions.map(([h, l]) => (concernsArchitecture(l.split(' '), h) ? '1' : '0'))).toEqual(answers);
  });
});

/** One moment of a plan as an archive for apt: what is there, what is installed, and the source that is to be built. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askedAlternatives } from '../../src/metadata/relations/asked-alternatives.ts';
import { formatGroup } from '../../src/metadata/relations/relation.ts';
import type { Binary, Group, Universe, Variant } from '../../src/model.ts';
import { apt } from './apt-rig.ts';

const field = (name: string, groups: readonly Group[]): string =>
  groups.length === 0 ? '' : `${name}: ${groups.map(formatGroup).join(', ')}\n`;

/** As an index has it, or a status file. */
export function stanza(b: Binary, status: string): string {
  const provides = b.provides.map((p) => (p.version ? `${p.name} (= ${p.version})` : p.name)).join(', ');
  return [
    `Package: ${b.name}\nVersion: ${b.version}\nArchitecture: ${b.architecture}\nMaintainer: m <m@example.org>\n`,
    status,
    b.essential ? 'Essential: yes\n' : '',
    b.multiArch === undefined ? '' : `Multi-Arch: ${b.multiArch}\n`,
    `Priority: ${b.priority}\n`,
    field('Depends', b.depends),
    field('Conflicts', b.conflicts),
    field('Breaks', b.breaks),
    provides === '' ? '' : `Provides: ${provides}\n`,
    `Filename: ./${b.name}.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\nDescription: x\n`,
  ].join('');
}

export interface AptAnswer {
  readonly ok: boolean;
  /** Names that apt would install, byte order. */
  readonly installs: readonly string[];
  /** The same as `NAME VERSION`. */
  readonly chosen: readonly string[];
  readonly text: string;
}

/**
 * What `apt-get -s build-dep` says, in a root of its own.
 *
 * @param there indices of what can be had
 * @param installed indices of what is installed already
 */
export function aptBuildDep(
  root: string,
  u: Universe,
  variant: Variant,
  there: Iterable<number>,
  installed: Iterable<number>,
): AptAnswer {
  const archive = join(root, 'archive');
  mkdirSync(archive, { recursive: true });
  const base = 'Package: build-essential\nVersion: 1\nArchitecture: amd64\nMaintainer: m <m@example.org>\n';
  const packages = [...there]
    .sort((a, b) => a - b)
    .map((b) => stanza(u.binaries[b]!, ''))
    .join('\n');
  writeFileSync(join(archive, 'Packages'), packages);
  const asked = variant.buildDepends.map((group) => askedAlternatives(group, u.alternatives));
  writeFileSync(
    join(archive, 'Sources'),
    `Package: the-source\nBinary: the-binary\nVersion: 1\nMaintainer: m <m@example.org>\nArchitecture: any\nFormat: 1.0\n${field('Build-Depends', asked)}${field('Build-Conflicts', variant.buildConflicts)}Directory: .\nChecksums-Sha256:\n ${'0'.repeat(64)} 1 the-source_1.dsc\n`,
  );
  const have = u.binaries.some((b) => b.name === 'build-essential') ? '' : `${base}Status: install ok installed\n\n`;
  const status = [...installed].map((b) => stanza(u.binaries[b]!, 'Status: install ok installed\n')).join('\n');
  const lines = `deb [trusted=yes] file:${archive} ./\ndeb-src [trusted=yes] file:${archive} ./\n`;
  apt(root, lines, 'update');
  writeFileSync(join(root, 'dpkg-status'), have + status);
  const ran = apt(
    root,
    lines,
    '-o',
    `Dir::State::status=${join(root, 'dpkg-status')}`,
    '-o',
    'APT::Install-Recommends=0',
    '-s',
    'build-dep',
    'the-source',
  );
  const names = [...ran.text.matchAll(/^Inst (\S+)/gm)].map((m) => m[1]!.replace(/:.*/, ''));
  const chosen = [...ran.text.matchAll(/^Inst (\S+) \((\S+)/gm)].map(([, name, version]) => `${name} ${version}`);
  return {
    ok: ran.code === 0 && !/^Remv /m.test(ran.text),
    chosen,
    installs: [...new Set(names)].sort(),
    text: ran.text,
  };
}

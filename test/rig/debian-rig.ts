/**
 * A small Debian archive: the packages of a base as the mirror has them, and sources made here, with the archive's own
 * builds.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexText, stanzasNamed } from '../../src/runner/builders/debian/archive/index-stanzas.ts';
import { OfflineApt } from '../../src/runner/builders/debian/archive/offline-apt.ts';
import { basePackages } from '../../src/runner/builders/debian/base/base-chroot.ts';
import { AptRoot } from '../../src/runner/fetch/apt-root.ts';
import { cacheDirectory } from '../../src/runner/fetch/cache-directory.ts';

/**
 * Is there mmdebstrap, and a mirror to take a base from? @param more what else is to be in the index, with all that it
 * needs
 */
export async function baseIndex(...more: readonly string[]): Promise<string | undefined> {
  if (!existsSync('/usr/bin/mmdebstrap')) return undefined;
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-base-'));
  try {
    const { packages } = await (await AptRoot.open(cacheDirectory(), 'amd64')).indices();
    const index = await indexText(packages);
    const apt = new OfflineApt(scratch, 'amd64');
    await apt.open(index);
    const answer = await apt.wouldInstall(['install', ...basePackages, ...more]);
    if ('why' in answer) return undefined;
    return [...stanzasNamed(index, new Set(answer.files)).values()].map(({ text }) => `${text.trim()}\n\n`).join('');
  } catch {
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A source of the mirror as its index has it; undefined when there is none. */
export async function mirroredSource(name: string): Promise<string | undefined> {
  const { sources } = await (await AptRoot.open(cacheDirectory(), 'amd64')).indices();
  const stanzas = (await indexText(sources)).split('\n\n');
  return stanzas.find((stanza) => stanza.startsWith(`Package: ${name}\n`));
}

export interface MadeSource {
  readonly name: string;
  readonly version: string;
  /** Value of Build-Depends. */
  readonly needs: string;
  /** Its one binary. */
  readonly binary: string;
  /** The version of the archive's own build of it. */
  readonly archived: string;
  /** What the build does in its directory; files below `tree` are what is installed. */
  readonly script: string;
}

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const must = (program: string, args: readonly string[], cwd: string): void => {
  const ran = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
  });
  if (ran.status !== 0) throw new Error(`${program}: ${ran.stderr}`);
};

const rules = ({ binary, script }: MadeSource): string => `#!/usr/bin/make -f
build build-arch build-indep:
clean:
	rm -rf tree debian/tmp debian/files
binary-indep:
binary-arch:
	mkdir -p tree
	${script}
	mkdir -p debian/tmp/DEBIAN && cp -r tree/. debian/tmp/
	dpkg-gencontrol -p${binary} -Pdebian/tmp
	dpkg-deb --root-owner-group --build debian/tmp ..
binary: binary-arch
.PHONY: build build-arch build-indep clean binary-indep binary-arch binary
`;

function control({ name, needs, binary }: MadeSource): string {
  return `Source: ${name}
Section: misc
Priority: optional
Maintainer: Nobody <nobody@example.org>
Build-Depends: ${needs}
Standards-Version: 4.6.2
Rules-Requires-Root: no

Package: ${binary}
Architecture: any
Description: made for a test
 Nothing else.
`;
}

/** Writes the source package, and the archive's own build of its binary; returns their stanzas. */
function publish(directory: string, source: MadeSource): { readonly sources: string; readonly packages: string } {
  const { name, version, needs, binary, archived } = source;
  const tree = join(directory, 'work', name);
  mkdirSync(join(tree, 'debian/source'), { recursive: true });
  const changelog = `${name} (${version}) unstable; urgency=low\n\n  * A test.\n\n -- Nobody <nobody@example.org>  Tue, 14 Nov 2023 22:13:20 +0000\n`;
  const files = { changelog, control: control(source), rules: rules(source), 'source/format': '3.0 (native)\n' };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(tree, 'debian', file), text, { mode: 0o755 });
  must('dpkg-source', ['-b', tree], directory);
  const own = join(directory, 'work', `${binary}.own`);
  mkdirSync(join(own, 'DEBIAN'), { recursive: true });
  const fields = `Package: ${binary}\nSource: ${name} (${version})\nVersion: ${archived}\nArchitecture: amd64\nMaintainer: Nobody <nobody@example.org>\nDescription: of the archive\n`;
  writeFileSync(join(own, 'DEBIAN/control'), fields);
  mkdirSync(join(own, `usr/share/${name}`), { recursive: true });
  writeFileSync(join(own, `usr/share/${name}/origin`), 'the archive\n');
  const deb = `${binary}_${archived}_amd64.deb`;
  must('dpkg-deb', ['--root-owner-group', '--build', own, join(directory, deb)], directory);
  const bytes = readFileSync(join(directory, deb));
  const parts = [`${name}_${version}.dsc`, `${name}_${version}.tar.xz`].map((file) => {
    const content = readFileSync(join(directory, file));
    return ` ${sum(content)} ${content.length} ${file}\n`;
  });
  return {
    sources: `Package: ${name}\nBinary: ${binary}\nVersion: ${version}\nArchitecture: any\nMaintainer: Nobody <nobody@example.org>\nBuild-Depends: ${needs}\nDirectory: .\nChecksums-Sha256:\n${parts.join('')}\n`,
    packages: `${fields}Filename: ${deb}\nSize: ${bytes.length}\nSHA256: ${sum(bytes)}\n\n`,
  };
}

/** @returns the words of a command line that name the archive */
export function smallDebian(directory: string, base: string, sources: readonly MadeSource[]): readonly string[] {
  mkdirSync(directory, { recursive: true });
  const made = sources.map((source) => publish(directory, source));
  writeFileSync(join(directory, 'Packages'), base + made.map(({ packages }) => packages).join(''));
  writeFileSync(join(directory, 'Sources'), made.map((one) => one.sources).join(''));
  const targets = sources.map(({ name }) => name);
  return [
    '--packages',
    join(directory, 'Packages'),
    '--sources',
    join(directory, 'Sources'),
    '--targets',
    ...targets,
    '--others',
    'available',
  ];
}

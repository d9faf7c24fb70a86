/** What a log of sbuild tells: which part has begun, what was installed, where it failed. */
import { binaryName } from '../../../../names.ts';
import type { Present } from '../archive/recorded-set.ts';

/** By the words of its headings. */
const sections: ReadonlyMap<string, string> = new Map([
  ['Chroot Setup Commands', 'install-deps'],
  ['Update chroot', 'install-deps'],
  ['Fetch source files', 'unpack'],
  ['Install package build dependencies', 'install-deps'],
  ['Unpack source', 'unpack'],
  ['dpkg-buildpackage', 'build'],
  ['Build', 'build'],
]);

/** The step that begins with a line of the log; undefined when none does. Pure. */
export function sectionOf(line: string): string | undefined {
  const title = /^\| (.*?) *\|$/.exec(line)?.[1];
  return title === undefined ? undefined : sections.get(title);
}

/** The same line by line of one log: of sections that are one step the first begins it. */
export function sectionsIn(): (line: string) => string | undefined {
  let last: string | undefined;
  return (line) => {
    const begun = sectionOf(line);
    if (begun === undefined || begun === last) return undefined;
    last = begun;
    return begun;
  };
}

/**
 * What dpkg said was installed when the build began; what the build itself says comes later and counts for nothing.
 * Pure.
 */
export function installedByLog(log: string): readonly Present[] {
  const lines = log.slice(0, Math.max(0, log.search(/^dpkg-buildpackage\n-+$/m))).split('\n');
  return lines.flatMap((line) => {
    const [, name, version] = /^>>> ii {1,2}([a-z0-9][a-z0-9+.-]+) (\S+)$/.exec(line) ?? [];
    // Its own package, which has the build dependencies.
    return name === undefined || version === undefined || /^sbuild-build-depends-.*-dummy$/.test(name)
      ? []
      : [{ name: binaryName(name), version }];
  });
}

/** The stage that failed, as sbuild says; undefined when its log does not say. Pure. @param tail the end of its log */
export const stageFailed = (tail: string): string | undefined =>
  /^Fail-Stage: (\S+)$/m.exec(tail.slice(tail.lastIndexOf('| Summary')))?.[1];

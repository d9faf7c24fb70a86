/**
 * Which packages a build has opened a file of, by access times: what is installed gets the first second of 1970 as its
 * access time before the source is unpacked, and a file system with `relatime` sets the time again at the first
 * reading, executing or mapping, since the old one lies before the file's change. Nothing slows the build, and no
 * privilege is asked for.
 *
 * A file that is only looked for (stat) counts as not opened.
 */
import { inside } from '../builders/debian/recipe/recipe.ts';

/** Names of files in the record of the build, which root alone writes. */
const [before, lists, told] = ['lists.base', 'lists', 'opened'].map((name) => `${inside.record}/${name}`);
/** The name of the file that lists what was opened. */
export const openedFile = 'opened';

/** Runs before anything is installed. */
export const beforeInstallation = `ls /var/lib/dpkg/info/*.list >${before}`;

/** Runs as root before the first step that builds: nothing of the base is touched, for that would copy it. */
export const beforeBuild = `ls /var/lib/dpkg/info/*.list | grep -vxF -f ${before} >${lists}
xargs -r -d '\\n' -a ${lists} cat | xargs -r -d '\\n' sh -c 'find "$@" -maxdepth 0 ! -type d -exec touch -h -a -c -d @1 {} +' sh 2>/dev/null
`;

/**
 * Runs as root when the build has ended well: a line per package with the files opened, all of them, and whether it
 * has a postinst. What describes a Python package is left out: any program that looks for plugins reads that of all
 * there are.
 */
export const afterBuild = `while read -r list; do
  name=\${list##*/}; name=\${name%.list}; script=0
  if [ -e "\${list%.list}.postinst" ]; then script=1; fi
  grep -v '^/usr/lib/python3/dist-packages/[^/]*[.]\\(egg\\|dist\\)-info' "$list" | tr '\\n' '\\0' | xargs -r -0 stat -c '%F %X' 2>/dev/null |
    awk -v name="\${name%:*}" -v script=$script '$1 != "directory" { all++; if ($NF > 1) opened++ } END { print name, opened + 0, all + 0, script }'
done <${lists} >${told}
`;

/** What one package that was installed for a build was to it. */
export interface PackageAccess {
  readonly name: string;
  /** Files of it that were opened. */
  readonly opened: number;
  readonly files: number;
  /** It has a postinst, which may have done what the build relies on. */
  readonly script: boolean;
}

/** The lines that `afterBuild` wrote; what is none of them is left out. Pure. */
export function accessesIn(text: string): readonly PackageAccess[] {
  return text.split('\n').flatMap((line) => {
    const [, name, opened, files, script] = /^([a-z0-9][a-z0-9+.-]*) (\d+) (\d+) ([01])$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, opened: Number(opened), files: Number(files), script: script === '1' }];
  });
}

/** How a dependency was used by a build that had it. */
export type Use =
  /** A file of it, or of what it alone brings, was opened. */
  | 'used'
  /** Nothing was opened, and nothing of it ran when it was installed. */
  | 'unused'
  /** Nothing was opened, but its postinst may have done what counts. */
  | 'script'
  /** Other dependencies bring it, and all that it brings: without the line the same is installed. */
  | 'brought';

/**
 * @param gone names of the packages that are not installed without the dependency
 * @param accesses of all that was installed for the build. Pure
 */
export function useOf(gone: readonly string[], accesses: ReadonlyMap<string, PackageAccess>): Use {
  if (gone.length === 0) return 'brought';
  const seen = gone.map((name) => accesses.get(name));
  // What is in the base was there before anybody looked.
  if (seen.some((access) => access === undefined || access.opened > 0)) return 'used';
  return seen.some((access) => access!.script) ? 'script' : 'unused';
}

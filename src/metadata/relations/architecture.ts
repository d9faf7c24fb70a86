/**
 * Debian architectures and their wildcards. An architecture is a tuple ABI-libc-OS-CPU; a wildcard is a tuple with
 * `any` in it, and missing leading parts are `any`. Tables and rules are dpkg's (dpkg-architecture(1); cputable,
 * tupletable; Dpkg::Arch), so an answer does not depend on the machine it is asked on.
 */
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';

/** Node's name of a CPU -> Debian's, where the two differ. */
const machines: ByName<string> = { x64: 'amd64', ia32: 'i386', arm: 'armhf', ppc64: 'ppc64el' };

/** This machine's own. It goes by its name everywhere; whether a name is its is asked of `isNative`. */
export const nativeArchitecture: string = valueAt(machines, process.arch) ?? process.arch;

/** Whether it is this machine's own. */
export const isNative = (architecture: string | undefined): boolean => architecture === nativeArchitecture;

const cpus =
  'alpha amd64 arc armeb arm arm64 avr32 hppa loong64 i386 ia64 m32r m68k mips mipsel mipsr6 mipsr6el mips64 mips64el mips64r6 mips64r6el nios2 or1k powerpc powerpcel ppc64 ppc64el riscv64 s390 s390x sh3 sh3eb sh4 sh4eb sparc sparc64 tilegx'.split(
    ' ',
  );

/** Tuple and name; `*` stands for every CPU that has no line of its own before. The order counts. */
const tuples = `
eabi-uclibc-linux-arm uclibc-linux-armel
base-uclibc-linux-* uclibc-linux-*
eabihf-musl-linux-arm musl-linux-armhf
base-musl-linux-* musl-linux-*
ilp32-gnu-linux-arm64 arm64ilp32
eabihf-gnu-linux-arm armhf
eabi-gnu-linux-arm armel
abin32-gnu-linux-mips64r6el mipsn32r6el
abin32-gnu-linux-mips64r6 mipsn32r6
abin32-gnu-linux-mips64el mipsn32el
abin32-gnu-linux-mips64 mipsn32
abi64-gnu-linux-mips64r6el mips64r6el
abi64-gnu-linux-mips64r6 mips64r6
abi64-gnu-linux-mips64el mips64el
abi64-gnu-linux-mips64 mips64
spe-gnu-linux-powerpc powerpcspe
x32-gnu-linux-amd64 x32
base-gnu-linux-* *
eabihf-gnu-kfreebsd-arm kfreebsd-armhf
base-gnu-kfreebsd-* kfreebsd-*
base-gnu-knetbsd-* knetbsd-*
base-gnu-kopensolaris-* kopensolaris-*
base-gnu-hurd-* hurd-*
base-bsd-dragonflybsd-* dragonflybsd-*
base-bsd-freebsd-* freebsd-*
base-bsd-openbsd-* openbsd-*
base-bsd-netbsd-* netbsd-*
base-bsd-darwin-* darwin-*
base-sysv-aix-* aix-*
base-sysv-solaris-* solaris-*
eabi-uclibc-uclinux-arm uclinux-armel
base-uclibc-uclinux-* uclinux-*
base-tos-mint-m68k mint-m68k`;

function readTuples(): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, readonly string[]>();
  for (const line of tuples.trim().split('\n')) {
    const [tuple, name] = line.split(' ') as [string, string];
    for (const cpu of tuple.endsWith('*') ? cpus : ['']) {
      const full = name.replace('*', cpu);
      if (!byName.has(full)) byName.set(full, tuple.replace('*', cpu).split('-'));
    }
  }
  return byName;
}

const tupleOf = readTuples();

/** Every architecture dpkg knows, in its order; `all` is not one. */
export const knownArchitectures: readonly string[] = [...tupleOf.keys()];

/** Whether dpkg knows an architecture of that name. */
export const isKnownArchitecture = (name: string): boolean => tupleOf.has(name);

/** ABI, libc, operating system and CPU; undefined for a name that dpkg does not know. */
export const tupleOfArchitecture = (name: string): readonly string[] | undefined => tupleOf.get(name);

/** The tuple a wildcard or an architecture stands for; dpkg also takes `linux-amd64` for `amd64`. */
function patternOf(wildcard: string): readonly string[] | undefined {
  const parts = wildcard.split('-');
  if (!parts.includes('any')) return tupleOf.get(/^linux-([^-]*)/.exec(wildcard)?.[1] ?? wildcard);
  return [...['any', 'any', 'any', 'any'].slice(Math.min(parts.length, 4)), ...parts.slice(0, 4)];
}

const patterns = new Map<string, readonly string[] | undefined>();

/** Does a real architecture match an architecture or a wildcard? `all` matches itself and, as in dpkg, `any`. */
export function architectureMatches(architecture: string, wildcard: string): boolean {
  if (architecture === wildcard || wildcard === 'any') return true;

  if (!patterns.has(wildcard)) patterns.set(wildcard, patternOf(wildcard));
  const pattern = patterns.get(wildcard);
  const real = tupleOf.get(architecture);
  if (real === undefined || pattern === undefined) return false;
  return pattern.every((part, i) => part === 'any' || part === real[i]);
}

/**
 * Does an architecture list `[amd64 linux-any !hppa]` concern an architecture? The first entry that names it decides;
 * a list that only excludes others concerns it. No list concerns every architecture.
 */
export function concernsArchitecture(list: readonly string[] | undefined, architecture: string): boolean {
  if (list === undefined) return true;
  let concerned = false;
  for (const entry of list) {
    const name = entry.toLowerCase();
    if (name.startsWith('!')) {
      if (architectureMatches(architecture, name.slice(1))) return false;
      concerned = true;
    } else if (architectureMatches(architecture, name)) return true;
  }
  return concerned;
}

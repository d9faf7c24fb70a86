/**
 * What the GNU tools call an architecture, and the variables in which a build finds it: names and values are those of
 * dpkg-architecture(1), from dpkg's cputable and ostable, so they do not depend on the machine they are asked on.
 */
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';
import { tupleOfArchitecture } from './architecture.ts';

/** Debian's name of a CPU -> GNU's, where the two differ. */
const gnuCpus: ByName<string> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  i386: 'i686',
  ppc64el: 'powerpc64le',
  ppc64: 'powerpc64',
  powerpcel: 'powerpcle',
  loong64: 'loongarch64',
  mipsr6: 'mipsisa32r6',
  mipsr6el: 'mipsisa32r6el',
  mips64r6: 'mipsisa64r6',
  mips64r6el: 'mipsisa64r6el',
};

/** ABI, libc and operating system -> GNU's name of the system. */
const gnuSystems: ByName<string> = {
  'eabi-uclibc-linux': 'linux-uclibceabi',
  'base-uclibc-linux': 'linux-uclibc',
  'eabihf-musl-linux': 'linux-musleabihf',
  'base-musl-linux': 'linux-musl',
  'eabihf-gnu-linux': 'linux-gnueabihf',
  'eabi-gnu-linux': 'linux-gnueabi',
  'abin32-gnu-linux': 'linux-gnuabin32',
  'abi64-gnu-linux': 'linux-gnuabi64',
  'spe-gnu-linux': 'linux-gnuspe',
  'x32-gnu-linux': 'linux-gnux32',
  'ilp32-gnu-linux': 'linux-gnu_ilp32',
  'base-gnu-linux': 'linux-gnu',
  'base-gnu-hurd': 'gnu',
  'eabihf-gnu-kfreebsd': 'kfreebsd-gnueabihf',
  'base-gnu-kfreebsd': 'kfreebsd-gnu',
  'base-gnu-knetbsd': 'knetbsd-gnu',
  'base-gnu-kopensolaris': 'kopensolaris-gnu',
  'base-bsd-darwin': 'darwin',
  'base-bsd-dragonflybsd': 'dragonflybsd',
  'base-bsd-freebsd': 'freebsd',
  'base-bsd-netbsd': 'netbsd',
  'base-bsd-openbsd': 'openbsd',
  'base-sysv-aix': 'aix',
  'base-sysv-solaris': 'solaris',
  'eabi-uclibc-uclinux': 'uclinux-uclibceabi',
  'base-uclibc-uclinux': 'uclinux-uclibc',
  'base-tos-mint': 'mint',
};

/** The names of one architecture. */
export interface GnuNames {
  /** `aarch64` */
  readonly cpu: string;
  /** `aarch64-linux-gnu` */
  readonly type: string;
  /** `aarch64-linux-gnu`; differs from the type on i386 alone. */
  readonly multiarch: string;
}

/** Undefined for an architecture that no GNU tool has a name for here. */
export function gnuNames(architecture: string): GnuNames | undefined {
  const [abi, libc, os, cpu] = tupleOfArchitecture(architecture) ?? [];
  const system = valueAt(gnuSystems, `${abi}-${libc}-${os}`);
  if (cpu === undefined || system === undefined) return undefined;
  const gnu = valueAt(gnuCpus, cpu) ?? cpu;
  return { cpu: gnu, type: `${gnu}-${system}`, multiarch: `${cpu === 'i386' ? 'i386' : gnu}-${system}` };
}

/** The architecture that a build runs on, and the one that what it yields is for. */
export interface Machines {
  readonly build: string;
  readonly host: string;
}

/**
 * dpkg-architecture's variables, and where things go: PREFIX_TOOLS is what programs for the building machine are
 * installed under, PREFIX_CROSS what is for the other one; there each architecture has directories of its own.
 */
export function architectureVariables({ build, host }: Machines): ByName<string> {
  const of = (kind: 'BUILD' | 'HOST', architecture: string): ByName<string> => {
    const names = gnuNames(architecture);
    return {
      [`DEB_${kind}_ARCH`]: architecture,
      ...(names && {
        [`DEB_${kind}_GNU_CPU`]: names.cpu,
        [`DEB_${kind}_GNU_TYPE`]: names.type,
        [`DEB_${kind}_MULTIARCH`]: names.multiarch,
      }),
    };
  };
  return { ...of('BUILD', build), ...of('HOST', host), PREFIX_TOOLS: '/usr', PREFIX_CROSS: '/usr' };
}

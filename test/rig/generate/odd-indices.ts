/**
 * Small indices of odd shapes, as text: several versions of a name, epochs and tildes, names provided in versions,
 * clashes with versions and with oneself, what is essential and conflicts, Multi-Arch with every qualifier; sources
 * with build dependencies of all three fields, for some architectures, under some profiles, and the clashes of all
 * three.
 */
type Draw = (n: number) => number;

export interface OddIndices {
  readonly packages: string;
  readonly sources: string;
  /** The stanzas of what a machine that builds has installed. */
  readonly installed: readonly string[];
  /** The stanza of each source as debian/control has it, by name. */
  readonly controls: ReadonlyMap<string, string>;
}

const names = [...'abcdef'];
const versions = ['1', '2~rc1', '2', '2+b1', '2-1', '1:1'];
const operators = ['<<', '<=', '=', '>=', '>>'];
const profiles = ['nocheck', 'cross', 'pkg.s0.small'];
const withStage = [...profiles, 'stage1', 'stage1'];
const rest = (name: string): string =>
  `Maintainer: m <m@example.org>\nFilename: ./${name}.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\nDescription: x\n`;

/**
 * @param kind an index to check, whose sources build nothing in it; or an archive to plan, whose sources build what it
 * holds
 */
export function oddIndices(draw: Draw, kind: 'index' | 'archive' = 'index'): OddIndices {
  const isBuilt = kind === 'archive';
  const makerOf = (name: string): string => `s${Math.floor(names.indexOf(name) / 2)}`;
  const of = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const isOne = (n: number): boolean => draw(n) === 0;
  const bound = (n: number): string => (isOne(n) ? ` (${of(operators)} ${of(versions)})` : '');
  const target = (): string => of([...names, ...names, 'v', 'w']);
  const need = (qualifiers: readonly string[]): string => {
    const [name, qualifier, version] = [target(), isOne(5) ? of(qualifiers) : '', bound(3)];
    // apt and dpkg compare different versions for such a name: each may be content with another one that provides it.
    const isDisputed = (name === 'v' || name === 'w') && (qualifier === ':native' || qualifier === ':amd64');
    return `${name}${qualifier}${isDisputed ? '' : version}`;
  };
  const several = (upTo: number, member: () => string): string[] => Array.from({ length: draw(upTo + 1) }, member);
  const field = (name: string, members: readonly string[]): string =>
    members.length === 0 ? '' : `${name}: ${members.join(', ')}\n`;
  const choice = (member: () => string): string => [member(), ...(isOne(3) ? [member()] : [])].join(' | ');
  // Once a binary of the index has asked for `v:amd64` apt compares other versions for it than it did before.
  const runtime = () => choice(() => need([':any']));
  const clash = () => `${of([...names, 'p', 'v', 'w'])}${isOne(6) ? ':any' : ''}${bound(2)}`;
  const provided = () => `${of(['v', 'w', 'v', 'w', 'a', 'b'])}${isOne(2) ? ` (= ${of(versions)})` : ''}`;

  const stanzas = new Map<string, string>();
  const isAll = new Map<string, boolean>();
  for (const name of names)
    for (const version of new Set([of(versions), ...(!isBuilt && isOne(4) ? [of(versions)] : [])])) {
      isAll.set(name, isOne(3));
      const text = [
        `Package: ${name}\nVersion: ${version}\nArchitecture: ${isAll.get(name) ? 'all' : 'amd64'}\n`,
        isBuilt ? `Source: ${makerOf(name)} (1)\n` : '',
        isOne(3) ? `Multi-Arch: ${of(['foreign', 'allowed'])}\n` : '',
        field('Depends', isOne(2) ? several(2, runtime) : []),
        field('Pre-Depends', isOne(8) ? [`p${bound(2)}`] : []),
        field('Provides', isOne(3) ? several(2, provided) : []),
        field('Conflicts', isOne(4) ? several(2, clash) : []),
        field('Breaks', isOne(4) ? several(2, clash) : []),
      ].join('');
      stanzas.set(`${name} ${version}`, `${text}${rest(name)}`);
    }
  // Nothing that is asked for before anything is unpacked needs more: a ring of that cannot be installed in any order.
  const leaf = `Package: p\nVersion: ${of(versions)}\nArchitecture: all\n${rest('p')}`;
  const base = `Package: base\nVersion: 1\nArchitecture: amd64\nEssential: yes\n${isOne(2) ? field('Conflicts', [clash()]) : ''}${isOne(3) ? field('Provides', [provided()]) : ''}${rest('base')}`;
  const essential = `Package: build-essential\nVersion: 1\nArchitecture: amd64\n${rest('build-essential')}`;

  const declared = isBuilt ? withStage : profiles;
  const condition = (): string => {
    const places = isOne(6) ? ` [${of(['amd64', '!amd64', 'linux-any', 'any-i386', '!hurd-any', 'i386 amd64'])}]` : '';
    const formula = () =>
      `<${several(1, () => `${isOne(2) ? '!' : ''}${of(declared)}`)
        .concat(`!${of(declared)}`)
        .join(' ')}>`;
    return places + (isOne(5) ? ` ${[formula(), ...(isOne(3) ? [formula()] : [])].join(' ')}` : '');
  };
  const wanted = () => choice(() => `${need([':any', ':native', ':amd64'])}${condition()}`);
  const unwanted = () => `${clash()}${condition()}`;
  const controls = new Map<string, string>();
  const sources = ['s0', 's1', 's2'].map((name) => {
    const fields = ['', '-Arch', '-Indep'].flatMap((suffix) => [
      field(`Build-Depends${suffix}`, suffix === '' ? [wanted(), ...several(2, wanted)] : isOne(3) ? [wanted()] : []),
      field(`Build-Conflicts${suffix}`, isOne(4) ? [unwanted()] : []),
    ]);
    const drawn = of(['any', 'all', 'any all', 'amd64 all']).split(' ');
    const made = isBuilt
      ? names.filter((n) => makerOf(n) === name).map((n) => [n, isAll.get(n) ? 'all' : 'any'] as const)
      : drawn.map((a, i) => [`${name}-${i}`, a] as const);
    const architecture = [...new Set(made.map(([, a]) => a))].join(' ');
    const text = fields.join('');
    const binaries = made.map(([n, a]) => `Package: ${n}\nArchitecture: ${a}\nDescription: x\n`);
    controls.set(name, `Source: ${name}\nMaintainer: m <m@example.org>\n${text}\n${binaries.join('\n')}`);
    const list = made.map(
      ([n, a]) => ` ${n} deb misc optional arch=${a}${isBuilt && isOne(6) ? ' profile=!stage1' : ''}`,
    );
    const version = isBuilt && isOne(3) ? '3' : '1';
    return `Package: ${name}\nBinary: ${made.map(([n]) => n).join(', ')}\nVersion: ${version}\nMaintainer: m <m@example.org>\nArchitecture: ${architecture}\nFormat: 1.0\n${text}Package-List:\n${list.join('\n')}\nDirectory: .\nChecksums-Sha256:\n ${'0'.repeat(64)} 1 ${name}_1.dsc\n`;
  });
  return {
    packages: [base, essential, leaf, ...stanzas.values()].join('\n'),
    sources: sources.join('\n'),
    installed: [base, essential],
    controls,
  };
}

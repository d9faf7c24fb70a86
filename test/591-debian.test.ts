/** A cycle of two Debian sources, from their indices to a clean archive, in real chroots of a real base. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { baseIndex, type MadeSource, mirroredSource, smallDebian } from './rig/debian-rig.ts';
import { bootplan, files, scratch } from './rig/program.ts';

const base = await baseIndex();
const home = scratch();
const state = join(home, 'state');

/** Each says in its package what it saw of the other; alpha can do without beta in its stage. */
const alpha: MadeSource = {
  name: 'alpha',
  version: '1',
  needs: 'beta-dev <!stage1>',
  binary: 'alpha-dev',
  // Sorts after all that is built here: the trap of version order.
  archived: '1+deb12u1',
  script: `mkdir -p tree/usr/share/alpha; cat /usr/share/beta/origin >tree/usr/share/alpha/origin || test -n "$\${DEB_BUILD_PROFILES}" || exit; test -f mended || test -z "$\${DEB_BUILD_PROFILES}"`,
};
/** What its stage lacks. */
const patch = '--- /dev/null\n+++ b/mended\n@@ -0,0 +1 @@\n+yes\n';
const beta: MadeSource = {
  name: 'beta',
  version: '1',
  needs: 'alpha-dev',
  binary: 'beta-dev',
  archived: '1+deb12u1',
  script: 'mkdir -p tree/usr/share/beta; test -f /usr/share/alpha/origin && echo built >tree/usr/share/beta/origin',
};

const archive = base === undefined ? [] : smallDebian(join(home, 'archive'), base, [alpha, beta]);
const run = (...more: string[]) => bootplan(['run', ...archive, '--state', state, '--no-image', ...more]);

interface Entry {
  readonly build: string;
  readonly archive: string;
  readonly tainted: boolean;
  readonly installed: readonly { name: string; version: string; build: string; archive: string }[];
}

const ledger = (): readonly Entry[] =>
  readFileSync(join(state, 'ledger.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.skipIf(base === undefined)('two Debian sources that need each other', () => {
  test('a stage that fails is a record with the step of sbuild, and blocks by name', () => {
    const failed = run();
    expect(failed.code, failed.stderr).toBe(1);
    expect(failed.stderr).toContain('beta');
    const [report] = readdirSync(join(state, 'failures'));
    const { step, blocks, installationSet } = JSON.parse(readFileSync(join(state, 'failures', report!), 'utf8'));
    expect([step.name, blocks[0]]).toEqual(['build', 'beta']);
    // With its versions, as dpkg had it: the seed of a plan is names.
    expect(installationSet).toContainEqual(
      expect.objectContaining({ name: 'dpkg', version: expect.stringMatching(/^1\./) }),
    );
    const text = readFileSync(join(state, 'logs/alpha@stage1.log'), 'utf8');
    expect(text).toContain('\nFail-Stage: build\n');
  });

  test('a patch of an override mends the stage, and it alone; all is built, and final is the same when compared', () => {
    const stages = 'sources: {alpha: {stages: {"1": {patches: [mend.patch]}}}}\n';
    files(state, { 'overrides.yaml': stages, 'mend.patch': patch });
    const built = run();
    expect(built.code, built.stderr).toBe(0);
    const builds = ledger();
    expect(builds.map(({ build, archive: to }) => [build, to])).toEqual(
      [
        ['alpha<stage1>', 'stage1'],
        ['beta', 'interim'],
        ['alpha', 'final'],
        ['beta#2', 'final'],
        ['alpha#2', 'final'],
      ].filter(([build]) => builds.some((entry) => entry.build === build)),
    );
    expect(builds.filter(({ archive: to }) => to === 'final').length).toBeGreaterThanOrEqual(2);
    expect(built.stdout).not.toContain('differ');
    const statesOf = (stage: string) =>
      readFileSync(join(state, `logs/${stage}.log`), 'utf8').includes('patching file mended');
    expect(['alpha@stage1', 'alpha', 'beta'].map(statesOf)).toEqual([true, false, false]);
    const statement = JSON.parse(readFileSync(join(state, 'provenance/beta.json'), 'utf8'));
    const dsc = statement.predicate.buildDefinition.resolvedDependencies.find(({ name }: { name: string }) =>
      name.endsWith('.dsc'),
    );
    expect(['none', 'unchecked']).toContain(dsc.annotations.signature);
  });

  test('with a higher version in the archive, our stage package is what is installed', () => {
    const [, first] = ledger();
    const own = first!.installed.find(({ name }) => name === 'alpha-dev')!;
    expect(own).toMatchObject({ version: '1+bp1~stage1', build: 'alpha<stage1>', archive: 'stage1' });
    const foreign = ledger().flatMap(({ installed }) =>
      installed.filter(({ version }) => version.endsWith('+deb12u1') && /^(alpha|beta)-dev /.test(version)),
    );
    expect(foreign).toEqual([]);
  });

  test('what is recorded is what dpkg had installed, the base of the chroot included', () => {
    for (const { installed } of ledger()) {
      const names = installed.map(({ name }) => name);
      for (const name of ['bash', 'build-essential', 'fakeroot', 'libc6-dev']) expect(names).toContain(name);
      expect(installed.every(({ version, build }) => version !== '' && build !== '')).toBe(true);
    }
  });

  test('no clean build had anything of the two sources from outside', () => {
    for (const { archive: to, installed, tainted } of ledger()) {
      if (to !== 'final') continue;
      const ours = installed.filter(({ name }) => /^(alpha|beta)-dev$/.test(name));
      expect([
        tainted,
        ours.map((binary) => binary.archive).filter((from) => from === 'seed' || from.startsWith('stage')),
      ]).toEqual([false, []]);
    }
  });

  test('a second run finds everything done', () => {
    const again = run('--dry-run');
    expect(again.stdout).toContain('0 to build');
  });

  test('back-ported into annotations, what mended it needs no overrides, and nothing is built again', () => {
    const mine = join(home, 'mine.yaml');
    const words = [...archive, '--annotations', mine, '--state', state];
    const ported = bootplan(['overrides', 'backport', ...words, '--keep']);
    expect([ported.code, ported.stderr]).toEqual([0, '']);
    expect(readFileSync(join(home, 'alpha/mend.patch'), 'utf8')).toBe(patch);
    expect(readFileSync(join(home, 'alpha/series.stage1'), 'utf8')).toBe('mend.patch\n');
    expect(run('--no-overrides', '--annotations', mine, '--dry-run').stdout).toContain('0 to build');
  });

  test('a shell opens in the chroot before a step, as the user who builds', () => {
    const opened = bootplan([
      'shell',
      'beta',
      ...archive,
      '--state',
      state,
      '--step',
      'build',
      '--command',
      'id -u; pwd; cat /usr/share/alpha/origin; touch /etc/x',
    ]);
    expect(opened.stdout, opened.stderr).toContain('1000\n/build/reproducible-path/beta-1\n');
    expect(opened.stdout).toContain("cannot touch '/etc/x'");
    expect(opened.code).toBe(1);
  });

  test('.changes and .buildinfo are kept with the result', () => {
    const cas = join(state, 'cache/cas');
    const texts = readdirSync(cas, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1').slice(0, 400));
    expect(texts.filter((text) => text.startsWith('Format: 1.0\nSource: alpha')).length).toBeGreaterThan(0);
    expect(texts.some((text) => /^Format: 1\.8\n[\s\S]*Source: beta/.test(text))).toBe(true);
  });

  test('a seed that leaks what the plan builds is refused before the first build, by the name of the package', () => {
    const record = JSON.parse(readFileSync(join(state, 'downloads/debian_amd64.json'), 'utf8'));
    const leak = readFileSync(join(home, 'archive/Packages'), 'utf8')
      .split('\n\n')
      .find((stanza) => stanza.startsWith('Package: alpha-dev\n'))!;
    record.stanzas.push(leak);
    for (const places of Object.values<number[]>(record.builds)) places.push(record.stanzas.length - 1);
    const other = files(join(home, 'leaking'), { 'downloads/debian_amd64.json': JSON.stringify(record) });
    const leaking = bootplan(['run', ...archive, '--state', other, '--no-image']);
    expect([leaking.code, existsSync(join(other, 'logs/alpha@stage1.log'))]).toEqual([74, false]);
    expect(leaking.stderr).toContain('alpha-dev_1+deb12u1_amd64.deb');
  });

  test('an archive that lacks a file is refused before the first build, by the name of the file', () => {
    rmSync(join(home, 'archive/beta_1.tar.xz'));
    const other = join(home, 'other');
    const cache = join(home, 'cache');
    const gone = bootplan(['run', ...archive, '--state', other, '--no-image'], { env: { XDG_CACHE_HOME: cache } });
    expect([gone.code, existsSync(join(other, 'logs/alpha@stage1.log'))]).toEqual([66, false]);
    expect(gone.stderr).toContain('beta_1.tar.xz');
  });
});

describe.skipIf(base === undefined || !existsSync('/usr/bin/sbuild'))('the same by sbuild', () => {
  const gamma: MadeSource = {
    name: 'gamma',
    version: '1',
    needs: 'gcc',
    binary: 'gamma-dev',
    archived: '1+deb12u1',
    script: 'mkdir -p tree/usr/share/gamma; gcc --version >tree/usr/share/gamma/origin; test -z "$$BREAK"',
  };
  const one = base === undefined ? [] : smallDebian(join(home, 'gamma'), base, [gamma]);
  const by = (backend: string) =>
    bootplan(['run', ...one, '--state', join(home, backend), '--no-image', '--backend', backend]);
  const index = (backend: string) => readFileSync(join(home, backend, 'archives/final/Packages'), 'utf8');

  test('the packages are the same bit for bit, and so is the record of what was installed', () => {
    for (const backend of ['bootplan', 'sbuild']) {
      const built = by(backend);
      expect(built.code, built.stderr).toBe(0);
    }
    expect(index('sbuild')).toBe(index('bootplan'));
    const installed = (backend: string) =>
      JSON.parse(readFileSync(join(home, backend, 'ledger.ndjson'), 'utf8').split('\n')[0]!).installed;
    expect(installed('sbuild')).toEqual(installed('bootplan'));
    expect(readFileSync(join(home, 'sbuild/logs/gamma.log'), 'utf8')).toContain('sbuild (Debian sbuild)');
  });

  test('what annotations add is installed too, by either, and the packages are the same again', () => {
    const delta: MadeSource = { ...gamma, name: 'delta', binary: 'delta-tool', needs: 'gcc' };
    const asking: MadeSource = {
      ...gamma,
      name: 'epsilon',
      binary: 'epsilon-dev',
      script: 'mkdir -p tree/usr/share/epsilon; cp /usr/share/delta/origin tree/usr/share/epsilon/origin',
    };
    const both = smallDebian(join(home, 'added'), base!, [asking, delta]).filter((word) => word !== 'delta');
    const notes = join(home, 'adds.yaml');
    const run = (backend: string, ...more: string[]) =>
      bootplan([
        'run',
        ...both,
        '--state',
        join(home, `added-${backend}`),
        '--no-image',
        '--backend',
        backend,
        ...more,
      ]);
    const lacking = run('sbuild');
    expect([lacking.code, lacking.stderr.includes('epsilon')]).toEqual([1, true]);
    const failures = join(home, 'added-sbuild/failures');
    const { installationSet } = JSON.parse(readFileSync(join(failures, readdirSync(failures)[0]!), 'utf8'));
    expect(installationSet).toContainEqual(
      expect.objectContaining({ name: 'dpkg', version: expect.stringMatching(/^1\./) }),
    );
    files(home, { 'adds.yaml': 'epsilon: {adds: [delta-tool (>= 1) | nothing-else]}\n' });
    for (const backend of ['bootplan', 'sbuild']) {
      const built = run(backend, '--annotations', notes, '--replan');
      expect(built.code, built.stderr).toBe(0);
    }
    const of = (file: string) =>
      ['bootplan', 'sbuild'].map((backend) => readFileSync(join(home, `added-${backend}`, file), 'utf8'));
    const [mine, its] = of('archives/final/Packages');
    expect(its).toBe(mine);
    const sets = of('ledger.ndjson').map((text) => JSON.parse(text.trim().split('\n').at(-1)!).installed);
    expect(sets[1]).toEqual(sets[0]);
    expect(sets[0]).toContainEqual(
      expect.objectContaining({ name: 'delta-tool', version: '1+deb12u1', archive: 'seed' }),
    );
  });

  test('what it cannot build is refused before the first build, with the cause', () => {
    const other = join(home, 'refused');
    const refused = bootplan(['run', ...archive, '--state', other, '--no-image', '--backend', 'sbuild']);
    expect([refused.code, existsSync(join(other, 'logs/alpha@stage1.log'))]).toEqual([65, false]);
    expect(refused.stderr).toContain(
      'sbuild cannot build alpha<stage1>: its build dependencies are a list of the stage',
    );
  });
});

const index = base === undefined ? undefined : await baseIndex('debhelper', 'libncurses5-dev');
const sl = index === undefined ? undefined : await mirroredSource('sl');

describe.skipIf(sl === undefined)('a real source of the mirror, in a cycle that is made for it', () => {
  const there = join(home, 'real');
  const partner: MadeSource = {
    ...beta,
    needs: 'sl',
    script: beta.script.replace('test -f /usr/share/alpha/origin', 'test -x /usr/games/sl'),
  };
  const words = smallDebian(there, index ?? '', [partner]);
  const version = /^Version: (.*)$/m.exec(sl ?? '')?.[1];
  const asked = (sl ?? '').replace(/^Build-Depends: .*$/m, '$&, beta-dev <!stage1>').replace(/^Directory: .*\n/m, '');
  appendFileSync(join(there, 'Sources'), `${asked}\n\n`);
  const own = `Package: sl\nVersion: ${version}\nArchitecture: amd64\nDepends: libc6, libncurses6, libtinfo6\nFilename: sl.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n\n`;
  appendFileSync(join(there, 'Packages'), own);
  const at = words.indexOf('beta');
  const real = [...words.slice(0, at), 'sl', ...words.slice(at), '--profiles', 'nocheck'];
  const where = ['--state', join(home, 'real-state'), '--no-image'];

  test('is built reduced, in full and again, and is the same in the round of comparison', () => {
    const built = bootplan(['run', ...real, ...where]);
    expect(built.code, built.stderr).toBe(0);
    const ids = readFileSync(join(home, 'real-state/ledger.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).build as string);
    expect(ids).toEqual(expect.arrayContaining(['sl<stage1>', 'beta', 'sl', 'beta#2']));
    expect(built.stderr).toMatch(/compared \S+ with \S+: bit-identical/);
    expect(built.stderr).not.toContain('NOT identical');
    expect(readdirSync(join(home, 'real-state/archives/final/pool'))).toContain(`sl_${version}+bp1_amd64.deb`);
  });

  test('and again there is nothing to do', () => {
    expect(bootplan(['run', ...real, ...where, '--dry-run']).stdout).toContain('0 to build');
  });
});

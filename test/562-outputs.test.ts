/** What comes out of a build: the same bytes everywhere, claimed path by path, or an error that names the path. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { binaryName } from '../src/names.ts';
import type { InputDeb } from '../src/runner/builder.ts';
import { escapes } from '../src/runner/files/file-tree.ts';
import { globMatcher } from '../src/runner/formats/globs.ts';
import { assemble } from '../src/runner/sandbox/input-root.ts';
import { defaultLimits, runInSandbox } from '../src/runner/sandbox/sandbox.ts';
import { buildSubject, hostTools, projectOf, split } from './rig/host-tools.ts';
import { scratch } from './rig/program.ts';

const home = scratch();
const tools = hostTools(home);
let count = 0;
function place(name = `case-${count++}`, inputs: readonly InputDeb[] = [tools]) {
  const directory = join(home, name);
  mkdirSync(directory, { recursive: true });
  return { directory, inputs };
}

const install = `
mkdir -p $D/usr/bin $D/usr/share/subject/empty
echo "$PN $PV $UPSTREAM $JOBS" >$D/usr/share/subject/text
printf '#!/bin/sh\\n' >$D/usr/bin/run
chmod 711 $D/usr/bin/run; chmod 600 $D/usr/share/subject/text
ln -s run $D/usr/bin/also`;
const binaries = [split('subject', 'usr/bin/*'), split('subject-data', 'usr/share/**')];

async function built(...args: Parameters<typeof buildSubject>) {
  const outcome = await buildSubject(...args);
  if (!outcome.ok) throw new Error(`${outcome.message}\n${outcome.logTail}`);
  return outcome;
}

test('two directories, two umasks, one result', async () => {
  const a = await built(projectOf({ install: `umask 077; ${install}` }, binaries), place('first'));
  const b = await built(projectOf({ install: `umask 022; ${install}` }, binaries), place('a/second'));
  expect(a.debs.map((d) => [d.file, d.sha256])).toEqual(b.debs.map((d) => [d.file, d.sha256]));
  expect(a.sandboxed).toBe(true);
});

test('dpkg reads back what was declared: control data, owners, modes, times', async () => {
  const outcome = await built(projectOf({ install }, binaries), place());
  expect(outcome.debs.map((d) => d.file)).toEqual(['subject_1.0-1+bp1_amd64.deb', 'subject-data_1.0-1+bp1_amd64.deb']);
  const field = (name: string) => execFileSync('dpkg-deb', ['-f', outcome.debs[0]!.path, name], { encoding: 'utf8' });
  expect(field('Version')).toBe('1.0-1+bp1\n');
  expect(field('Description')).toBe('first line\n second line\n');
  const listed = execFileSync('dpkg-deb', ['-c', outcome.debs[0]!.path], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: 'UTC' },
  });
  expect(listed.split('\n').map((l) => l.replace(/ +/g, ' '))).toEqual([
    'drwxr-xr-x root/root 0 2023-06-10 00:00 ./',
    'drwxr-xr-x root/root 0 2023-06-10 00:00 ./usr/',
    'drwxr-xr-x root/root 0 2023-06-10 00:00 ./usr/bin/',
    '-rwxr-xr-x root/root 10 2023-06-10 00:00 ./usr/bin/run',
    'lrwxrwxrwx root/root 0 2023-06-10 00:00 ./usr/bin/also -> run',
    '',
  ]);
  const text = execFileSync('sh', [
    '-c',
    'dpkg-deb --fsys-tarfile "$1" | tar -xO ./usr/share/subject/text',
    'sh',
    outcome.debs[1]!.path,
  ]);
  expect(text.toString()).toBe('subject 1:1.0-1 1.0 2\n');
});

test('the version suffix changes the package, not the digest of its content', async () => {
  const a = await built(projectOf({ install }, binaries), place(), {}, { suffix: '+bp1~stage1' });
  const b = await built(projectOf({ install }, binaries), place(), {}, { suffix: '+bp1' });
  expect(a.debs[0]!.contentSha256).toBe(b.debs[0]!.contentSha256);
  expect(a.debs[0]!.sha256).not.toBe(b.debs[0]!.sha256);
});

test('what no package claims, what two claim, and what is claimed in vain: all named at once', async () => {
  const wrong = [split('subject', 'usr/bin/**', 'usr/lib/**'), split('other', 'usr/bin/run')];
  const outcome = await buildSubject(projectOf({ install }, wrong), place());
  expect(outcome).toMatchObject({ ok: false, step: 'collect' });
  if (outcome.ok) return;
  expect(outcome.message.split('\n')).toEqual([
    'usr/bin/run is claimed by other and subject',
    'in $D, but in the files of no package: usr/share/subject/empty, usr/share/subject/text',
    'files of subject that are not in $D: usr/lib/**',
  ]);
});

test('names that are no text, paths that nothing reaches: named, and the run goes on', async () => {
  const odd = `mkdir -p $D/usr/share; : >"$D/usr/share/$(printf 'a\\377')"; ln -s "$(printf '\\376')" $D/usr/share/link`;
  const deep = `cd $D/usr; i=0; n=$(printf '%0250d' 1); while [ $i -lt 20 ]; do mkdir $n; cd -P $n; i=$((i + 1)); done; : >end`;
  const outcome = await buildSubject(projectOf({ install: `${odd}\n${deep}` }), place());
  expect(outcome).toMatchObject({ ok: false, step: 'collect' });
  if (outcome.ok) return;
  expect(outcome.message.split('\n').map((line) => line.replaceAll(/0+1/g, '1'))).toEqual([
    expect.stringMatching(/^names that are not UTF-8, or paths that are too long: usr\/1[1/]*, usr\/share\/a\ufffd$/),
    'targets of links that are not UTF-8: usr/share/link',
  ]);
});

test('what a build made unreadable is read all the same', async () => {
  const outcome = await built(
    projectOf(
      { install: `${install}; chmod 0 $D/usr/share/subject/text $D/usr/share/subject $D/usr/share $D` },
      binaries,
    ),
    place(),
  );
  expect(outcome.debs.map((d) => d.name)).toEqual(['subject', 'subject-data']);
});

test('a failing step is named with its command, code and log; later steps do not run', async () => {
  const begun: string[] = [];
  const steps = { prepare: 'echo fine', build: 'echo before; sh -c "exit 42"; echo after', install };
  const outcome = await buildSubject(projectOf(steps, binaries), place(), {}, { onStep: (s) => begun.push(s) });
  expect(outcome).toMatchObject({
    ok: false,
    step: 'build',
    exitCode: 42,
    command: 'sh -c exit 42',
    signal: undefined,
    retriable: false,
  });
  expect(begun).toEqual(['prepare', 'build']);
  if (!outcome.ok) expect(outcome.env).toMatchObject({ PN: 'subject', S: '/work/src', D: '/work/outputs' });
});

test('who cannot note a step hears of it from the build, which leaves nothing open', async () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  const onStep = () => {
    throw new Error('the journal is full');
  };
  const building = buildSubject(projectOf({ install: `sleep 1; ${install}` }, binaries), place(), {}, { onStep });
  await expect(building).rejects.toThrow('the journal is full');
  expect(open()).toBe(before);
});

test('the environment is the table and nothing else', async () => {
  process.env.LEAKED = 'from outside';
  const script = 'bash -c "compgen -e" >env; cat env';
  const outcome = await buildSubject(
    projectOf({ build: `${script}; exit 1` }, binaries, { env: { OWN: 'x y' } }),
    place(),
  );
  delete process.env.LEAKED;
  if (outcome.ok) throw new Error('it was let through');
  const names = outcome.logTail.split('\n').filter((l) => /^[A-Z_]+$/.test(l));
  expect(new Set(names)).toEqual(
    new Set(
      [
        'B',
        'D',
        'DEB_BUILD_ARCH',
        'DEB_BUILD_GNU_CPU',
        'DEB_BUILD_GNU_TYPE',
        'DEB_BUILD_MULTIARCH',
        'DEB_HOST_ARCH',
        'DEB_HOST_GNU_CPU',
        'DEB_HOST_GNU_TYPE',
        'DEB_HOST_MULTIARCH',
        'F',
        'HOME',
        'JOBS',
        'LC_ALL',
        'OLDPWD',
        'OWN',
        'PATH',
        'PN',
        'PREFIX_CROSS',
        'PREFIX_TOOLS',
        'PV',
        'PWD',
        'S',
        'SHLVL',
        'SOURCE_DATE_EPOCH',
        'SYSROOT',
        'TZ',
        'UPSTREAM',
        'WORKDIR',
        '_',
      ].filter((n) => names.includes(n) || !['OLDPWD', 'SHLVL', '_'].includes(n)),
    ),
  );
});

test('cpu time and memory are those of the whole tree', async () => {
  const outcome = await built(
    projectOf({ build: `sh -c 'i=0; while [ $i -lt 400000 ]; do i=$((i + 1)); done'; ${install}` }, binaries),
    place(),
  );
  expect(outcome.cpuSeconds).toBeGreaterThan(0.05);
});

/** A package of the given files, for an installation set. */
function inputDeb(
  name: string,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): InputDeb {
  const tree = join(home, `tree-${name}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    symlinkSync(target, join(tree, path));
  }
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: t <t@t>\nDescription: t\n`,
  );
  const path = join(home, `${name}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, path], { stdio: 'ignore' });
  const sha256 = execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64);
  return { name: binaryName(name), version: '1', path, sha256, build: namedBuild(name), archive: 'stage1' };
}

test.each([['overlay'], ['hardlink'], ['copy']] as const)(
  'an input root by %s holds every input, read-only',
  async (way) => {
    const inputs = [
      tools,
      inputDeb(`one-${way}`, { 'usr/share/one': '1' }),
      inputDeb(`two-${way}`, { 'usr/share/two': '2' }),
    ];
    const script = `test "$(cat /usr/share/one /usr/share/two $SYSROOT/usr/share/two)" = 122; ! echo >/usr/share/one; ${install}`;
    await built(projectOf({ build: script }, binaries), place(undefined, inputs), { assembly: [way] });
  },
);

test.each([
  [80, 'stacked'],
  [502, 'linked into one tree, as the kernel stacks 500'],
])('an installation set of %d packages is %s', async (count) => {
  const layersIn = join(home, `layers-${count}`);
  for (const name of ['dev', 'proc', 'tmp', 'work']) mkdirSync(join(layersIn, 'skeleton', name), { recursive: true });
  const layers = Array.from({ length: count }, (_, i) => `${i}`.padStart(64, 'x'));
  for (const name of layers) mkdirSync(join(layersIn, name, 'usr/share/many', name), { recursive: true });
  symlinkSync(join(home, 'tools'), join(layersIn, 'tools'));
  const all = { layersIn, layers: [...layers, 'tools', 'skeleton'] };
  const ended = await runInSandbox({
    ...(await assemble(all, join(home, `root-${count}`), ['overlay', 'hardlink', 'copy'])),
    binds: [],
    command: ['sh', '-c', 'set -- /usr/share/many/*; test $# = "$COUNT"'],
    directory: '/',
    environment: { PATH: '/usr/bin', COUNT: `${count}` },
    limits: defaultLimits,
    usageFile: join(home, `usage-${count}`),
    log: join(home, `log-${count}`),
  });
  expect(ended.exitCode, readFileSync(join(home, `log-${count}`), 'utf8')).toBe(0);
});

test('one path in two inputs is an error before anything runs, unless the recipe allows it', async () => {
  const inputs = [tools, inputDeb('left', { 'usr/share/both': '1' }), inputDeb('right', { 'usr/share/both': '2' })];
  const steps: string[] = [];
  const outcome = await buildSubject(
    projectOf({ install }, binaries),
    place(undefined, inputs),
    {},
    { onStep: (s) => steps.push(s) },
  );
  expect(outcome).toMatchObject({
    ok: false,
    step: 'stage',
    message: expect.stringMatching(/^usr\/share\/both is in left 1 and in right 1\nleave one .* or .*`duplicates`/),
  });
  expect(steps).toEqual([]);
  await built(projectOf({ install }, binaries, { duplicates: ['usr/share/bo*'] }), place(undefined, inputs));
});

test('a directory of one input that is a link in another is an error before anything runs', async () => {
  const link = inputDeb('linked', {}, { 'usr/share/thing': 'other' });
  const inputs = [tools, inputDeb('full', { 'usr/share/thing/deep/file': '1' }), link];
  const outcome = await buildSubject(projectOf({ install }, binaries), place(undefined, inputs));
  expect(outcome).toMatchObject({
    ok: false,
    step: 'stage',
    message: expect.stringContaining('usr/share/thing is a link to other in linked 1 and a directory in full 1\n'),
  });
  await built(projectOf({ install }, binaries, { duplicates: ['usr/share/thing'] }), place(undefined, inputs));
});

test('globs against an oracle that splits by hand', () => {
  const name = fc.stringMatching(/^[a-c.+]{1,3}$/);
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 4 }),
      fc.array(fc.oneof(name, fc.constant('*'), fc.constant('**')), { minLength: 1, maxLength: 4 }),
      (path, glob) => {
        const matches = (p: readonly string[], g: readonly string[]): boolean => {
          if (g.length === 0) return p.length === 0;
          if (g[0] === '**') return g.length === 1 ? p.length > 0 : p.some((_, i) => matches(p.slice(i), g.slice(1)));
          return p.length > 0 && (g[0] === '*' || g[0] === p[0]) && matches(p.slice(1), g.slice(1));
        };
        expect(globMatcher(glob.join('/'))(path.join('/'))).toBe(matches(path, glob));
      },
    ),
  );
});

test('no glob takes long, whatever it is and whatever it is held against', () => {
  const many = globMatcher(`usr/${'*a'.repeat(60)}b`);
  expect(many(`usr/${'a'.repeat(250)}`)).toBe(false);
  expect(many(`usr/${'a'.repeat(250)}b`)).toBe(true);
  expect(globMatcher(`${'**/a/'.repeat(200)}b`)(Array.from({ length: 1000 }, () => 'a').join('/'))).toBe(false);
  expect(globMatcher('usr/?')('usr/\u{1f600}')).toBe(true);
  expect(globMatcher('usr/*?x')('usr/\u{1f600}x')).toBe(true);
  expect(globMatcher('usr/??')('usr/\u{1f600}')).toBe(false);
});

test.each([
  ['usr/bin/a', 'b', false],
  ['usr/bin/a', '../../etc/x', false],
  ['usr/bin/a', '../../../etc/x', true],
  ['usr/bin/a', '/etc/x', false],
  ['usr/bin/a', '/work/src', true],
  ['usr/bin/a', '/usr/../work', true],
  ['a', '..', true],
])('a link %s -> %s leads out: %s', (path, target, out) => {
  expect(escapes({ path, target }, '/work')).toBe(out);
});

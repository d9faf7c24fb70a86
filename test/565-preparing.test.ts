/** What happens before a build: apt's sources, locks, fetching, and what a machine lacks. */

import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import type { FetchItem } from '../src/model.ts';
import { sourceName } from '../src/names.ts';
import { recipeBuilder } from '../src/runner/builders/recipe.ts';
import type { AptRoot } from '../src/runner/fetch/apt-root.ts';
import { withSourcesDeb822, withSourcesList } from '../src/runner/fetch/apt-sources.ts';
import { SourceStore } from '../src/runner/fetch/fetch.ts';
import { localDigest } from '../src/runner/fetch/local.ts';
import { parseShowsrc } from '../src/runner/fetch/relock.ts';
import { relockText } from '../src/runner/fetch/relock-text.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { upstreamVersion } from '../src/runner/recipe/paths.ts';
import { reserveOf } from '../src/runner/sandbox/disk-guard.ts';
import { plannedSubject, projectOf } from './rig/host-tools.ts';
import { bootplan, files, root, scratch, strangersReachUs } from './rig/program.ts';

const home = scratch();

test('a .list file: source indices added, options kept, other distributions and comments left out', () => {
  const given = `# deb http://old.example/debian stretch main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://m.example/debian bookworm main contrib # the mirror
deb-src http://m.example/debian bookworm-updates main
deb http://security.example/ bookworm/updates main
deb https://cloud.example/apt cloud-sdk-bookworm main
deb http://m.example/debian bookwormish main
`;
  expect(withSourcesList(given, 'bookworm', 'amd64').split('\n')).toEqual([
    'deb [signed-by=/usr/share/keyrings/a.gpg] http://m.example/debian bookworm main contrib',
    'deb-src [signed-by=/usr/share/keyrings/a.gpg] http://m.example/debian bookworm main contrib',
    'deb http://m.example/debian bookworm-updates main',
    'deb-src http://m.example/debian bookworm-updates main',
    'deb http://security.example/ bookworm/updates main',
    'deb-src http://security.example/ bookworm/updates main',
    '',
  ]);
});

test('what is restricted to this machine is asked for another architecture, what is for others only is not', () => {
  const list =
    'deb [arch=amd64,i386] http://m.example/debian bookworm main\ndeb [ arch=i386 ] http://o.example bookworm main\n';
  expect(
    withSourcesList(list, 'bookworm', 'amd64')
      .split('\n')
      .filter((line) => line.startsWith('deb ')),
  ).toEqual(['deb http://m.example/debian bookworm main', 'deb [arch=i386] http://o.example bookworm main']);
  const stanza = (architectures: string) =>
    `Types: deb\nURIs: http://m.example\nSuites: bookworm\nArchitectures: ${architectures}\n`;
  expect(withSourcesDeb822(stanza('i386 amd64'), 'bookworm', 'amd64')).not.toContain('Architectures');
  expect(withSourcesDeb822(stanza('i386'), 'bookworm', 'amd64')).toContain('Architectures: i386');
});

test('a .sources file: the same, stanza by stanza, an inline key kept', () => {
  const given = `# snapshot
Types: deb
URIs: http://m.example/debian
Suites: bookworm bookworm-updates sid
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
URIs: https://node.example
Suites: nodistro
Components: main
`;
  expect(withSourcesDeb822(given, 'bookworm', 'amd64')).toBe(`Types: deb deb-src
URIs: http://m.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
`);
});

const showsrc = `Package: tcc
Version: 0.9-2
Checksums-Sha256:
 ${'1'.repeat(64)} 10 tcc_0.9-2.dsc
 ${'a'.repeat(64)} 20 tcc_0.9.orig.tar.bz2

Package: tcc
Version: 0.9-10
Checksums-Sha256:
 ${'b'.repeat(64)} 10 tcc_0.9-10.dsc
 ${'c'.repeat(64)} 20 tcc_0.9.orig.tar.bz2

Package: tcc-other
Version: 99
Checksums-Sha256:
 ${'d'.repeat(64)} 1 x.dsc
`;

test('the newest version is first, by Debian order, and only of the source asked for', () => {
  const versions = parseShowsrc(showsrc, 'tcc');
  expect(versions.map((v) => v.version)).toEqual(['0.9-10', '0.9-2']);
  expect(versions[0]!.files.get('tcc_0.9-10.dsc')).toBe('b'.repeat(64));
});

const locked = (version: string, dsc: string, orig: string, local: string) => `Source: tcc # ours
Version: ${version}
recipe:
  fetch:
    - debian: tcc
      version: ${version}
      files:
        tcc_${version}.dsc: ${dsc}
        tcc_0.9.orig.tar.bz2: ${orig}
    - local: tcc/a.patch
      sha256: ${local}
`;

test('a version that is gone is replaced by the newest, with its files; the rest of the text stays', async () => {
  const offered = () => Promise.resolve(parseShowsrc(showsrc, 'tcc'));
  const given = locked('0.8-1', 'e'.repeat(64), 'e'.repeat(64), 'f'.repeat(64));
  const made = await relockText(given, offered, () => Promise.resolve({ sha256: '9'.repeat(64) }));
  expect(made.text).toBe(locked('0.9-10', 'b'.repeat(64), 'c'.repeat(64), `"${'9'.repeat(64)}"`));
  expect(made.changes).toHaveLength(4);
});

test('a version that is still there keeps its lock', async () => {
  const offered = () => Promise.resolve(parseShowsrc(showsrc, 'tcc'));
  const given = locked('0.9-2', `"${'1'.repeat(64)}"`, 'a'.repeat(64), 'f'.repeat(64));
  expect(await relockText(given, offered, () => Promise.resolve({ sha256: 'f'.repeat(64) }))).toEqual({
    text: given,
    changes: [],
    missing: [],
  });
});

test('locks are found however they are written', async () => {
  const offered = () => Promise.resolve(parseShowsrc(showsrc, 'tcc'));
  const written = (version: string, orig: string, local: string) => `recipe:
  fetch:
  - {local: a.patch, sha256: "${local}"} # first
  - local: &b 'b.patch'
    # what it must be
    sha256: '${local}'
  - files: {tcc_0.9.orig.tar.bz2: ${orig}}
    version: "${version}"
    debian: tcc
  - {sha256: ${local}, local: *b}
Source: tcc
Version: '${version}'
`;
  const made = await relockText(written('0.8-1', 'e'.repeat(64), 'f'.repeat(64)), offered, () =>
    Promise.resolve({ sha256: 'd'.repeat(64) }),
  );
  expect(made.text).toBe(written('0.9-10', 'c'.repeat(64), 'd'.repeat(64)));
  expect(made.changes.map(({ what }) => what)).toEqual([
    'a.patch',
    'b.patch',
    'tcc: tcc_0.9.orig.tar.bz2',
    'tcc: version',
    'b.patch',
  ]);
});

test('what is to be had nowhere is no lock that holds', async () => {
  const text = `recipe:
  fetch:
    - {local: gone, sha256: ${'f'.repeat(64)}}
    - {debian: tcc, version: 0.9-2, files: {tcc_0.9.orig.tar.gz: ${'f'.repeat(64)}}}
    - {debian: tccc, version: 0.9-2, files: {tccc_0.9.orig.tar.gz: ${'f'.repeat(64)}}}
`;
  const offered = (source: string) => Promise.resolve(parseShowsrc(showsrc, source));
  const made = await relockText(text, offered, () => Promise.resolve({ problem: 'is not beside the metadata' }));
  expect(made).toEqual({
    text,
    changes: [],
    missing: [
      'gone is not beside the metadata',
      'tcc: tcc_0.9.orig.tar.gz is no file of version 0.9-2; it has tcc_0.9-2.dsc, tcc_0.9.orig.tar.bz2',
      'tccc: no mirror of this machine has such a source',
    ],
  });
});

/** An apt that answers as told, and counts. */
function mirror(answer: Readonly<Record<string, string>>, stderr = '') {
  let asked = 0;
  const apt = {
    run: (_program: string, _args: readonly string[], cwd: string) => {
      asked++;
      for (const [name, text] of Object.entries(answer)) writeFileSync(join(cwd, name), text);
      return Promise.resolve({ exitCode: stderr === '' ? 0 : 100, stdout: '', stderr });
    },
  };
  return { open: () => Promise.resolve(apt as unknown as AptRoot), asked: () => asked };
}

const item = (name: string, content: string): FetchItem => ({
  kind: 'debian',
  name,
  source: 'tcc',
  version: '0.9-2',
  sha256: sha256(content),
});

test('sources are fetched once, checked each time, and fetched anew when the cache was damaged', async () => {
  const cache = join(home, 'cache');
  const { open, asked } = mirror({ 'tcc.tar': 'content' });
  const items = [item('tcc.tar', 'content')];
  await new SourceStore(cache, home).fetch(items, open);
  await new SourceStore(cache, home).fetch(items, open);
  expect(asked()).toBe(1);
  writeFileSync(join(cache, 'sources', items[0]!.sha256), 'flipped');
  await new SourceStore(cache, home).fetch(items, open);
  expect(asked()).toBe(2);
  const placed = join(home, 'placed');
  await new SourceStore(cache, home).place(items, placed);
  expect(readFileSync(join(placed, 'tcc.tar'), 'utf8')).toBe('content');
});

test('a build is given nothing beside the metadata that was changed after it was looked at', async () => {
  const metadata = files(join(home, 'edited'), { text: 'old', 'tree/deep/file': 'old', 'tree/run': 'x' });
  chmodSync(join(metadata, 'tree/run'), 0o755);
  const local = async (name: string): Promise<FetchItem> => ({
    ...{ kind: 'local', name },
    sha256: await localDigest(join(metadata, name)),
  });
  const items = [await local('text'), await local('tree')];
  const store = new SourceStore(join(home, 'no-cache'), metadata);
  const none = () => Promise.reject(new Error('no apt'));
  await store.fetch(items, none);
  await store.place(items, join(home, 'given'));
  expect(readFileSync(join(home, 'given/tree/deep/file'), 'utf8')).toBe('old');
  for (const [item, file] of [[items[0]!, 'text'] as const, [items[1]!, 'tree/deep/file'] as const]) {
    writeFileSync(join(metadata, file), 'new');
    await expect(store.place([item], join(home, `given-${item.name}`))).rejects.toMatchObject({
      exit: 66,
      diagnostics: [{ message: expect.stringContaining(`${item.name} has changed`) }],
    });
  }
});

test('a source without a recipe is an error, not a placeholder', async () => {
  const builder = recipeBuilder(projectOf({ build: 'true' }), { state: join(home, 'no-recipe') });
  const prepared = builder.prepare([{ ...plannedSubject, source: sourceName('other') }]);
  await expect(prepared).rejects.toMatchObject({ exit: 65, message: 'other has no recipe' });
});

test('every problem of fetching is told at once, with the way out', async () => {
  mkdirSync(join(home, 'tcc'));
  writeFileSync(join(home, 'tcc/a.patch'), 'changed');
  const local: FetchItem = { kind: 'local', name: 'tcc/a.patch', sha256: sha256('as locked') };
  const absent: FetchItem = { kind: 'local', name: 'tcc/none', sha256: sha256('') };
  const { open } = mirror({ 'wrong.tar': 'other' }, "E: Can not find version '0.9-2' of package 'tcc'");
  const items = [local, absent, item('gone.tar', 'x'), item('wrong.tar', 'expected')];
  const failed = new SourceStore(join(home, 'cache2'), home).fetch(items, open);
  await expect(failed).rejects.toMatchObject({ exit: 66 });
  const { diagnostics } = await failed.catch((e) => e);
  expect(diagnostics.map((d: { message: string }) => d.message.replace(/[0-9a-f]{64}/g, 'HEX'))).toEqual([
    'tcc/a.patch has changed: its sha256 is HEX, not HEX',
    'tcc/none is not beside the metadata',
    "tcc=0.9-2: gone.tar cannot be had from this machine's mirrors. E: Can not find version '0.9-2' of package 'tcc'",
    'wrong.tar has sha256 HEX, not HEX as locked',
  ]);
  expect(diagnostics[2].help).toContain('bootplan relock --metadata');
  const ofArchive = new SourceStore(join(home, 'cache2'), home, 'take indices of today').fetch([items[2]!], open);
  const told = await ofArchive.catch((e) => e);
  expect(told.diagnostics.map(({ help }: { help: string }) => help)).toEqual(['take indices of today']);
});

test.each([
  ['1:1.35.0-4+deb12u1', '1.35.0'],
  ['0.9.27+git20200814.62c30a4a-1', '0.9.27+git20200814.62c30a4a'],
  ['1', '1'],
  ['2-rc-1', '2-rc'],
])('the upstream part of %s is %s', (version, upstream) => {
  expect(upstreamVersion(version)).toBe(upstream);
});

test('a build leaves at most a gigabyte free', () => {
  expect(reserveOf(home)).toBeGreaterThan(0);
  expect(reserveOf(home)).toBeLessThanOrEqual(2 ** 30);
});

test('doctor starts a sandbox, and its --json keeps to the schema', () => {
  const ran = bootplan(['doctor', '--json', '--state', join(home, 'state')]);
  const schema = JSON.parse(readFileSync(join(root, 'metadata/schema/doctor.schema.json'), 'utf8'));
  const result = JSON.parse(ran.stdout);
  const ajv = new Ajv();
  expect(ajv.validate(schema, result), ajv.errorsText()).toBe(true);
  expect(ran.code).toBe(result.ready ? 0 : 69);
  expect(result.checks.find((c: { name: string }) => c.name === 'sandbox')).toMatchObject({ ok: true });
});

const someone = ['--reuid=65534', '--regid=65534', '--clear-groups'];

test.runIf(strangersReachUs())('root builds as nobody; an ordinary user as itself, in a sandbox as well', () => {
  const own = join(home, 'someone');
  mkdirSync(own, { mode: 0o777 });
  chownSync(own, 65534, 65534);
  chmodSync(home, 0o755);
  const args = [...someone, join(root, 'bin/bootplan'), 'doctor', '--json', '--state', join(own, 'state')];
  const env = { PATH: process.env.PATH, HOME: own };
  const { checks } = JSON.parse(spawnSync('setpriv', args, { encoding: 'utf8', env }).stdout);
  expect(checks.find((c: { name: string }) => c.name === 'sandbox')).toMatchObject({ ok: true });
  expect(checks.find((c: { name: string }) => c.name === 'overlay')).toMatchObject({ ok: true });
});

/** Runs bootplan where no user namespace may be made, so that no sandbox starts. */
function withoutSandbox(...args: string[]) {
  const limit = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
  const all = ['--user', '--map-root-user', 'sh', '-c', limit, 'sh', join(root, 'bin/bootplan'), ...args];
  return spawnSync('unshare', all, { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}

test('where no sandbox starts, doctor says so, with the fix, and exits 69', () => {
  const ran = withoutSandbox('doctor', '--state', join(home, 'state'));
  expect(ran.status).toBe(69);
  expect(ran.stdout).toMatch(/LACKS\s+sandbox/);
  expect(ran.stdout).toContain('fix: allow user namespaces: sudo sysctl user.max_user_namespaces=10000');
});

const bare = `Source: bare
Version: "1"
Maintainer: A <a@example.org>
Packages:
  - Package: bare
    Architecture: all
    Description: built anywhere
    files: [usr/**]
recipe:
  steps:
    - install: |
        test "$PWD" = "$B"
        mkdir -p "$D/usr"
        echo "$PN" >"$D/usr/bare"
`;

test('no sandbox, no build; unless asked for, and then it is said and recorded', () => {
  const metadata = files(join(home, 'bare'), { 'bare.yaml': bare });
  const state = join(home, 'bare-state');
  const run = ['run', '--metadata', metadata, '--state', state, '--no-image'];
  const refused = withoutSandbox(...run);
  expect(refused.status).toBe(69);
  expect(refused.stderr).toContain('nothing is built without one');
  const allowed = withoutSandbox(...run, '--allow-unsandboxed');
  expect(allowed.stderr).toContain('WARNING: without a sandbox');
  expect(allowed.status, allowed.stderr).toBe(0);
  expect(readFileSync(join(state, 'journal.ndjson'), 'utf8')).toContain('"sandboxed":false');
  // Nor is it taken from the cache where there is a sandbox: in that, this one cannot be built at all.
  const later = bootplan(run);
  expect([later.code, later.stderr]).toEqual([1, expect.stringContaining('its installation set is empty')]);
});

test('relock --json keeps to its schema', () => {
  const metadata = files(join(home, 'metadata'), {
    'tcc/a.patch': 'text',
    'tcc.yaml': `Source: x1
Version: "1"
Maintainer: A <a@example.org>
Packages: [{Package: x1, Description: x, files: [a]}]
recipe:
  fetch:
    - local: tcc/a.patch
      sha256: ${'0a'.repeat(32)}
  steps:
    - install: 'true'
`,
  });
  const ran = bootplan(['relock', '--json', '--metadata', metadata]);
  const schema = JSON.parse(readFileSync(join(root, 'metadata/schema/relock.schema.json'), 'utf8'));
  expect(new Ajv().validate(schema, JSON.parse(ran.stdout))).toBe(true);
  expect(readFileSync(join(metadata, 'tcc.yaml'), 'utf8')).toContain(`sha256: ${sha256('text')}`);
});

test('a file that is not as locked is told where the lock stands', () => {
  const metadata = files(join(home, 'locked'), {
    'aa/text': 'text',
    'aa.yaml': `Source: aa
Version: "1"
Maintainer: A <a@example.org>
Build-Depends: tools
Packages: [{Package: aa, Description: a, files: [a]}]
recipe:
  fetch:
    - {local: aa/text, sha256: ${'0a'.repeat(32)}}
  steps:
    - install: cp "$F/aa/text" "$D/a"
`,
    'tools.yaml': 'Seed: [{Package: tools, Version: "1", debian: [dash, coreutils]}]\n',
  });
  const ran = bootplan(['run', '--metadata', metadata, '--state', join(home, 'locked-state')]);
  expect(ran.code).toBe(66);
  expect(ran.stderr).toMatch(/error\[BP510\]: aa\/text has changed: .*\n {2}--> .*\/aa\.yaml:8:32\n8 \| /);
  expect(ran.stderr).not.toContain('interrupted');
});

/** What a run left behind agrees with its journal, or verify says what does not. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { requireUnchanged } from '../src/runner/archive/unchanged.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { sbom } from '../src/runner/image/sbom.ts';
import { Session } from '../src/runner/journal/session.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { lookAt } from '../src/runner/run/inspect-state.ts';
import { verifyRun } from '../src/runner/verify/verification.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { bootplan, scratch } from './rig/program.ts';
import { run } from './rig/run-rig.ts';
import { fits } from './rig/schema.ts';

const original = scratch();
const reproducible = Object.fromEntries(
  compilerPlan().builds.map((build) => [build.id, { content: () => build.source }]),
);
beforeAll(async () => {
  await run(join(original, '.bootplan'), compilerPlan(), reproducible);
});

/** A copy of the run, to spoil; links between contents and archives are cut. */
function copy(): string {
  const directory = scratch();
  cpSync(original, directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

const stateOf = (directory: string) => stateDirectory(join(directory, '.bootplan'));
const problemsOf = async (directory: string) =>
  (await verifyRun(stateOf(directory), lookAt(stateOf(directory)))).problems;

test('a run is as it was built', () => {
  const text = bootplan(['verify', '-C', original]);
  expect(text).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^as built: 7 packages in 3 archives, 11 statements/),
  });
  const json = fits(bootplan(['verify', '-C', original, '--json']).stdout, 'verify');
  expect(json).toMatchObject({ problems: [], unsandboxed: [], differing: [], checked: { image: false } });
});

test('one flipped bit in a package is found', async () => {
  const directory = copy();
  const pool = join(stateOf(directory).archives, 'final/pool');
  const file = readdirSync(pool)[0]!;
  const bytes = readFileSync(join(pool, file));
  bytes[bytes.length >> 1]! ^= 4;
  chmodSync(join(pool, file), 0o644);
  writeFileSync(join(pool, file), bytes);
  expect(await problemsOf(directory)).toEqual([`final: ${file} is not what its build yielded`]);
  const ran = bootplan(['verify', '-C', directory]);
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining(`WRONG: final: ${file}`) });
});

test('packages that are gone with their directory are missing', async () => {
  const directory = copy();
  const pool = join(stateOf(directory).archives, 'final/pool');
  const files = readdirSync(pool).sort();
  rmSync(pool, { recursive: true });
  expect(bootplan(['status', '-C', directory]).stdout).toMatch(/^ {2}final {4}0 packages /m);
  expect((await problemsOf(directory)).toSorted()).toEqual(files.map((file) => `final: ${file} is missing`));
});

test('a package that is gone, one too many, and an index that tells another story are found', async () => {
  const directory = copy();
  const { archives } = stateOf(directory);
  const [gone] = readdirSync(join(archives, 'interim/pool'));
  rmSync(join(archives, 'interim/pool', gone!));
  writeFileSync(join(archives, 'final/pool/evil_1_amd64.deb'), '');
  const index = join(archives, 'stage1/Packages');
  writeFileSync(index, readFileSync(index, 'utf8').replace(/^SHA256: ./m, 'SHA256: f'));
  const problems = await problemsOf(directory);
  expect(problems).toContain(`interim: ${gone} is missing`);
  expect(problems).toContain('final: evil_1_amd64.deb is of no build in the ledger');
});

test('beside a changed index a package is looked at, whatever its name', async () => {
  const directory = copy();
  const archive = join(stateOf(directory).archives, 'final');
  writeFileSync(join(archive, 'pool/index-tools_1_amd64.deb'), '');
  writeFileSync(join(archive, 'Packages'), `${readFileSync(join(archive, 'Packages'), 'utf8')}\n`);
  expect(await problemsOf(directory)).toEqual([
    'archives/final/Packages is not what was published',
    'final: index-tools_1_amd64.deb is of no build in the ledger',
  ]);
});

test('a ledger or a statement that was edited is found', async () => {
  const directory = copy();
  const { ledger, provenance } = stateOf(directory);
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replace('"tainted":true', '"tainted":false'));
  const statement = join(provenance, 'sh@2.json');
  const told = JSON.parse(readFileSync(statement, 'utf8'));
  told.predicate.buildDefinition.resolvedDependencies.pop();
  writeFileSync(statement, JSON.stringify(told));
  rmSync(join(provenance, 'cc.json'));
  expect((await problemsOf(directory)).toSorted()).toEqual([
    'ledger.ndjson is not what was published',
    'provenance/cc.json is missing',
    'provenance/sh@2.json is not what was published',
  ]);
});

test('a change that keeps every file valid, and agrees with itself, is found all the same', async () => {
  const directory = copy();
  const { archives, provenance, root } = stateOf(directory);
  const edit = (path: string, from: RegExp | string, to: string): void => {
    const before = readFileSync(path, 'utf8');
    const after = before.replace(from, to);
    expect(after, `${path} has ${from}`).not.toBe(before);
    writeFileSync(path, after);
  };
  // An index that says more of a package than the package does, with all its sums made new.
  const final = join(archives, 'final');
  const old = readFileSync(join(final, 'Packages'));
  edit(join(final, 'Packages'), /^Filename:/m, 'Depends: evil\nFilename:');
  const now = readFileSync(join(final, 'Packages'));
  edit(join(final, 'Release'), `${sha256(old)} ${old.length}`, `${sha256(now)} ${now.length}`);
  // A source that was another one; a statement, an archive and a package too many; a link to the real thing.
  edit(join(provenance, 'sh@3.json'), '5'.repeat(64), '6'.repeat(64));
  writeFileSync(join(provenance, 'more.json'), '{}');
  mkdirSync(join(archives, 'evil'));
  renameSync(join(provenance, 'cc.json'), join(root, 'cc.json'));
  symlinkSync(join(root, 'cc.json'), join(provenance, 'cc.json'));
  const [file] = readdirSync(join(archives, 'interim/pool')).sort();
  renameSync(join(archives, 'interim/pool', file!), join(root, file!));
  symlinkSync(join(root, file!), join(archives, 'interim/pool', file!));
  const image = requireUnchanged(stateOf(directory), lookAt(stateOf(directory)).state);
  await expect(image, 'no image is made of it').rejects.toThrow('archives/final/Packages is not what was published');
  const expected = [
    'archives/evil is no archive of the plan',
    'archives/final/Packages is not what was published',
    'archives/final/Release is not what was published',
    `interim: ${file} is not a regular file`,
    'provenance/cc.json is not a regular file',
    'provenance/more.json was not put there by a run',
    'provenance/sh@3.json is not what was published',
  ];
  expect((await problemsOf(directory)).toSorted()).toEqual(expected);
  expect(bootplan(['verify', '-C', directory]).stdout).toContain(
    'what to do: `bootplan run` rewrites archives, ledger, provenance and image',
  );
  await run(root, compilerPlan(), reproducible);
  expect(await problemsOf(directory), 'a run puts all of it right').toEqual([]);
  await requireUnchanged(stateOf(directory), lookAt(stateOf(directory)).state);
});

test('of a run that was killed it is said that it has not come to its end', async () => {
  const directory = copy();
  const session = await Session.open(stateOf(directory), 'test');
  const { plan, overrides, builds } = lookAt(stateOf(directory)).state;
  session.emit({
    type: 'run-started',
    plan: plan!,
    overrides: overrides ?? '',
    builds: [...builds.keys()],
    resumed: true,
  });
  await session.close();
  expect(await problemsOf(directory), 'it had changed nothing').toEqual([]);
  rmSync(stateOf(directory).ledger);
  expect(await problemsOf(directory)).toEqual([
    'the last run did not come to its end: it goes on still, or was stopped',
    'ledger.ndjson is missing',
  ]);
});

test('a statement names sources, inputs with the builds that made them, and the seed as seed', () => {
  const statement = JSON.parse(readFileSync(join(stateOf(original).provenance, 'cc@stage1.json'), 'utf8'));
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'cc_1.0-1+bp1~stage1_amd64.deb', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: { build: 'cc<stage1>', archive: 'stage1' },
        internalParameters: { tainted: false, sandboxed: true },
        resolvedDependencies: [
          { name: 'cc.tar', annotations: { from: 'source' } },
          { name: 'libc', annotations: { from: 'libc<stage1>', archive: 'stage1' } },
          { name: 'seed-cc.deb', annotations: { from: 'seed' } },
        ],
      },
    },
  });
});

test('provenance does not depend on when or where', async () => {
  const other = scratch();
  await run(other, compilerPlan(), reproducible, { jobs: 4 });
  const [a, b] = [stateOf(original).provenance, stateDirectory(other).provenance];
  expect(readdirSync(b)).toEqual(readdirSync(a));
  for (const file of readdirSync(a))
    expect(readFileSync(join(b, file), 'utf8')).toBe(readFileSync(join(a, file), 'utf8'));
});

test('the images are those that were made, by name, and hold nothing but the final archive', async () => {
  const directory = copy();
  const state = stateOf(directory);
  mkdirSync(state.image, { recursive: true });
  const [image, bill] = ['x.qcow2', 'x.qcow2.spdx.json'];
  const at = (file: string): string => join(state.image, file);
  writeFileSync(at(image), 'an image');
  const ledger = readFileSync(state.ledger, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const outputs = Object.values(ledger.find((entry) => entry.build === 'sh#3').outputs as Record<string, string>);
  const digest = sha256('an image');
  const relations = { depends: [], provides: [], architecture: 'amd64', source: 'sh', path: '' };
  const sh = { ...relations, name: 'sh', version: '1', sha256: outputs[0]! };
  const linux = { name: 'linux', version: '6', sha256: '1'.repeat(64), path: '' };
  const made = async (...built: (typeof sh)[]): Promise<void> => {
    writeFileSync(at(bill), sbom({ name: 'x', sha256: digest, built, seeds: [linux] }));
    const files = { [image]: digest, [bill]: sha256(readFileSync(at(bill))) };
    const session = await Session.open(state, 'test');
    session.emit({ type: 'image-made', path: at(image), sha256: digest, bytes: 8, files });
    await session.close();
  };
  await made({ ...sh, name: 'evil', sha256: '2'.repeat(64) });
  expect(await problemsOf(directory)).toEqual([
    'image/x.qcow2 holds evil, as the final archive has it not: make it again, or delete it',
  ]);
  await made(sh);
  expect(await problemsOf(directory)).toEqual([]);

  const moved = scratch();
  rmSync(moved, { recursive: true });
  renameSync(directory, moved);
  expect(await problemsOf(moved), 'a state directory may be moved').toEqual([]);
  const there = (file: string): string => join(stateOf(moved).image, file);
  writeFileSync(there(bill), sbom({ name: 'x', sha256: digest, built: [], seeds: [linux] }));
  writeFileSync(there(image), 'another image');
  writeFileSync(there('other.qcow2'), 'of another plan');
  expect(await problemsOf(moved)).toEqual([
    'image/other.qcow2 was not made of what this plan has built',
    'image/x.qcow2 is not what was made',
    'image/x.qcow2.spdx.json is not what was made',
  ]);
  rmSync(there(bill));
  rmSync(there(image));
  expect(await problemsOf(moved)).toContain('image/x.qcow2 is missing');
});

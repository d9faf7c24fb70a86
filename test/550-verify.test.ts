/** What a run left behind agrees with its journal, or verify says what does not. */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../src/runner/archive/verification.ts';
import { sha256 } from '../src/runner/digest.ts';
import { sbom } from '../src/runner/image/sbom.ts';
import { Session } from '../src/runner/run/session.ts';
import { lookAt } from '../src/runner/run/standstill.ts';
import { stateDirectory } from '../src/runner/state-directory.ts';
import { compilerPlan } from './fake-builder.ts';
import { bootplan, scratch } from './rig.ts';
import { run } from './run-rig.ts';
import { fits } from './schema.ts';

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
    'ledger.ndjson is not what the journal says',
    'the provenance of sh#2 is not what the ledger says',
    'there is no provenance of cc',
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

test('the image is the one that was made, and holds nothing but the final archive', async () => {
  const directory = copy();
  const state = stateOf(directory);
  mkdirSync(state.image, { recursive: true });
  const path = join(state.image, 'x.qcow2');
  writeFileSync(path, 'an image');
  const ledger = readFileSync(state.ledger, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const outputs = Object.values(ledger.find((entry) => entry.build === 'sh#3').outputs as Record<string, string>);
  const digest = sha256('an image');
  const relations = { depends: [], provides: [], architecture: 'amd64', source: 'sh', path: '' };
  const built = { ...relations, name: 'sh', version: '1', sha256: outputs[0]! };
  const linux = { name: 'linux', version: '6', sha256: '1'.repeat(64), path: '' };
  const bill = (deb: typeof built) =>
    writeFileSync(`${path}.spdx.json`, sbom({ name: 'x', sha256: digest, built: [deb], seeds: [linux] }));
  const session = await Session.open(state, 'test');
  session.emit({ type: 'image-made', path, sha256: digest, bytes: 8 });
  session.close();
  expect(await problemsOf(directory)).toEqual([`there is no bill of materials at ${path}.spdx.json`]);
  bill(built);
  expect(await problemsOf(directory)).toEqual([]);
  bill({ ...built, name: 'evil', sha256: '2'.repeat(64) });
  expect(await problemsOf(directory)).toEqual(['evil is in the image, and not in the final archive']);
  writeFileSync(path, 'another image');
  expect(await problemsOf(directory)).toContain(`${path} is not the image that was made`);
});

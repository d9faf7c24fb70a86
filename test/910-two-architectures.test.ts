/**
 * The main job for two architectures: one command, two booted images, the second one cross-built by tools of the first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { takeOver } from './rig/built-minidistro.ts';
import { bootplan, needs } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const firmware = existsSync('/usr/share/qemu-efi-aarch64/QEMU_EFI.fd');
if (!firmware) console.warn('qemu-efi-aarch64 is not installed: nothing is built for arm64 in this run');
const able = [process.arch === 'x64', needs('qemu-system-aarch64'), firmware].every(Boolean);

const here = mkdtempSync(join(tmpdir(), 'bootplan-two-'));
const state = join(here, 'state');
const crossed = join(state, 'arch/arm64');
afterAll(() => rmSync(here, { recursive: true, force: true }));

const minutes = 60_000;
const metadata = ['--metadata', 'metadata/minidistro', '--state', state];
const run = (...more: string[]) => bootplan(['run', '--arch', 'amd64,arm64', ...metadata, '--json', ...more]);
const builtIn = (stderr: string) => stderr.split('\n').filter((line) => / built /.test(line));

interface Entry {
  readonly build: string;
  readonly source: string;
  readonly archive: string;
  readonly tainted: boolean;
  readonly crossCompiledBy?: string;
  readonly installed: readonly { readonly name: string; readonly archive: string }[];
}
const ledger = (directory: string): readonly Entry[] =>
  readFileSync(join(directory, 'ledger.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const images: string[] = [];

test.runIf(able)('one command, two booted images', { timeout: 40 * minutes }, () => {
  takeOver(state);
  const ran = run('--events', join(here, 'events'));
  expect(ran.code, ran.stderr.slice(-4000)).toBe(0);
  const summary = JSON.parse(ran.stdout);
  fits(summary, 'run');
  const all = [summary, ...summary.crossed];
  expect(all.map((one) => one.architecture)).toEqual(['amd64', 'arm64']);
  for (const one of all) {
    expect(one).toMatchObject({ status: 'complete', failed: [], blocked: [], violations: [] });
    expect(one.boot.verdict).toBe('pass');
    images.push(one.image.sha256);
  }
  const events = readFileSync(join(here, 'events'), 'utf8').trim().split('\n');
  const finished = events.map((line) => JSON.parse(line)).filter((e) => e.type === 'build-finished');
  expect(finished.filter((e) => e.architecture === 'arm64').every((e) => e.build.startsWith('arm64/'))).toBe(true);
  expect(finished.find((e) => e.build === 'arm64/musl')).toMatchObject({ architecture: 'arm64', tainted: false });
  expect(finished.filter((e) => e.architecture === undefined).length).toBe(finished.length - 6);
  expect(ran.stderr).toMatch(/arm64: booted, self-test passed/);
  expect(summary.crossCompiled).toEqual([]);
  expect(summary.crossed[0].crossCompiled).toEqual([
    { build: 'arm64/musl', by: expect.stringMatching(/^the seed's gcc-aarch64-linux-gnu \d/) },
  ]);
});

test.runIf(able)('every package for arm64 is clean, is for arm64, and was made with the native final tools', () => {
  const entries = ledger(crossed);
  expect(entries.length).toBeGreaterThanOrEqual(6);
  expect(entries.filter((e) => e.archive !== 'final' || e.tainted)).toEqual([]);
  const archives = entries.flatMap((e) => e.installed.map((b) => b.archive));
  expect([...new Set(archives)].sort()).toEqual(['final', 'seed']);
  const seeded = entries.filter((e) => e.installed.some((b) => b.archive === 'seed')).map((e) => e.source);
  expect(seeded).toEqual(['musl']);
  const index = readFileSync(join(crossed, 'archives/final/Packages'), 'utf8');
  expect([...new Set([...index.matchAll(/^Architecture: (.*)$/gm)].map((m) => m[1]))].sort()).toEqual(['all', 'arm64']);
});

test.runIf(able)('provenance and bill of materials say who compiled what', () => {
  const by = ledger(crossed).find(({ source }) => source === 'musl')!.crossCompiledBy!;
  const statement = JSON.parse(readFileSync(join(crossed, 'provenance/musl.json'), 'utf8'));
  expect(statement.predicate.buildDefinition.internalParameters.crossCompiledBy).toBe(by);
  const bill = readdirSync(join(crossed, 'image')).find((name) => name.endsWith('.spdx.json'))!;
  const { packages } = JSON.parse(readFileSync(join(crossed, 'image', bill), 'utf8'));
  const said = packages.find((p: { name: string }) => p.name === 'musl-dev').sourceInfo;
  expect(said).toContain(`cross-compiled by ${by}`);
});

test.runIf(able)('everything is as it was built, and status and log know both', () => {
  const verified = bootplan(['verify', '--state', state, '--json']);
  expect(verified.code, verified.stdout).toBe(0);
  fits(JSON.parse(verified.stdout), 'verify');
  const status = JSON.parse(bootplan(['status', '--state', state, '--json']).stdout);
  fits(status, 'status');
  expect(status.crossed.map((one: { architecture: string; boot: { verdict: string } }) => one.boot.verdict)).toEqual([
    'pass',
  ]);
  expect(bootplan(['log', 'arm64/musl', '--state', state]).stdout).toContain('aarch64-linux-gnu-gcc');
});

test.runIf(able)('once more: nothing is built, and both images are the same', () => {
  const before = readdirSync(join(state, 'cache/ac')).length;
  const ran = run('--no-boot');
  expect(ran.code, ran.stderr).toBe(0);
  expect(builtIn(ran.stderr)).toEqual([]);
  expect(readdirSync(join(state, 'cache/ac')).length).toBe(before);
  const summary = JSON.parse(ran.stdout);
  expect([summary, ...summary.crossed].map((one) => one.image.sha256)).toEqual(images);
});

test.runIf(able)('one build of one architecture by its name', () => {
  const ran = run('--package', 'arm64/dash', '--dry-run');
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout)).toEqual({ wouldBuild: [] });
  const inside = bootplan(['shell', 'arm64/dash', ...metadata, '--step', 'build', '--command', 'echo $DEB_HOST_ARCH']);
  expect(inside.stdout.trim(), inside.stderr).toMatch(/arm64$/);
  expect(spawnSync('sh', ['-c', `ls ${crossed}/cache`]).status).not.toBe(0);
});

/**
 * A trial of made-up Debian sources in real chroots: one drop is harmless, one breaks, one costs others something, one
 * was never opened.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrialAnswer } from '../src/runner/trial/trial.ts';
import type { Proposal } from '../src/solver/propose/proposal.ts';
import { baseIndex, type MadeSource, smallDebian } from './rig/debian-rig.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const base = await baseIndex();
const home = scratch();
const evidence = join(home, 'evidence.ndjson');

const dependency = (name: string): MadeSource => ({
  name,
  version: '1',
  needs: '',
  binary: `${name}-dev`,
  archived: '1',
  script: 'true',
});
const main: MadeSource = {
  name: 'main',
  version: '1',
  needs: 'harmless-dev, breaking-dev, costly-dev, idle-dev',
  binary: 'main-dev',
  archived: '1',
  script: [
    'set -e',
    'mkdir -p tree/usr/share/main tree/usr/share/doc/main',
    'if [ -e /usr/share/harmless/origin ]; then cp /usr/share/harmless/origin tree/usr/share/doc/main/; fi',
    'cat /usr/share/breaking/origin >tree/usr/share/main/breaking',
    'if [ -e /usr/share/costly/origin ]; then cp /usr/share/costly/origin tree/usr/share/main/costly; fi',
  ].join('; '),
};

const words =
  base === undefined
    ? []
    : smallDebian(join(home, 'archive'), base, [main, ...['harmless', 'breaking', 'costly', 'idle'].map(dependency)]);
// A trial has its own targets.
const archive = words.slice(0, words.indexOf('--targets'));
const env = { XDG_CACHE_HOME: join(home, 'cache') };
const trial = (...more: string[]) =>
  bootplan(['trial', 'main', ...archive, '--state', join(home, 'state'), '--json', ...more], { env });
const drops = ['--drop', 'harmless-dev', '--drop', 'breaking-dev', '--drop', 'costly-dev'];

describe.skipIf(base === undefined)('a source of four build dependencies', () => {
  test('keeps what breaks it and what others miss, and loses what is harmless', () => {
    const ran = trial(...drops, '--evidence', evidence);
    expect(ran.code, ran.stderr).toBe(1);
    const [made] = fits<TrialAnswer>(ran.stdout, 'trial').trials;
    expect(made!.lines.map((l) => [l.dependency, l.verdict, l.step])).toEqual([
      ['harmless-dev', 'works', ''],
      ['breaking-dev', 'fails', 'build'],
      ['costly-dev', 'changes', ''],
    ]);
    expect(made!.lines[1]!.why).toContain('/usr/share/breaking/origin');
    expect(made!.lines[2]!.why).toBe('main-dev lacks /usr/share/main/costly');
    expect([made!.isMinimal, made!.full.verdict]).toEqual([true, 'works']);
  });

  test('never opens the planted one, and is seen to open the others', () => {
    const [made] = fits<TrialAnswer>(trial(...drops).stdout, 'trial').trials;
    expect(made!.uses.map((u) => [u.dependency, u.use])).toEqual([
      ['harmless-dev', 'used'],
      ['breaking-dev', 'used'],
      ['costly-dev', 'used'],
      ['idle-dev', 'unused'],
    ]);
  });

  test('is not built a second time', () => {
    const [made] = fits<TrialAnswer>(trial(...drops).stdout, 'trial').trials;
    expect([made!.full, ...made!.builds].map((b) => b.isKept)).not.toContain(false);
  });

  test('a budget of one build says what it does not know', () => {
    const [made] = fits<TrialAnswer>(trial(...drops, '--budget', '1').stdout, 'trial').trials;
    expect([made!.builds.length, made!.isMinimal, made!.lines.map((l) => l.verdict)]).toEqual([
      1,
      false,
      ['untried', 'untried', 'untried'],
    ]);
  });

  test('what was learned is read by propose, and a line that is none is refused by its place', () => {
    const lines = readFileSync(evidence, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((l) => [l.dependency, l.verdict])).toEqual([
      ['harmless-dev', 'works'],
      ['breaking-dev', 'fails'],
      ['costly-dev', 'changes'],
      ['idle-dev', 'unused'],
    ]);
    const ran = bootplan(['propose', ...words, '--evidence', evidence, '--format', 'markdown'], { env });
    expect(ran.stdout).toContain('What trials have shown');
    const wrong = join(home, 'wrong');
    writeFileSync(wrong, '{}\n{}\n');
    const refused = bootplan(['propose', ...words, '--evidence', wrong], { env });
    expect([refused.code, refused.stderr.includes('wrong:1'), refused.stderr.includes('wrong:2')]).toEqual([
      65,
      true,
      true,
    ]);
  });

  test('is given up at once, whatever the trial waits for: here a lock that another bootplan never lets go', async () => {
    const programs = files(join(home, 'programs'), { flock: '#!/bin/sh\nexec sleep 1000\n' });
    chmodSync(join(programs, 'flock'), 0o755);
    const words = ['trial', 'main', ...archive, '--state', join(home, 'waiting'), ...drops, '--profiles', 'nodoc'];
    const stopped = spawn(join(root, 'bin/bootplan'), words, {
      env: { ...process.env, ...env, PATH: `${programs}:${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    stopped.stderr.on('data', (piece: Buffer) => {
      said += piece;
      if (`${piece}`.includes('the full build')) setTimeout(() => stopped.kill('SIGTERM'), 2000);
    });
    const code = await new Promise((end) => stopped.on('close', end));
    expect([code, said.includes('the same command goes on from here')], said).toEqual([143, true]);
  });

  test('a dependency that it has not is told with those that it has', () => {
    const ran = trial('--drop', 'other-dev');
    expect([ran.code, existsSync(join(home, 'state/other'))]).toEqual([65, false]);
    expect(ran.stderr).toContain('idle-dev');
  });
});

describe.skipIf(base === undefined)('a proposal that is tried', () => {
  // main and harmless need each other, and only the line of main looks as if it could go.
  const knot =
    base === undefined
      ? []
      : smallDebian(join(home, 'knot'), base, [
          { ...main, needs: 'harmless-dev', script: 'mkdir -p tree/usr/share/main; echo 1 >tree/usr/share/main/own' },
          { ...dependency('harmless'), needs: 'main-dev' },
        ]);
  const learned = join(home, 'learned.ndjson');
  const propose = () => {
    const asked = ['--prefer', 'harmless-dev=documentation', '--trial', '1', '--evidence', learned];
    return bootplan(['propose', ...knot, ...asked, '--state', join(home, 'state'), '--json'], { env });
  };

  test('tells where it stands, which source it tries, and how each build and line ended', () => {
    const ran = propose();
    expect(ran.code, ran.stderr).toBe(0);
    const { edits } = fits<Proposal>(ran.stdout, 'propose');
    expect(edits.map((e) => [e.source, e.lines.map((l) => [l.binary, l.kind])])).toEqual([
      ['main', [['harmless-dev', 'tried']]],
    ]);
    expect(
      ran.stderr
        .replace(/\d+ CPU s/g, 'n CPU s')
        .trim()
        .split('\n'),
    ).toEqual([
      '0 sources from outside, 1 line in 1 source; 1 source of these left to try',
      'to be tried, 1 of at most 40: main',
      'main: the full build',
      'main: builds (n CPU s)',
      'main: without harmless-dev',
      'main: builds (n CPU s)',
      'main: harmless-dev (documentation): harmless, the source builds without it',
      '0 sources from outside, 1 line in 1 source; nothing of it is left to try',
      '1 source tried, of at most 40; nothing is left to try',
    ]);
  });

  test('tries nothing a second time', () => {
    expect(propose().stderr.trim().split('\n')).toEqual([
      '0 sources from outside, 1 line in 1 source; nothing of it is left to try',
      '0 sources tried, of at most 40; nothing is left to try',
    ]);
  });
});

test.skipIf(base === undefined)('a source that calls makeinfo builds where it is told not to, and says so', () => {
  const script = [
    'set -e',
    'mkdir -p tree/usr/share/main tree/usr/share/info',
    // As configure and make of Automake do: a tool that is not there is missed, unless the environment names another.
    '[ -e /usr/share/texinfo/origin ] || [ "$$MAKEINFO" = true ]',
    'echo 1 >tree/usr/share/main/own',
    '[ "$$MAKEINFO" = true ] || cp /usr/share/texinfo/origin tree/usr/share/info/main.info',
  ].join('; ');
  const knot = smallDebian(join(home, 'manual'), base!, [
    { ...main, needs: 'texinfo', script },
    // Younger than what packages of the base break.
    { ...dependency('texinfo'), binary: 'texinfo', version: '9', archived: '9', needs: 'main-dev' },
  ]);
  const learned = join(home, 'manual.ndjson');
  const words = ['propose', ...knot, '--trial', '1', '--evidence', learned, '--state', join(home, 'state'), '--json'];
  const ran = bootplan(words, { env });
  expect(ran.code, ran.stderr).toBe(0);
  const [edit] = fits<Proposal>(ran.stdout, 'propose').edits;
  expect(edit!.lines.map((l) => [l.binary, l.kind, l.switches])).toEqual([['texinfo', 'tried', ['MAKEINFO=true']]]);
  expect(ran.stderr).toContain('main: without texinfo, with MAKEINFO=true\n');
  expect(JSON.parse(readFileSync(learned, 'utf8'))).toMatchObject({ verdict: 'works', switches: ['MAKEINFO=true'] });
});

test('trials of a proposal want a place for what they learn, and an archive, before anything is read', () => {
  const absent = ['--packages', '/absent', '--sources', '/absent'];
  expect(bootplan(['propose', ...absent, '--trial', '1']).stderr).toContain('--evidence FILE');
  const recipes = ['--metadata', '/absent', '--evidence', join(home, 'e'), '--trial', '1'];
  expect(bootplan(['propose', ...recipes])).toMatchObject({ code: 64 });
});

/**
 * What stands around the commands: defaults and their origin, what one sees while waiting, manual pages, completion.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { phaseLineOn } from '../src/application/output/phase-line.ts';
import { bootplan, files, needs, scratch } from './rig/program.ts';

const here = scratch();
const packages = 'Package: a\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nVersion: 1\nArchitecture: amd64\n';
const sources =
  'Package: a\nVersion: 1\nArchitecture: any\nBuild-Depends: b\nPackage-List: a deb misc optional arch=any\n\nPackage: b\nVersion: 1\nArchitecture: any\nPackage-List: b deb misc optional arch=any\n';

describe('bootplan.yaml', () => {
  const directory = files(join(here, 'defaults'), {
    P: packages,
    S: sources,
    'bootplan.yaml': 'packages: P\nsources: [S]\nseed: none\ntargets: [b]\n',
    'wrong/bootplan.yaml': 'packages: P\ntarget: b\n',
    'tiny/bootplan.yaml': '{}\n',
  });
  const ask = (args: readonly string[], env = {}, cwd = directory) => bootplan(args, { cwd, env });

  test('a command needs no flags where it says them; -C finds it too', () => {
    expect(ask(['cycles'])).toMatchObject({ code: 0, stdout: expect.stringContaining('No cycles: 1 source') });
    expect(ask(['cycles', '-C', directory], {}, here).stdout).toContain('No cycles: 1 source');
  });

  test('the environment comes before it, the command line before both', () => {
    expect(ask(['cycles'], { BOOTPLAN_TARGETS: 'all' }).stdout).toContain('2 sources');
    expect(ask(['cycles', '--targets', 'a'], { BOOTPLAN_TARGETS: 'b' }).stdout).toContain('2 sources');
  });

  test('who names an input names all of it', () => {
    expect(ask(['cycles', '--packages', 'P', '--sources', 'S', '--seed', 'none']).stdout).toContain('2 sources');
  });

  test('config tells each value and who said it', () => {
    const answer = JSON.parse(ask(['config', '--json'], { BOOTPLAN_SUITE: 'sid' }).stdout);
    const of = (name: string) => answer.settings.find((s: { name: string }) => s.name === name);
    expect(of('targets')).toEqual({ name: 'targets', values: ['b'], origin: 'bootplan.yaml' });
    expect(of('suite')).toEqual({ name: 'suite', values: ['sid'], origin: 'BOOTPLAN_SUITE' });
    expect(of('alternatives')).toEqual({ name: 'alternatives', values: ['first'], origin: 'built in' });
  });

  test('a wrong key is told with its place and the right one', () => {
    const wrong = ask(['cycles'], {}, join(directory, 'wrong'));
    expect(wrong.code).toBe(65);
    expect(wrong.stderr).toContain('bootplan.yaml:2');
    expect(wrong.stderr).toContain('targets');
  });
});

describe('while one waits', () => {
  const screen = (columns: number, env: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries({ TERM: 'xterm', CI: '', LC_ALL: 'C.UTF-8', ...env }))
      vi.stubEnv(name, value);
    let text = '';
    const stream = { isTTY: true, columns, write: (s: string) => (text += s) };
    const waiting = phaseLineOn(stream, false);
    waiting.tell('reading the input');
    waiting.tell('looking for what is still needed for 1,836 stuck sources \u001b[31m of a very long list of them');
    waiting.done();
    vi.unstubAllEnvs();
    return text.replaceAll('\r\u001b[K', '\n');
  };

  test.each([40, 80, 200])('one line of at most %i columns is drawn over, and gone in the end', (columns) => {
    expect(screen(columns, {})).toMatchSnapshot();
    for (const line of screen(columns, {}).split('\n')) expect(line.length).toBeLessThan(columns);
  });

  test('in ASCII where the locale says so; nothing on a dumb terminal, in a log of CI, in a pipe', () => {
    expect(screen(40, { LC_ALL: 'C' })).toMatch(/^[\n\x20-\x7e]*$/);
    expect(screen(40, { TERM: 'dumb' })).toBe('');
    expect(screen(40, { CI: 'true' })).toBe('');
    let piped = '';
    phaseLineOn({ write: (s: string) => (piped += s) }, false).tell('x');
    expect(piped).toBe('');
  });
});

describe('manual pages', () => {
  const man = join(here, 'man');
  test.skipIf(!needs('man'))('one for each command, of which man says nothing bad', () => {
    const written = bootplan(['manual', '--output', man, '--json']);
    const { pages } = JSON.parse(written.stdout);
    expect(pages).toContain('bootplan-plan-diff.1');
    expect(pages.length).toBeGreaterThan(25);
    for (const page of ['bootplan.1', 'bootplan-report.1', 'bootplan-annotate.1']) {
      const shown = spawnSync('man', ['--warnings', '-l', join(man, page)], {
        encoding: 'utf8',
        env: { ...process.env, MANWIDTH: '80' },
      });
      expect([page, shown.status, shown.stderr]).toEqual([page, 0, '']);
      expect(shown.stdout).toContain('EXIT STATUS');
    }
  });
});

describe('completion', () => {
  const script = (shell: string) => bootplan(['completion', shell]).stdout;

  test('bash completes commands, their second words, options and values', () => {
    const complete = (...words: string[]) => {
      const code = `${script('bash')}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bootplan; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', code, 'bash', ...words], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter(Boolean);
    };
    expect(complete('bootplan', 'cyc')).toEqual(['cycles']);
    expect(complete('bootplan', 'cache', '')).toEqual(['gc', 'info', 'verify']);
    expect(complete('bootplan', 'plan', '--wis')).toEqual(['--wishes']);
    expect(complete('bootplan', 'plan', '--wishes', '')).toEqual(['none', 'last-resort']);
    expect(complete('bootplan', 'completion', 'f')).toEqual(['fish']);
  });

  test.skipIf(!needs('zsh'))('zsh takes it', () => {
    const code = `autoload -Uz compinit && compinit -D -u; eval "$1"; print $+functions[_bootplan]`;
    const ran = spawnSync('zsh', ['-f', '-c', code, 'zsh', script('zsh')], { encoding: 'utf8' });
    expect([ran.stderr, ran.stdout]).toEqual(['', '1\n']);
  });

  test.skipIf(!needs('fish'))('fish completes a command, an option and a value', () => {
    const complete = (line: string) => {
      const code = `source $argv[1]; complete -C $argv[2]`;
      files(here, { 'bootplan.fish': script('fish') });
      const ran = spawnSync('fish', ['--no-config', '-c', code, join(here, 'bootplan.fish'), line], {
        encoding: 'utf8',
        env: { ...process.env, HOME: here },
      });
      return ran.stdout
        .split('\n')
        .map((l) => l.split('\t')[0])
        .filter(Boolean);
    };
    expect(complete('bootplan cyc')).toEqual(['cycles']);
    expect(complete('bootplan plan --wis')).toContain('--wishes');
    expect(complete('bootplan cache ')).toEqual(expect.arrayContaining(['gc', 'info', 'verify']));
  });
});

/** The first start in a clone, and the program out of an npm package: everything it reads is in it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bootplan, files, root, scratch } from './rig/program.ts';

const here = scratch();

/** A directory of programs: these of the machine, and these scripts. */
function programs(name: string, real: readonly string[], made: Readonly<Record<string, string>> = {}): string {
  const directory = files(join(here, name), made);
  mkdirSync(directory, { recursive: true });
  for (const program of Object.keys(made)) chmodSync(join(directory, program), 0o755);
  for (const program of real)
    symlinkSync(
      spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim(),
      join(directory, program),
    );
  return directory;
}

describe('the first start in a clone', () => {
  const clone = join(here, "a clone's place");
  const start = (path: string) => {
    const ran = spawnSync(join(clone, 'bin/bootplan'), ['--version'], { env: { PATH: path }, encoding: 'utf8' });
    return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
  };
  const first = 'bootplan: first start in this clone, installing the locked dependencies (npm ci)\n';
  beforeAll(() => {
    for (const part of ['bin', 'src', 'package.json', 'package-lock.json'])
      cpSync(join(root, part), join(clone, part), { recursive: true });
  });

  test('without npm it says how to get it', () => {
    const ran = start(programs('without', ['sh', 'dirname', 'readlink']));
    expect(ran).toMatchObject({ code: 69, stdout: '' });
    expect(ran.stderr).toBe(`${first}bootplan: there is no npm\nhelp: sudo apt-get install npm\n`);
  });

  test('when npm fails, its words are there, and what to do; a half of node_modules is no start', () => {
    const npm = '#!/bin/sh\nmkdir -p node_modules\necho "npm error network down" >&2\nexit 1\n';
    const path = programs('failing', ['sh', 'dirname', 'readlink', 'mkdir'], { npm });
    for (const _ of ['the first time', 'again']) {
      const ran = start(path);
      expect(ran.code).toBe(69);
      expect(ran.stderr).toContain(`${first}npm error network down\n`);
      expect(ran.stderr).toContain('then start again');
    }
  });

  test('after npm ci, and only once, the program starts', () => {
    const npm = `#!/bin/sh\necho "npm $*"\nrm -rf node_modules\nln -s '${root}node_modules' node_modules\n`;
    const path = programs('good', ['sh', 'dirname', 'readlink', 'rm', 'ln'], { npm });
    const ran = start(path);
    expect([ran.code, ran.stderr]).toEqual([0, `${first}npm ci --no-audit --no-fund --loglevel=error\n`]);
    expect(ran.stdout).toMatch(/^bootplan\/\d+\.\d+\.\d+ linux-/);
    expect(start(path)).toEqual({ code: 0, stdout: ran.stdout, stderr: '' });
  });
});

describe('the npm package', () => {
  const home = join(here, 'home');
  const program = join(home, 'node_modules/bootplan/bin/bootplan');
  const installed = (...args: string[]) =>
    spawnSync(program, args, { cwd: home, encoding: 'utf8', maxBuffer: 1 << 28 });
  const fixture = (name: string) => join(root, `test/fixtures/closure/${name}.gz`);

  beforeAll(() => {
    // Built and packed in a copy, so that this clone gets no dist/; the dependencies are this clone's.
    const copy = join(here, 'copy');
    for (const part of readdirSync(root).filter(
      (n) => !/^(\.git|node_modules|dist|coverage|reports|\.bootplan)$/.test(n),
    ))
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', here], { cwd: copy, encoding: 'utf8' });
    expect([packed.status, packed.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    const tarball = readdirSync(here).find((name) => name.endsWith('.tgz'))!;
    mkdirSync(join(home, 'node_modules'), { recursive: true });
    spawnSync('tar', ['-xzf', join(here, tarball), '-C', join(home, 'node_modules')]);
    spawnSync('mv', [join(home, 'node_modules/package'), join(home, 'node_modules/bootplan')]);
    for (const name of readdirSync(join(root, 'node_modules')).filter((n) => !n.startsWith('.')))
      symlinkSync(join(root, 'node_modules', name), join(home, 'node_modules', name));
  });

  test('has no sources, tests or types to check, but all that is read', () => {
    const there = (path: string) => existsSync(join(home, 'node_modules/bootplan', path));
    expect(['src', 'test', '.git'].filter(there)).toEqual([]);
    const programFiles = readdirSync(join(root, 'src/solver/programs')).map((name) => `dist/solver/programs/${name}`);
    const schemas = readdirSync(join(root, 'metadata/schema')).map((name) => `metadata/schema/${name}`);
    const small = readdirSync(join(root, 'metadata/minidistro'), { recursive: true, encoding: 'utf8' });
    const wanted = [...programFiles, ...schemas, ...small.map((name) => `metadata/minidistro/${name}`), 'LICENSE'];
    expect(wanted.filter((path) => !there(path))).toEqual([]);
    expect(programFiles.length).toBeGreaterThan(0);
  });

  test('answers as the clone does', () => {
    const inputs = ['--packages', fixture('Packages'), '--sources', fixture('Sources')];
    for (const args of [
      ['plan', '--metadata', join(root, 'metadata/minidistro')],
      ['cycles', ...inputs, '--json'],
      ['check', ...inputs, 'gcc-12'],
      ['run', '--dry-run'],
      ['--help'],
    ]) {
      const [ours, theirs] = [bootplan(args, { cwd: home }), installed(...args)];
      expect([args, theirs.status]).toEqual([args, ours.code]);
      expect(theirs.stdout).toBe(ours.stdout);
    }
  });
});

/** Every command keeps what all promise: help with examples, JSON by its schema, data on stdout, talk on stderr. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Session } from '../src/runner/journal/session.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { deb, imageRequest, ourInit } from './rig/boot-rig.ts';
import { planOf } from './rig/fake-builder.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { run } from './rig/run-rig.ts';
import { fits } from './rig/schema.ts';

const here = scratch();

const source = (name: string, depends: string, more = '') => `Source: ${name}
Version: "1"
Maintainer: N <n@example.org>
Build-Depends: ${depends}
${more}Packages:
  - {Package: ${name}, Architecture: any, Description: ${name}, files: [usr/share/${name}/**]}
recipe:
  steps:
    - build: echo ${name} >greeting
    - install: install -D greeting "$D/usr/share/${name}/greeting"
`;
const seed = 'Seed:\n  - {Package: tools, Version: "1", debian: [dash, coreutils]}\n';
const debianControl = `Source: aa
Maintainer: N <n@example.org>
Build-Depends: bb
Build-Depends-Bootstrap1: cc

Package: aa
Architecture: any
Description: aa
`;

/** How a command is asked for one cheap, real answer in `here`, and its exit code. */
const asked: Readonly<Record<string, readonly [line: string, code: number]>> = {
  adopt: ['adopt state', 64],
  annotate: ['annotate --to profiles control', 0],
  boot: ['boot --accel tcg --timeout 1 control', 1],
  'cache gc': ['cache gc --keep 1G --state state', 0],
  'cache info': ['cache info --state state', 0],
  'cache verify': ['cache verify --state state', 0],
  check: ['check aa --metadata tiny', 0],
  completion: ['completion bash', 0],
  config: ['config', 0],
  cycles: ['cycles --metadata tiny', 1],
  doctor: ['doctor --state state', 0],
  'exec-action': ['exec-action 0/1 --cache http://127.0.0.1:9', 64],
  explain: ['explain aa --metadata tiny', 0],
  'history import': ['history import 2026-11-20 --history imported.ndjson --seed none', 0],
  image: ['image --metadata small --state with-archive/state', 0],
  init: ['init begun --dry-run', 0],
  log: ['log a --state state', 0],
  'overrides backport': ['overrides backport --metadata tiny --overrides overrides.yaml --dry-run', 0],
  'overrides diff': ['overrides diff tiny other', 1],
  manual: ['manual plan', 0],
  plan: ['plan --metadata tiny', 0],
  'plan diff': ['plan diff one.json two.json', 0],
  'plan export': ['plan export one.json --format sbuild', 0],
  progress: ['progress --metadata tiny --dry-run --date 2024-01-01', 0],
  propose: ['propose --metadata tiny', 0],
  relock: ['relock --metadata tiny --dry-run', 0],
  run: ['run --metadata partial --state built', 1],
  report: ['report --metadata tiny --date 2026-11-28 --output reported', 0],
  shell: ['shell bb --metadata partial --command true --state built', 0],
  stage: ['stage --upto 1 --metadata tiny --state staged', 0],
  status: ['status --state state', 0],
  stuck: ['stuck --metadata partial', 1],
  trial: ['trial aa', 64],
  verify: ['verify --state state', 0],
  whatif: ['whatif --metadata tiny --without bb', 1],
};
/**
 * Only other machines are told to do the one, and the others are for an archive's sources: tests 592, 593 and 810 have
 * their answers.
 */
const answersElsewhere = new Set(['adopt', 'exec-action', 'trial']);
/** Their texts tell times, free space, or that nothing had changed. */
const tellsMore = new Set(['boot', 'doctor', 'history import', 'image']);
/** The schema's name, where it is not the command's. */
const schemaOf: Readonly<Record<string, string>> = { image: 'image-made' };

beforeAll(async () => {
  const tiny = { 'seed.yaml': seed, 'bb.yaml': source('bb', 'tools, aa') };
  files(join(here, 'tiny'), { ...tiny, 'aa.yaml': source('aa', 'tools, bb', 'Build-Depends-Bootstrap1: tools\n') });
  files(join(here, 'other'), { ...tiny, 'aa.yaml': source('aa', 'tools, bb') });
  files(join(here, 'partial'), {
    'seed.yaml': seed,
    'aa.yaml': source('aa', 'tools, aa'),
    'bb.yaml': source('bb', 'tools'),
  });
  files(join(here, '2026-11-20'), {
    Packages: 'Package: aa\nVersion: 1\nArchitecture: amd64\n',
    Sources: 'Package: aa\nVersion: 1\nArchitecture: any\nPackage-List: aa deb misc optional arch=any\n',
  });
  files(here, { control: debianControl, 'overrides.yaml': 'sources:\n  aa:\n    env: {LANG: C}\n' });
  for (const [name, metadata] of [
    ['one.json', 'tiny'],
    ['two.json', 'other'],
  ] as const)
    bootplan(['plan', '--metadata', metadata, '--output', name], { cwd: here });
  bootplan(['run', '--metadata', 'partial', '--state', 'built'], { cwd: here });
  const plan = planOf([{ source: 'a', stage: 1 }, { source: 'b', installs: ['a'] }, { source: 'a' }]);
  await run(stateDirectory(join(here, 'state')).root, plan);
  const bytes = Buffer.from('x');
  const init = { 'usr/lib/init/init': { content: ourInit(join(here, 'cc')) }, 'sbin/init': { content: bytes } };
  await imageRequest(join(here, 'with-archive'), [deb(join(here, 'debs'), 'system', init)], ['system']);
  const image = 'Image: small\npackages: [system]\nroot-size: 16\nkernel: seed\ninitramfs: system\n';
  files(join(here, 'small'), {
    'seed.yaml': seed,
    'system.yaml': source('system', 'tools'),
    'image.yaml': `${image}seed-kernel: linux-image-cloud-amd64\n`,
  });
});

const config = await Config.load({ root });
const commands = config.commands.map((command) => command.id.replaceAll(':', ' ')).sort();
const go = (line: string, ...more: string[]) => bootplan([...line.split(' '), ...more], { cwd: here });
const plain = (text: string) => !/\p{Cc}/u.test(text.replace(/[\n\t]/g, ''));

test('every command there is has a row here', () => {
  expect(Object.keys(asked).sort()).toEqual(commands);
});

describe.each(commands)('%s', (name) => {
  const command = config.findCommand(name.replaceAll(' ', ':'), { must: true });
  const [line, code] = asked[name] ?? ['', -1];

  test('has a short summary, two examples of itself, and a help', () => {
    const summary = command.summary ?? command.description!;
    expect(summary.length).toBeLessThan(110);
    expect(summary).not.toContain('\n');
    const examples = command.examples as readonly { description: string; command: string }[];
    expect(examples.length).toBeGreaterThanOrEqual(2);
    const start = new RegExp(`^<%= config.bin %> (<%= command.id %>|${name})( |$)`);
    for (const example of examples) {
      expect(example.description).not.toBe('');
      expect(example.command).toMatch(start);
      const own = example.command.split(/[|;>]/)[0]!;
      for (const [, flag] of own.matchAll(/ --([a-z-]+)/g)) expect(Object.keys(command.flags)).toContain(flag);
    }
    const help = bootplan([...name.split(' '), '--help']);
    expect([help.code, help.stderr, plain(help.stdout)]).toEqual([0, '', true]);
    expect(help.stdout).toContain('EXAMPLES');
    expect(help.stdout).toContain('--json');
    expect(help.stdout).not.toMatch(/\.{4}|\[default: \]/);
    expect(help.stdout.split(summary)).toHaveLength(2);
  });

  test.runIf(!answersElsewhere.has(name))(
    'answers; as JSON what its schema says; -q is silent, -C works, colour never comes unasked',
    () => {
      const answer = go(line);
      expect([line, answer.code, answer.stderr]).toEqual([line, code, expect.not.stringContaining('bug')]);
      expect(answer.stdout.startsWith('{')).toBe(false);
      expect(plain(answer.stdout) && plain(answer.stderr)).toBe(true);

      const json = go(line, '--json', '-q');
      expect([line, json.code, json.stderr]).toEqual([line, code, '']);
      fits(json.stdout, schemaOf[name] ?? name.replaceAll(' ', '-'));

      const elsewhere = bootplan([...line.split(' '), '-C', here, '-v', '--color', 'never']);
      expect([line, elsewhere.code]).toEqual([line, code]);
      if (!tellsMore.has(name)) expect(elsewhere.stdout).toBe(answer.stdout);
    },
    60_000,
  );

  test('a flag that there is none of is 64, as text and as JSON', () => {
    const text = go(line, '--no-such-flag');
    expect([text.code, text.stdout]).toEqual([64, '']);
    expect(text.stderr).toContain('no-such-flag');
    const json = go(line, '--no-such-flag', '--json');
    expect(json.code).toBe(64);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 64, help: expect.stringContaining('--help') } });
  });
});

test('every command line in the documents is one that there is, with flags that there are', () => {
  const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  let seen = 0;
  for (const document of documents.filter((name) => name.endsWith('.md'))) {
    const fenced = readFileSync(join(root, document), 'utf8')
      .split(/^```.*$/m)
      .filter((_, i) => i % 2 === 1);
    for (const [line, words] of fenced.join('\n').matchAll(/^(?:\$ )?(?:\.\/bin\/)?bootplan (\w.*)$/gm)) {
      const [first, second] = words!.split(/\s+/);
      const command = config.findCommand(`${first}:${second}`) ?? config.findCommand(first!);
      const known = Object.keys(command?.flags ?? {}).flatMap((flag) => [flag, `no-${flag}`]);
      const used = [...words!.split(/[|;>#]/)[0]!.matchAll(/ --([a-z-]+)/g)].map(([, flag]) => flag!);
      const unknown = used.filter((flag) => !known.includes(flag));
      expect([document, line, command === undefined, unknown]).toEqual([document, line, false, []]);
      seen++;
    }
  }
  expect(seen).toBeGreaterThanOrEqual(15);
});

test('every schema is of a command or of a file', () => {
  const ofFiles = [
    'annotations',
    'cache-access',
    'defaults',
    'event',
    'executor',
    'failure-report',
    'image',
    'jobs',
    'overrides',
    'plan-file',
    'records',
    'report-files',
    'report-history',
    'seed',
    'source',
  ];
  const shipped = readdirSync(join(root, 'metadata/schema')).map((file) => file.replace('.schema.json', ''));
  expect(shipped.sort()).toEqual([...commands.map((c) => schemaOf[c] ?? c.replaceAll(' ', '-')), ...ofFiles].sort());
});

describe('exit codes', () => {
  const error = (ran: { stdout: string }) => JSON.parse(ran.stdout).error;

  test('66: what is not there, by its name', () => {
    for (const line of [
      'cycles --metadata nowhere',
      'check --packages nowhere --sources nowhere',
      'plan diff nowhere one.json',
      'boot nowhere',
      'status --state nowhere',
      'log c --state nowhere',
      'annotate --to fields nowhere',
      'run --metadata tiny --overrides nowhere --state fresh',
    ]) {
      const ran = go(line, '--json');
      expect([line, ran.code, error(ran).code]).toEqual([line, 66, 66]);
      expect(ran.stdout).toContain('nowhere');
    }
  });

  test('69: a program that is missing, and the Debian package that has it', () => {
    const tools = join(here, 'tools');
    mkdirSync(tools);
    for (const tool of ['sh', 'dirname', 'readlink'])
      symlinkSync(spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim(), join(tools, tool));
    const ran = bootplan(['boot', 'control', '-C', here, '--json'], { env: { PATH: tools } });
    expect([ran.code, error(ran).code]).toEqual([69, 69]);
    expect(error(ran).help).toContain('qemu-system-x86');
  });

  test('75: a state directory in use, and by whom', async () => {
    const session = await Session.open(stateDirectory(join(here, 'state')), 'somebody else');
    try {
      const ran = go('cache verify --state state', '--json');
      expect([ran.code, error(ran).code]).toEqual([75, 75]);
      expect(error(ran).message).toContain('`somebody else`');
    } finally {
      await session.close();
    }
  });
});

/** Every example of an analysing command, in a help or a document, runs as it stands on a small archive. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { beforeAll, expect, test } from 'vitest';
import { files, root, scratch } from './rig/program.ts';

const here = scratch();
const analysing = ['annotate', 'check', 'cycles', 'explain', 'plan', 'progress', 'propose', 'stuck', 'whatif'];

const binary = (name: string, source: string, more = '') =>
  `Package: ${name}\nSource: ${source}\nVersion: 1\nArchitecture: amd64\n${more}`;
const source = (name: string, binaries: string, depends: string) =>
  `Package: ${name}\nBinary: ${binaries}\nVersion: 1\nArchitecture: any\nMaintainer: A. Person <a@example.org>\nBuild-Depends: ${depends}\n`;
const packages = [
  binary('build-essential', 'build-essential'),
  binary('graphviz', 'graphviz'),
  binary('libpango1.0-dev', 'pango1.0'),
  binary('libglib2.0-dev', 'glib2.0'),
  binary('gcc-12', 'gcc-12'),
  binary('gettext', 'gettext'),
  binary('default-jdk', 'java-common'),
  binary('stuck', 'stuck'),
  binary('dash', 'dash', 'Essential: yes\n'),
];
const sources = [
  source('build-essential', 'build-essential', 'dash'),
  source('graphviz', 'graphviz', 'libpango1.0-dev'),
  source('pango1.0', 'libpango1.0-dev', 'libglib2.0-dev'),
  source('glib2.0', 'libglib2.0-dev', 'dash, graphviz <!stage1>'),
  source('gcc-12', 'gcc-12', 'dash, graphviz <!stage1>'),
  source('gettext', 'gettext', 'dash, default-jdk <!nojava>'),
  source('java-common', 'default-jdk', 'dash'),
  source('stuck', 'stuck', 'stuck'),
  source('dash', 'dash', 'gcc-12, stuck'),
];
const control = `Source: graphviz
Maintainer: A. Person <a@example.org>
Build-Depends: libpango1.0-dev, libglib2.0-dev, dash
XS-Build-Depends-Bootstrap1: libglib2.0-dev, dash

Package: graphviz
Architecture: any
Description: graphs
`;
const indices = '--packages Packages.xz --sources Sources.xz';

const run = (line: string) => {
  const env = { ...process.env, NO_COLOR: '1', PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  const ran = spawnSync('sh', ['-ec', line], { cwd: here, env, encoding: 'utf8' });
  return { line, code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
};

beforeAll(() => {
  files(here, {
    Packages: packages.join('\n'),
    Sources: sources.join('\n'),
    'debian/control': control,
    'droppable.list': 'src:graphviz libpango1.0-dev\n',
  });
  for (const directory of ['reports', 'yesterday', 'today', 'tmp', 'out']) mkdirSync(join(here, directory));
  symlinkSync(join(root, 'metadata'), join(here, 'metadata'));
  const made = run(`
    sed 's/^Architecture: amd64/Architecture: arm64/' Packages >Packages-arm64
    cp Packages Packages-amd64
    xz -k Packages Packages-amd64 Packages-arm64 Sources
    bootplan plan ${indices} --output plan.json >/dev/null || :
    for f in yesterday/plan.json today/plan.json old.json new.json; do cp plan.json $f; done
    bootplan cycles ${indices} --json >last.json || :
    bootplan cycles ${indices} --format graphml >buildgraph.xml || :
    cp buildgraph.xml out/; cp droppable.list out/remove.list; echo dash >tmp/available-crossed
    mkdir .bootplan; cp plan.json .bootplan/; : >.bootplan/journal.ndjson`);
  expect([made.code, made.stderr]).toEqual([0, '']);
});

/**
 * Command lines in fences and in indented blocks; the dots of `explain graphviz ... --bug` are the inputs told before.
 */
function inDocument(text: string): readonly string[] {
  const lines = text.matchAll(/^(?: {4})?(?:\$ )?(?:\.\/bin\/)?(bootplan \w.*)$/gm);
  return [...lines].map(([, line]) => line!.replace(/ \.\.\.(?= |$)/, ` ${indices}`));
}

/**
 * As the shell gets it: what follows a pipe is not ours, and the lists of this machine are the small archive's here.
 */
const asRun = (line: string) =>
  line.split(/[|#]/)[0]!.trim().replace('--from-apt', indices).replace('LIST...', 'droppable.list');

const config = await Config.load({ root });
const helps = config.commands.flatMap((c) =>
  (c.examples as readonly { command: string }[]).map(({ command }) =>
    command.replace('<%= config.bin %>', 'bootplan').replace('<%= command.id %>', c.id.replace(':', ' ')),
  ),
);
const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => inDocument(readFileSync(join(root, name), 'utf8')));
const examples = [...new Set([...helps, ...documents].map(asRun))].filter((line) =>
  analysing.includes(line.split(' ')[1]!),
);

test('there are examples of every analysing command', () => {
  expect(new Set(examples.map((line) => line.split(' ')[1]))).toEqual(new Set(analysing));
  expect(examples.length).toBeGreaterThan(30);
});

test.each(examples)(
  '%s',
  (line) => {
    const ran = run(line);
    // A bad answer is an answer; anything above is a command that did not do what its example says.
    expect([0, 1, 2], JSON.stringify(ran)).toContain(ran.code);
    expect(ran.stderr).not.toMatch(/^(error|bootplan:)/m);
    if (!line.includes('>') && !line.includes('--output reports') && !line.includes('--quiet'))
      expect(ran.stdout).not.toBe('');
  },
  60_000,
);

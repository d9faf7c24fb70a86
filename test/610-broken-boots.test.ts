/** Small systems that are broken in one way each, booted for real under TCG: the verdict must name cause and fix. */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Kernel } from '../src/runner/image/kernel.ts';
import { compile, debianKernel, disk, guest, ourInit, passing, type Tree } from './rig/boot-rig.ts';
import { bootplan, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const directory = scratch();
let kernel: Kernel;
let init: Buffer;
let good: Buffer;
beforeAll(async () => {
  kernel = await debianKernel(join(directory, 'kernel'));
  init = ourInit(join(directory, 'cc-init'));
  good = compile(join(directory, 'cc-good'), guest(passing));
});

const without = (...names: string[]) => kernel.modules.filter((m) => !names.includes(m.name));
const program = (content: Uint8Array | string, mode = 0o755): Tree => ({ 'sbin/init': { content, mode } });
const foreign = () => {
  const copy = Buffer.from(good);
  copy.writeUInt16LE(183, 18);
  return copy;
};

interface Case {
  readonly how: string;
  readonly parts: () => Partial<Parameters<typeof disk>[1]>;
  readonly id: string;
  readonly cause: RegExp;
  readonly fix: RegExp;
}

const place = (name: string): string => {
  const path = join(directory, name.replaceAll(/[^a-z]/g, '-'));
  mkdirSync(path, { recursive: true });
  return path;
};

interface Said {
  readonly cause: string;
  readonly fix: readonly string[];
  readonly console: string;
  readonly diagnosis: { readonly id: string; readonly evidence: { readonly text: string } };
}

const quick = 'bootplan.rootwait=2';

const cases: readonly Case[] = [
  {
    how: 'init for another architecture',
    parts: () => ({ tree: program(foreign()) }),
    id: 'init-wrong-architecture',
    cause: /\/sbin\/init is not a program for this machine \(errno 8.*another architecture/,
    fix: /file \.\/sbin\/init/,
  },
  {
    how: 'no init',
    parts: () => ({ tree: { 'etc/motd': { content: 'hello\n' } } }),
    id: 'init-not-found',
    cause: /\/sbin\/init is not there.*errno 2/,
    fix: /Is it in the root file system/,
  },
  {
    how: 'dynamic init without its loader',
    parts: () => ({ tree: program(compile(join(directory, 'cc-dynamic'), guest(passing), [])) }),
    id: 'missing-loader',
    cause: /loader \/lib64\/ld-linux-x86-64\.so\.2 is not in the root file system/,
    fix: /link the init statically/,
  },
  {
    how: 'script without its interpreter',
    parts: () => ({ tree: program('#!/bin/zsh\necho\n') }),
    id: 'missing-interpreter',
    cause: /\/sbin\/init is a script, and its interpreter \/bin\/zsh is not/,
    fix: /#! line/,
  },
  {
    how: 'init that may not be run',
    parts: () => ({ tree: program(good, 0o644) }),
    id: 'init-not-permitted',
    cause: /\/sbin\/init may not be run \(errno 13/,
    fix: /mode must be 0755/,
  },
  {
    how: 'init that ends',
    parts: () => ({ tree: program(compile(join(directory, 'cc-ends'), guest('return 101;'))) }),
    id: 'init-ended',
    cause: /ended with exit code 101 \(a panic of a Rust program/,
    fix: /could not run another program/,
  },
  {
    how: 'init that crashes',
    parts: () => ({
      tree: program(
        compile(
          join(directory, 'cc-crash'),
          guest('raise_signal(); return 0;').replace(
            'int main',
            'static void raise_signal(void) { *(volatile int *)8 = 1; }\nint main',
          ),
        ),
      ),
    }),
    id: 'init-ended',
    cause: /killed by signal 11 \(SIGSEGV/,
    fix: /debugger/,
  },
  {
    how: 'no disk driver',
    parts: () => ({ modules: without('sd_mod', 'ata_piix'), parameters: quick }),
    id: 'no-root-device',
    cause: /UUID=.* did not appear; no block device at all/,
    fix: /ata_piix, sd_mod/,
  },
  {
    how: 'modules in the wrong order',
    parts: () => ({ modules: [...kernel.modules].reverse(), parameters: quick }),
    id: 'module-order',
    cause: /was loaded before the one that has/,
    fix: /modinfo -F depends/,
  },
  {
    how: 'a listed module that is not in the initramfs',
    parts: () => ({
      modules: [
        ...kernel.modules.filter((m) => m.name !== 'sd_mod'),
        { name: 'sd_mod.ko\next4', content: Buffer.alloc(0) },
      ],
      parameters: quick,
    }),
    id: 'module-missing',
    cause: /sd_mod\.ko is not in the initramfs \(errno 2/,
    fix: /initramfs again/,
  },
  {
    how: 'root= names a file system that is not there',
    parts: () => ({ parameters: `root=UUID=00000000-0000-0000-0000-000000000000 ${quick}` }),
    id: 'no-root-device',
    cause: /the guest saw .*sda2/,
    fix: /root= names another file system/,
  },
  {
    how: 'a self-test that fails',
    parts: () => ({
      tree: program(
        compile(
          join(directory, 'cc-fails'),
          guest('say("BOOTPLAN: failed: two and two\\n"); answer("exit 1\\n"); off();'),
        ),
      ),
    }),
    id: 'self-test-failed',
    cause: /self-test failed: two and two/,
    fix: /--interactive/,
  },
  {
    how: 'a guest that says OK and answers that it is not',
    parts: () => ({
      tree: program(compile(join(directory, 'cc-liar'), guest('say("BOOTPLAN-OK\\n"); answer("exit 3\\n"); off();'))),
    }),
    id: 'self-test-exit',
    cause: /self-test ended with exit code 3/,
    fix: /console/,
  },
];

test.each(cases)('$how: exit 1, cause and fix', async ({ how, parts, id, cause, fix }) => {
  const where = place(how);
  const image = await disk(where, { tree: program(good), init, kernel, ...parts() });
  const ran = bootplan(['boot', image, '--accel', 'tcg', '--json', '--console', join(where, 'console')]);
  expect(ran.code, ran.stderr).toBe(1);
  const said = fits<Said>(ran.stdout, 'boot');
  expect(said.diagnosis.id, said.console.slice(-1500)).toBe(id);
  expect(said.cause).toMatch(cause);
  expect(said.fix.join('\n')).toMatch(fix);
  expect(said.diagnosis.evidence.text).not.toBe('');
});

test('a guest that hangs: the limit, with the last it said', async () => {
  const where = place('hangs');
  const tree = program(compile(join(directory, 'cc-hangs'), guest('say("waiting for nothing\\n"); for (;;) pause();')));
  const image = await disk(where, { tree, init, kernel });
  const ran = bootplan(['boot', image, '--accel', 'tcg', '--timeout', '25']);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/cause: .*neither passed nor failed within 25 s/);
  expect(ran.stdout).toMatch(/evidence: waiting for nothing/);
});

test('a disk that nothing can boot: silence is said to be silence', () => {
  const image = join(directory, 'empty.raw');
  writeFileSync(image, '');
  truncateSync(image, 1 << 20);
  const ran = bootplan(['boot', image, '--accel', 'tcg', '--timeout', '4', '--json']);
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.stdout).diagnosis.id).toBe('no-output');
});

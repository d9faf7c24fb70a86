/**
 * Real runs, from the first download to the boot of the image, killed at random moments: no process is left, and what
 * comes out in the end is the same. `BOOTPLAN_PROCESS_KILLS` says how often.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheDirectory } from '../src/runner/fetch/cache-directory.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { compile, guest, ourInit, passing } from './rig/boot-rig.ts';
import { bootplan, files, needs, root, scratch } from './rig/program.ts';
import { toolsSeed } from './rig/project-rig.ts';
import { archives } from './rig/run-rig.ts';

const kills = Number(process.env.BOOTPLAN_PROCESS_KILLS ?? 3);

/** A namespace of processes that a test can list to the last needs root. */
const listable = process.getuid?.() === 0 && needs('qemu-system-x86_64') && needs('bwrap') && needs('gcc');

/** A source that brings one program, compiled already, and takes a second over it. */
const programSource = (
  name: string,
  depends: string,
  local: string,
  digest: string,
  to: string,
): string => `Source: ${name}
Version: "1"
Maintainer: N <n@example.org>
Build-Depends: ${depends}
Packages:
  - {Package: ${name}, Architecture: any, Description: ${name}, files: [${to}]}
recipe:
  fetch:
    - {local: ${local}, sha256: ${digest}}
  steps:
    - build: sleep 1
    - install: |
        mkdir -p "$D/${to}"
        rmdir "$D/${to}"
        cp "$F/${local}" "$D/${to}"
        chmod 755 "$D/${to}"
`;

function distribution(directory: string): string {
  const first = ourInit(join(directory, 'first'));
  const system = compile(join(directory, 'system'), guest(passing));
  return files(join(directory, 'metadata'), {
    'seed.yaml': toolsSeed,
    'programs/first': first,
    'programs/system': system,
    'first.yaml': programSource('first', 'tools', 'programs/first', sha256(first), 'usr/lib/first/init'),
    'system.yaml': programSource('system', 'first, tools', 'programs/system', sha256(system), 'sbin/init'),
    'image.yaml':
      'Image: small\npackages: [system]\nroot-size: 8\nkernel: seed\nseed-kernel: linux-image-cloud-amd64\ninitramfs: first\n',
  });
}

/**
 * Process 1 of a namespace: starts a command, kills it after a while, and says what is still there two seconds later.
 */
const watch = `exec 2>/dev/null
out=$1 seconds=$2; shift 2
"$@" >"$out" 2>&1 & p=$!
sleep "$seconds" & s=$!
wait -n "$p" "$s"
if kill -9 "$p" 2>/dev/null; then echo killed; fi
kill "$s" 2>/dev/null
wait "$p"; code=$?
for i in {1..40}; do
  left=
  for d in /proc/[0-9]*; do
    n=\${d#/proc/} words=
    if [ "$n" != 1 ]; then while read -r -d '' word; do words="$words $word"; done 2>/dev/null <"$d/cmdline"; fi
    if [ -n "$words" ]; then left="$left$n:$words; "; fi
  done
  [ -z "$left" ] && break
  sleep 0.05 & wait "$!"
done
echo "ended with $code, left: $left"`;

test.skipIf(!listable)(
  `${kills} kills between the first download and the end of the boot leave no process, and the same archives`,
  () => {
    const home = scratch();
    const metadata = distribution(home);
    const warm = cacheDirectory();
    /** A state directory and a cache without a package in it; the indices of apt alone are those of this machine. */
    const place = () => {
      const directory = mkdtempSync(join(home, 'run-'));
      if (existsSync(join(warm, 'apt')))
        cpSync(join(warm, 'apt'), join(directory, 'cache/bootplan/apt'), {
          recursive: true,
          filter: (path) => !path.endsWith('/lock'),
        });
      return { directory, env: { ...process.env, XDG_CACHE_HOME: join(directory, 'cache') } };
    };
    const command = (directory: string) => ['run', '--metadata', metadata, '--state', join(directory, 'state')];
    const undisturbed = place();
    const began = performance.now();
    const ran = bootplan(command(undisturbed.directory), { env: undisturbed.env });
    expect(ran.code, ran.stderr).toBe(0);
    const seconds = (performance.now() - began) / 1000;
    const expected = archives(join(undisturbed.directory, 'state'));
    const told = readJournal(stateDirectory(join(undisturbed.directory, 'state')).journal);
    expect(told.at(-1)).toMatchObject({ type: 'boot-checked', verdict: 'pass' });

    let now = place();
    let done = 0;
    const reached = new Set<string>();
    for (let killed = 0; killed < kills || done === 0; ) {
      const out = join(now.directory, 'out');
      const after = killed < kills ? Math.random() * seconds : 100 * seconds;
      const args = ['--pid', '--fork', '--mount-proc', 'bash', '-c', watch, 'bash', out, after.toFixed(3)];
      const program = [join(root, 'bin/bootplan'), ...command(now.directory)];
      const ended = spawnSync('unshare', [...args, ...program], { env: now.env, encoding: 'utf8' });
      const { journal } = stateDirectory(join(now.directory, 'state'));
      const events = existsSync(journal) ? readJournal(journal) : [];
      const last = events.at(-1)?.type ?? 'nothing yet';
      const circumstances = `killed after ${after.toFixed(2)} s of ${seconds.toFixed(2)}, at ${last}`;
      if (ended.stdout.startsWith('killed')) {
        expect(ended.stdout, circumstances).toBe('killed\nended with 137, left: \n');
        reached.add(last);
        killed++;
        continue;
      }
      expect(ended.stdout, `${circumstances}\n${readFileSync(out, 'utf8')}`).toBe('ended with 0, left: \n');
      expect(archives(join(now.directory, 'state'))).toEqual(expected);
      rmSync(now.directory, { recursive: true });
      now = place();
      done++;
    }
    console.log(`killed at: ${[...reached].join(', ')}; came to an end ${done} times`);
  },
  600_000 + kills * 60_000,
);

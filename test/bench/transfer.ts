/**
 * 1 GiB to a shared cache and back, verified, beside what curl reaches with the same server (nginx) in the same run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256File } from '../../src/runner/files/digest.ts';
import { hasNginx, startNginx } from '../rig/cache-servers.ts';
import { root } from '../rig/program.ts';
import { isInstalled, leftOut, type Measured, measured, type Row } from './measure.ts';

export const name = 'transfer';

const bytes = 2 ** 30;

interface Timed extends Measured {
  readonly wall: number;
}

function timed(file: string, args: readonly string[]): Timed {
  const begun = performance.now();
  const ran = measured(file, args);
  if (ran.code !== 0) throw new Error(`${file} ended with ${ran.code}: ${ran.stderr}`);
  return { ...ran, wall: (performance.now() - begun) / 1000 };
}

/** Of several runs the one that took the least time: what others on the machine do can only lengthen it. */
const quickest = (runs: readonly Timed[]): Timed => runs.reduce((best, run) => (run.wall < best.wall ? run : best));

const rowOf = ({ user, system, peak, wall }: Timed): Pick<Row, 'user' | 'system' | 'peak' | 'wall'> => ({
  user,
  system,
  peak,
  wall,
});

export async function run(): Promise<readonly Row[]> {
  if (!hasNginx || !isInstalled('curl')) return [leftOut('1 GiB to a shared cache and back', 'no nginx, or no curl')];
  // Memory, where there is some: the disk is not what is measured.
  const home = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bootplan-bench-'));
  const nginx = await startNginx(home);
  try {
    const file = join(home, 'content');
    execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', 'count=1024', 'status=none']);
    const sha256 = await sha256File(file);
    const base = `http://127.0.0.1:${nginx.port}`;
    const curl = (...args: string[]) => timed('curl', ['-sSf', ...args]);
    const ours = (direction: 'put' | 'fetch', to: string) =>
      timed(join(root, 'bin/node'), [
        join(root, 'test/rig/transfer-client.ts'),
        direction,
        base,
        to,
        sha256,
        `${bytes}`,
      ]);
    const copy = join(home, 'copy');
    const again = () => rmSync(copy, { force: true });
    const [puts, fetches, curlPuts, curlFetches]: Timed[][] = [[], [], [], []];
    for (let i = 0; i < 3; i++) {
      curlPuts!.push(curl('-T', file, `${base}/cas/${sha256}`));
      puts!.push(ours('put', file));
      curlFetches!.push(curl('-o', copy, `${base}/cas/${sha256}`));
      again();
      fetches!.push(ours('fetch', copy));
      again();
    }
    const rows = [
      { what: '1 GiB to the cache', own: quickest(puts!), peer: quickest(curlPuts!) },
      { what: '1 GiB from the cache, verified', own: quickest(fetches!), peer: quickest(curlFetches!) },
    ];
    return rows.flatMap(({ what, own, peer }) => [
      {
        ...rowOf(own),
        what,
        limit: { wall: peer.wall / 0.6 },
        note: `${((100 * peer.wall) / own.wall).toFixed(0)} % of what curl reaches`,
      },
      { ...rowOf(peer), what: `  the same by curl`, peerOf: what },
    ]);
  } finally {
    await nginx.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * What answers about bookworm cost beside what dose-builddebcheck takes for it in the same run: seconds differ from
 * machine to machine and from hour to hour, parts of each other less. CPU with system time, children included.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootplanMeasured, dataFile, isInstalled, leftOut, type Measured, measured, type Row } from './measure.ts';

export const name = 'dose';

interface Timed extends Measured {
  readonly cpu: number;
  readonly wall: number;
}

function timed(run: () => Measured): Timed {
  const before = performance.now();
  const ran = run();
  return { ...ran, cpu: ran.user + ran.system, wall: (performance.now() - before) / 1000 };
}

/** Runs with an empty cache of answers of its own: what is asked first finds nothing, what is asked then finds that. */
function withCache<T>(run: () => T): T {
  const before = { ...process.env };
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  Object.assign(process.env, { XDG_CACHE_HOME: scratch, BOOTPLAN_ANSWERS: 'on' });
  try {
    return run();
  } finally {
    process.env = before;
    rmSync(scratch, { recursive: true, force: true });
  }
}

export async function run(): Promise<readonly Row[]> {
  const [packages, sources] = [dataFile('bookworm-main-amd64-Packages.xz'), dataFile('bookworm-main-Sources.xz')];
  const [ofClosure, sourcesOfClosure] = [dataFile('closure-Packages.gz'), dataFile('closure-Sources.gz')];
  if (!packages || !sources) return [leftOut('dose', 'no bookworm indices in $BOOTPLAN_DATA')];
  if (!isInstalled('dose-builddebcheck')) return [leftOut('dose', 'dose-builddebcheck is not installed')];
  const dose = timed(() => measured('dose-builddebcheck', ['--deb-native-arch=amd64', '-f', packages, sources]));
  /** At most that part of dose's CPU, and of its time by the clock. */
  const row = (what: string, part: number, args: readonly string[], ofWall?: number): Row => {
    const { cpu, wall, ...ran } = timed(() => bootplanMeasured(args));
    const limit = { cpu: dose.cpu / part, ...(ofWall !== undefined && { wall: dose.wall / ofWall }) };
    const byTheClock = ofWall === undefined ? '' : `, dose / ${(dose.wall / wall).toFixed(1)} by the clock`;
    const note = `dose / ${(dose.cpu / cpu).toFixed(1)}${byTheClock}; exit code ${ran.code}`;
    return { ...ran, what, limit, note, ...(ofWall !== undefined && { wall }) };
  };
  const whole = ['--packages', packages, '--sources', sources];
  const essential = [...whole, '--targets', 'essential', '--json'];
  const wishes = ['--wishes', 'last-resort', '--allow-wishes'];
  const closure = ['--packages', ofClosure ?? '', '--sources', sourcesOfClosure ?? '', '--targets', 'essential'];
  return [
    { ...dose, what: 'dose-builddebcheck, bookworm amd64' },
    row('cycles, from .xz', 14, ['cycles', '-q', ...whole], 20),
    row('check', 14, ['check', '-q', '--failures', '--format', 'dose', ...whole]),
    withCache(() => row('propose --targets essential', 4, ['propose', '-q', ...essential])),
    ...(ofClosure && sourcesOfClosure
      ? [withCache(() => row('plan of the closure', 6, ['plan', '-q', ...closure, ...wishes, '--json']))]
      : [leftOut('plan of the closure', 'no closure-*.gz in $BOOTPLAN_DATA')]),
    ...withCache(() => {
      bootplanMeasured(['plan', '-q', ...essential, ...wishes]);
      return [
        row('the second question: plan', 60, ['plan', '-q', ...essential, ...wishes]),
        row('the second question: stuck', 60, ['stuck', '-q', ...essential]),
        row('the second question: explain', 60, ['explain', 'graphviz', '-q', ...essential]),
        row('the second question: whatif', 60, ['whatif', '--drop', 'gettext:default-jdk', '-q', ...essential]),
      ];
    }),
  ];
}

/** Shows a run to whoever is there: a live view on a terminal, plain lines and a heartbeat anywhere else. */

import type { EventOf } from '../../events.ts';
import { liveLines } from '../../reports/run/live.ts';
import { blockedLine, heartbeat, runLine } from '../../reports/run/run-lines.ts';
import type { Together } from '../../runner/run/combined-runs.ts';
import { type DeclaredEffort, expectedClockSeconds } from '../../runner/scheduling/build-estimate.ts';
import { type Progress, progressOf } from '../../runner/scheduling/progress.ts';
import { Painter } from './painter.ts';
import { canRedraw, inAscii, speaksUtf8 } from './terminal.ts';

/** What shows a run. */
export interface View {
  /** A line of talk, where it does not disturb. */
  say(line: string): void;
  /** Shows something that is no build among what runs, until it ends. */
  during<T>(what: string, step: string, work: Promise<T>): Promise<T>;
  stop(): void;
}

/** How much is shown, and how. */
export interface ViewOptions {
  readonly jobs: number;
  /** What the builds are expected to take. */
  readonly declared: DeclaredEffort;
  readonly quiet: boolean;
  readonly talk: (line: string) => void;
}

const minute = 60_000;

/** ^Z: the terminal is the shell's again while we are stopped, cursor and all. */
function watchForSuspension(painter: Painter | undefined): { dispose(): void } {
  const suspend = (): void => {
    painter?.pause();
    // The usual meaning: where no shell could wake us, as in a container, the kernel does not stop us.
    process.off('SIGTSTP', suspend);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', suspend);
    painter?.resume();
  };
  if (painter) process.on('SIGTSTP', suspend);
  return { dispose: () => process.off('SIGTSTP', suspend) };
}

/** A terminal that does not know its size, as over a serial line, is taken to be of the usual one. */
export const screenOf = ({ columns, rows }: { readonly columns?: number; readonly rows?: number }) => ({
  columns: columns || 80,
  rows: rows || 24,
});

/** Shows runs from now on, until it is stopped. */
export function watchRun(runs: Pick<Together, 'plan' | 'state' | 'listen'>, options: ViewOptions): View {
  if (options.quiet) return { say: () => {}, during: (_, __, work) => work, stop: () => {} };
  const now = (): string => new Date().toISOString();
  /** What runs besides builds. */
  const others = new Map<string, { readonly step: string; readonly since: number }>();
  const progress = (): Progress => {
    const { plan, state } = runs;
    const known = progressOf(plan, state, expectedClockSeconds(plan, state, options.declared), options.jobs, now());
    const more = [...others].map(([build, { step, since }]) => {
      const seconds = Math.max(0, (Date.now() - since) / 1000);
      return { build, step, seconds, expectedSeconds: 0 };
    });
    return { ...known, running: [...known.running, ...more] };
  };
  const busy = (): boolean => runs.state.status === 'running' || others.size > 0;
  const screen = process.stderr;
  let painter: Painter | undefined;
  let timer: NodeJS.Timeout | undefined;
  if (screen.isTTY && canRedraw()) {
    const colour = !process.env.NO_COLOR;
    const shown = speaksUtf8() ? (line: string) => line : inAscii;
    painter = new Painter(screen, () =>
      busy() ? liveLines(progress(), { ...screenOf(screen), colour }).map(shown) : [],
    );
  } else {
    timer = setInterval(() => {
      if (!busy()) return;
      const { running, done, total } = progress();
      options.talk(heartbeat(now(), running, { done, total }));
    }, minute).unref();
  }
  const suspended = watchForSuspension(painter);
  const say = (line: string): void => (painter ? painter.print(line) : options.talk(line));
  let done = 0;
  let blocked: EventOf<'build-blocked'>[] = [];
  runs.listen((event, label) => {
    const together = event.type === 'build-blocked' && blocked.every((b) => b.by.join() === event.by.join());
    if (blocked.length > 0 && !together) {
      say(blockedLine(blocked));
      blocked = [];
    }
    if (event.type === 'build-blocked') blocked.push(event);
    if (event.type === 'run-started' || event.type === 'build-finished')
      done = [...runs.state.builds.values()].filter((build) => build.status === 'done').length;
    const line = runLine(event, { done, total: runs.plan.builds.length }, label);
    if (line !== undefined) say(line);
    if (event.type === 'run-finished') painter?.draw();
  });
  return {
    say,
    async during(what, step, work) {
      others.set(what, { step, since: Date.now() });
      try {
        return await work;
      } finally {
        others.delete(what);
        painter?.draw();
      }
    },
    stop() {
      clearInterval(timer);
      suspended.dispose();
      painter?.stop();
    },
  };
}

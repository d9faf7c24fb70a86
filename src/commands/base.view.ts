/** Shows a run to whoever is there: a live view on a terminal, plain lines and a heartbeat anywhere else. */
import { liveLines } from '../reports/live.ts';
import { blockedLine, heartbeat, runLine } from '../reports/run-lines.ts';
import { expectedSeconds } from '../runner/run/expected.ts';
import { Painter } from '../runner/run/painter.ts';
import { type Progress, progressOf } from '../runner/run/progress.ts';
import type { EventOf } from '../runner/run/state.ts';
import type { Together } from '../runner/run/together.ts';
import { inAscii, speaksUtf8 } from './base.terminal.ts';

export interface View {
  /** A line of talk, where it does not disturb. */
  say(line: string): void;
  stop(): void;
}

export interface ViewOptions {
  readonly jobs: number;
  /** Expected core-seconds of a source. */
  readonly weight: (source: string) => number;
  readonly quiet: boolean;
  readonly talk: (line: string) => void;
}

const minute = 60_000;

export function watchRun(runs: Together, options: ViewOptions): View {
  if (options.quiet) return { say: () => {}, stop: () => {} };
  const now = (): string => new Date().toISOString();
  const progress = (): Progress => {
    const { plan, state } = runs;
    return progressOf(plan, state, expectedSeconds(plan, state, options.weight), options.jobs, now());
  };
  const screen = process.stderr;
  let painter: Painter | undefined;
  let timer: NodeJS.Timeout | undefined;
  // A dumb terminal cannot go back to what it has drawn.
  if (screen.isTTY && process.env.TERM !== 'dumb') {
    const colour = !process.env.NO_COLOR;
    const shown = speaksUtf8() ? (line: string) => line : inAscii;
    painter = new Painter(screen, () =>
      runs.state.status === 'running'
        ? liveLines(progress(), { columns: screen.columns, rows: screen.rows, colour }).map(shown)
        : [],
    );
  } else {
    timer = setInterval(() => {
      if (runs.state.status !== 'running') return;
      const { running, done, total } = progress();
      options.talk(heartbeat(now(), running, { done, total }));
    }, minute).unref();
  }
  const say = (line: string): void => (painter ? painter.print(line) : options.talk(line));
  let done = 0;
  let blocked: EventOf<'build-blocked'>[] = [];
  runs.listen((event, architecture) => {
    const together = event.type === 'build-blocked' && blocked.every((b) => b.by.join() === event.by.join());
    if (blocked.length > 0 && !together) {
      say(blockedLine(blocked));
      blocked = [];
    }
    if (event.type === 'build-blocked') blocked.push(event);
    if (event.type === 'run-started' || event.type === 'build-finished')
      done = [...runs.state.builds.values()].filter((build) => build.status === 'done').length;
    const line = runLine(event, { done, total: runs.plan.builds.length }, architecture);
    if (line !== undefined) say(line);
    if (event.type === 'run-finished') painter?.draw();
  });
  return {
    say,
    stop() {
      clearInterval(timer);
      painter?.stop();
    },
  };
}

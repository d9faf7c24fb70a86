/** Shows a run to whoever is there: a live view on a terminal, plain lines and a heartbeat anywhere else. */
import type { Plan } from '../model.ts';
import { liveLines } from '../reports/live.ts';
import { blockedLine, heartbeat, runLine } from '../reports/run-lines.ts';
import { expectedSeconds } from '../runner/run/expected.ts';
import { Painter } from '../runner/run/painter.ts';
import { type Progress, progressOf } from '../runner/run/progress.ts';
import type { Session } from '../runner/run/session.ts';
import type { EventOf } from '../runner/run/state.ts';
import { readPlan } from '../stages/plan-file.ts';
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

/** @param base the plan without the rounds that the run may add to it */
export function watchRun(session: Session, base: Plan, options: ViewOptions): View {
  if (options.quiet) return { say: () => {}, stop: () => {} };
  let plan = base;
  const now = (): string => new Date().toISOString();
  const progress = (): Progress =>
    progressOf(plan, session.state, expectedSeconds(plan, session.state, options.weight), options.jobs, now());
  const screen = process.stderr;
  let painter: Painter | undefined;
  let timer: NodeJS.Timeout | undefined;
  // A dumb terminal cannot go back to what it has drawn.
  if (screen.isTTY && process.env.TERM !== 'dumb') {
    const colour = !process.env.NO_COLOR;
    const shown = speaksUtf8() ? (line: string) => line : inAscii;
    painter = new Painter(screen, () =>
      session.state.status === 'running'
        ? liveLines(progress(), { columns: screen.columns, rows: screen.rows, colour }).map(shown)
        : [],
    );
  } else {
    timer = setInterval(() => {
      if (session.state.status !== 'running') return;
      const { running, done, total } = progress();
      options.talk(heartbeat(now(), running, { done, total }));
    }, minute).unref();
  }
  const say = (line: string): void => (painter ? painter.print(line) : options.talk(line));
  let done = 0;
  let blocked: EventOf<'build-blocked'>[] = [];
  session.listen((event, state) => {
    if (event.type === 'round-added') plan = readPlan(session.directory.plan);
    const together = event.type === 'build-blocked' && blocked.every((b) => b.by.join() === event.by.join());
    if (blocked.length > 0 && !together) {
      say(blockedLine(blocked));
      blocked = [];
    }
    if (event.type === 'build-blocked') blocked.push(event);
    if (event.type === 'run-started' || event.type === 'build-finished')
      done = [...state.builds.values()].filter((build) => build.status === 'done').length;
    const line = runLine(event, { done, total: state.builds.size });
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

/**
 * Decides what starts next: the builds of all architectures of a run, and their images, share one budget, one
 * turn to be alone, and one end. It changes when something starts, never what comes out.
 */

import { ExclusiveRetry } from './exclusive-retry.ts';
import { Budget, type Expectation, type Limits, type Start } from './resource-budget.ts';

/** What one plan has to do; its entries are numbered from 0. */
export interface Queue {
  readonly size: number;
  /** Those that could start now, the most urgent first. */
  readonly startable: () => readonly number[];
  /** Seconds from its start to the end of all that waits for it. */
  readonly urgency: (entry: number) => number;
  readonly expected: (entry: number) => Expectation;
  /** Takes one out of the startable ones and does it; never fails. */
  readonly start: (start: Start) => Promise<void>;
}

/** How much may run at once, and what a failure ends. */
export interface DispatcherOptions {
  /** What everything that runs at the same time may use together. */
  readonly limits: Limits;
  /** Go on with what does not wait for a failed build. */
  readonly keepGoing: boolean;
  /** Aborted: nothing new is started. */
  readonly drain: AbortSignal;
}

interface Member {
  readonly queue: Queue;
  /** The number that its first entry has among those of all. */
  readonly offset: number;
  running: number;
  readonly leave: () => void;
}

/** The one that starts builds, of all architectures of a run. */
export class Dispatcher {
  private readonly options: DispatcherOptions;
  private readonly budget: Budget;
  private readonly retry = new ExclusiveRetry();
  private members: readonly Member[] = [];
  private numbers = 0;
  private failed = false;
  private broken = false;

  constructor(options: DispatcherOptions) {
    this.options = options;
    this.budget = new Budget(options.limits);
  }

  /** Is it over before everything is done: told to stop, or given up? */
  get interrupted(): boolean {
    return this.options.drain.aborted || this.broken;
  }

  /** Nothing new is started any more. */
  get stopped(): boolean {
    return this.interrupted || (this.failed && !this.options.keepGoing);
  }

  /** A build has failed. */
  noteFailure(): void {
    this.failed = true;
  }

  /** Nobody can go on, as when the disk is full. What runs may end. */
  giveUp(): void {
    this.broken = true;
  }

  /**
   * Does what a queue has, and what becomes startable by it; ends when nothing of it runs and nothing more will start.
   */
  work(queue: Queue): Promise<void> {
    return new Promise((leave) => {
      this.members = [...this.members, { queue, offset: this.numbers, running: 0, leave }];
      this.numbers += queue.size;
      this.dispatch();
    });
  }

  /**
   * Does one thing as soon as there is room for it, before everything in the queues; undefined when it was not begun.
   */
  async doOne<T>(expected: Expectation, task: () => Promise<T>): Promise<T | undefined> {
    let outcome: Promise<T> | undefined;
    await this.work({
      size: 1,
      startable: () => (outcome === undefined ? [0] : []),
      urgency: () => Number.POSITIVE_INFINITY,
      expected: () => expected,
      start: async () => {
        outcome = task();
        await Promise.allSettled([outcome]);
      },
    });
    return outcome;
  }

  /** For an entry at work: gives way to all others, of whatever queue, and goes on when none is at work. */
  waitToBeAlone(): Promise<void> {
    return this.retry.waitToBeAlone();
  }

  private dispatch(): void {
    while (this.retry.open && !this.stopped) {
      const start = this.budget.next(this.ready(), (number) => {
        const { queue, offset } = this.ownerOf(number);
        return queue.expected(number - offset);
      });
      if (start === undefined) break;
      this.begin(this.ownerOf(start.build), start);
    }
    const idle = this.members.filter((m) => m.running === 0 && (this.stopped || m.queue.startable().length === 0));
    this.members = this.members.filter((member) => !idle.includes(member));
    for (const { leave } of idle) leave();
  }

  private begin(member: Member, start: Start): void {
    const number = start.build;
    this.retry.begin();
    member.running++;
    void member.queue.start({ ...start, build: number - member.offset }).finally(() => {
      this.retry.end();
      this.budget.end(number);
      member.running--;
      this.dispatch();
    });
  }

  private ownerOf(number: number): Member {
    return this.members.findLast(({ offset }) => offset <= number)!;
  }

  /** Of all queues, the most urgent first; of equally urgent ones those of the queue that came first. */
  private ready(): readonly number[] {
    const urgency = new Map<number, number>();
    for (const { queue, offset } of this.members)
      for (const entry of queue.startable()) urgency.set(entry + offset, queue.urgency(entry));
    const numbers = [...urgency.keys()];
    if (this.members.length < 2) return numbers;
    return numbers.sort((a, b) => urgency.get(b)! - urgency.get(a)! || a - b);
  }
}

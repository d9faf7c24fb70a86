/**
 * Whose turn it is to work: several builds side by side; but a second try, after the machine was overloaded, alone,
 * since what failed for load would fail for load again.
 */
export class ExclusiveRetry {
  private working = 0;
  private alone = false;
  private readonly waiting: (() => void)[] = [];

  /** May another build be started beside those at work? */
  get open(): boolean {
    return !this.alone && this.waiting.length === 0;
  }

  begin(): void {
    this.working++;
  }

  end(): void {
    this.working--;
    if (this.working === 0) this.alone = false;
    this.next();
  }

  /** For a build at work: gives way to the others, and goes on when none is at work. */
  waitToBeAlone(): Promise<void> {
    const turn = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.working--;
    this.next();
    return turn;
  }

  private next(): void {
    if (this.working > 0) return;
    const first = this.waiting.shift();
    if (first === undefined) return;
    this.working = 1;
    this.alone = true;
    first();
  }
}

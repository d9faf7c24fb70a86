/** Draws a few lines at the bottom of a terminal, again and again, and lets lasting lines scroll by above them. */

/** What is drawn on. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const hide = '\x1b[?25l';
const show = '\x1b[?25h';

/** One such place; it draws until it is stopped. */
export class Painter {
  private readonly terminal: Terminal;
  private readonly lines: () => readonly string[];
  private readonly timer: NodeJS.Timeout;
  private drawn = 0;

  /** @param lines what to draw now; no line wider than the terminal */
  constructor(terminal: Terminal, lines: () => readonly string[]) {
    this.terminal = terminal;
    this.lines = lines;
    this.terminal.write(hide);
    this.timer = setInterval(() => this.draw(), 200).unref();
  }

  /** Moves to the first drawn line and clears from there down. */
  private get up(): string {
    return this.drawn > 0 ? `\x1b[${this.drawn}F\x1b[J` : '';
  }

  draw(): void {
    const lines = this.lines();
    this.terminal.write(this.up + lines.map((line) => `${line}\n`).join(''));
    this.drawn = lines.length;
  }

  /** A line that stays. */
  print(line: string): void {
    this.terminal.write(`${this.up}${line}\n`);
    this.drawn = 0;
    this.draw();
  }

  /** Leaves nothing behind but the lasting lines; `resume` draws again. */
  pause(): void {
    this.terminal.write(this.up + show);
    this.drawn = 0;
  }

  resume(): void {
    this.terminal.write(hide);
    this.draw();
  }

  /** Leaves nothing behind but the lasting lines, for good. */
  stop(): void {
    clearInterval(this.timer);
    this.pause();
  }
}

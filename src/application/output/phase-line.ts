/**
 * Shows the phase that a command is in (phase.ts): one line on a terminal that is drawn over, and nothing anywhere
 * else.
 */
import { visible } from '../../diagnostics.ts';
import { canRedraw, inAscii, speaksUtf8 } from './terminal.ts';

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The one line. */
export interface PhaseLine {
  /** Says what is done now; the line before goes. */
  tell(what: string): void;
  /** Clears the line. Call it before anything else is written. */
  done(): void;
}

const silent: PhaseLine = { tell: () => {}, done: () => {} };

/** @param quiet nothing at all; so it is too where the stream is no terminal, or one that cannot go back */
export function phaseLineOn(stream: Stream, quiet: boolean): PhaseLine {
  if (quiet || stream.isTTY !== true || !canRedraw()) return silent;
  const fits = (text: string) => {
    const line = speaksUtf8() ? text : inAscii(text);
    const room = Math.max(10, (stream.columns ?? 80) - 1);
    return line.length <= room ? line : `${line.slice(0, room - 1)}${speaksUtf8() ? '…' : '~'}`;
  };
  let shown = false;
  return {
    tell(what) {
      stream.write(`\r\x1b[K${fits(visible(what))}`);
      shown = true;
    },
    done() {
      if (shown) stream.write('\r\x1b[K');
      shown = false;
    },
  };
}

/** What is told of an explained source: the explanation, what to change first, and what the plan does about it. */

import type { Breaker, Explanation } from '../../solver/explain/explain.ts';
import type { FirstLines } from '../../solver/propose/first-lines.ts';
import type { Place } from '../../stages/place.ts';
import { type Blanks, withBlanks } from '../../text/blanks.ts';
import { type FiledWish, filedWish } from './filed-wish.ts';

/** An explanation with what the plan does about it. */
export interface Explained extends Explanation {
  /** The plausible lines, what people can do first. */
  readonly first: FirstLines;
  readonly places: readonly Place[];
  /** Stage builds of the breakers that the plan makes use of. */
  readonly used: readonly string[];
}

/** The same as answers have it: what is not there is ''. */
export interface FiledExplained extends Blanks<Omit<Explained, 'breakers' | 'wish'>> {
  readonly breakers: readonly Blanks<Breaker>[];
  readonly wish: FiledWish | null;
}

/** The same as answers have it. */
export const filedExplained = (e: Explained): FiledExplained => ({
  ...withBlanks(e),
  breakers: e.breakers.map(withBlanks),
  wish: e.wish && filedWish(e.wish),
});

/** What is told of an explained source: the explanation, what to change first, and what the plan does about it. */
import type { Explanation } from '../../solver/explain/explain.ts';
import type { FirstLines } from '../../solver/propose/first-lines.ts';
import type { Place } from '../../stages/place.ts';

/** An explanation with what the plan does about it. */
export interface Explained extends Explanation {
  /** The plausible lines, what people can do first. */
  readonly first: FirstLines;
  readonly places: readonly Place[];
  /** Stage builds of the breakers that the plan makes use of. */
  readonly used: readonly string[];
}

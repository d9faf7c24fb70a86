/** A wish in answers for programs, whose form is fixed. */
import type { Drop, Wish } from '../../solver/explain/wishes.ts';
import { type Blanks, withBlanks } from '../../text/blanks.ts';

/** A wish as answers have it: what is not there is ''. */
export type FiledWish = Blanks<Omit<Wish, 'drops'>> & { readonly drops: readonly Blanks<Drop>[] };

/** The wish as answers have it. */
export const filedWish = (wish: Wish): FiledWish => ({ ...withBlanks(wish), drops: wish.drops.map(withBlanks) });

/** The end of a switch over a union: the compiler refuses it as soon as a member has no case. */

/** @throws always; reached only by a value that its type does not allow */
export function unreachable(value: never): never {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}

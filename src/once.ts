/** What follows from a value that never changes is worked out once, and kept for as long as that value is. */

/** Asks `workOut` the first time, and gives the same answer, the same object, every time after that. */
export function onceFor<Key extends object, Value extends object>(workOut: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = workOut(key);
      known.set(key, value);
    }
    return value;
  };
}

/** The globs that cut a build's outputs into packages: `*` and `?` inside a name, `**` across names. */

/** The next character of a text as a glob counts them: a pair of surrogates is one. */
const step = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** Does a name fit? Only the last `*` is ever taken back, so that no glob takes more than glob times name. */
function nameFits(glob: string, name: string): boolean {
  let [g, n] = [0, 0];
  let [star, from] = [-1, 0];
  while (n < name.length) {
    if (glob[g] === '*') [star, from] = [g++, n];
    else if (glob[g] === '?') [g, n] = [g + 1, n + step(name, n)];
    else if (g < glob.length && glob[g] === name[n]) [g, n] = [g + 1, n + 1];
    else if (star >= 0) [g, n, from] = [star + 1, from + step(name, from), from + step(name, from)];
    else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** The same for a path, name by name: `**` stands for any number of them. */
function pathFits(globs: readonly string[], names: readonly string[]): boolean {
  let [g, n] = [0, 0];
  let [star, from] = [-1, 0];
  while (n < names.length) {
    if (globs[g] === '**') [star, from] = [g++, n];
    else if (g < globs.length && nameFits(globs[g]!, names[n]!)) [g, n] = [g + 1, n + 1];
    else if (star >= 0) [g, n, from] = [star + 1, from + 1, from + 1];
    else return false;
  }
  return g === globs.length;
}

/** A matcher for paths relative to $D, without a leading slash. */
export function globMatcher(glob: string): (path: string) => boolean {
  const globs = glob.replace(/^\/+|\/+$/g, '').split('/');
  // A last one stands for at least one name.
  if (globs.at(-1) === '**') globs.push('*');
  return (path) => pathFits(globs, path.split('/'));
}

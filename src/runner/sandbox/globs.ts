/** The globs that cut a build's outputs into packages: `*` and `?` inside a name, `**` across names. */

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A matcher for paths relative to $D, without a leading slash. */
export function globMatcher(glob: string): (path: string) => boolean {
  const parts = glob.replace(/^\/+|\/+$/g, '').split('/');
  const pattern = parts.map((part, i) => {
    const last = i === parts.length - 1;
    if (part === '**') return last ? '.+' : '(?:[^/]+/)*';
    const name = part.split(/([*?])/).map((p) => (p === '*' ? '[^/]*' : p === '?' ? '[^/]' : literal(p)));
    return name.join('') + (last ? '' : '/');
  });
  const regexp = new RegExp(`^${pattern.join('')}$`, 'su');
  return (path) => regexp.test(path);
}

/** How a build is told to leave a tool uncalled, where debian/rules can say it in one word whatever the source is. */

/**
 * Dependency -> a variable of the environment. A configure script that Automake has made takes `MAKEINFO` from there,
 * calls `missing makeinfo` otherwise, and passes over info files that are not there when it installs (Automake manual,
 * "Texinfo" and "Programs Automake might require").
 */
const switches: ReadonlyMap<string, readonly [name: string, value: string]> = new Map([
  ['texinfo', ['MAKEINFO', 'true']],
]);

/** Words `NAME=VALUE` for the environment of a build without some dependencies, each once, in their order. */
export const switchesFor = (dependencies: readonly string[]): readonly string[] =>
  [...new Set(dependencies)].flatMap((name) => {
    const found = switches.get(name);
    return found === undefined ? [] : [found.join('=')];
  });

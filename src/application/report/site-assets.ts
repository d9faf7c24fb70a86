/**
 * What a day's pages need besides themselves: the style sheet and scripts, each beside the pages, none from elsewhere.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('../../../reports/assets/', import.meta.url));
const require = createRequire(import.meta.url);

/** The form for browsers, which lies beside what Node imports. */
const forBrowsers = (name: string, file: string): string => join(dirname(require.resolve(name)), file);

/** Name -> content. */
export function siteAssets(): ReadonlyMap<string, Uint8Array> {
  const files: readonly (readonly [string, string])[] = [
    ['style.css', join(own, 'style.css')],
    ['tables.js', join(own, 'tables.js')],
    ['graph.js', join(own, 'graph.js')],
    ['sigma.js', forBrowsers('sigma', 'sigma.min.js')],
    ['graphology.js', forBrowsers('graphology', 'graphology.umd.min.js')],
  ];
  return new Map(files.map(([name, file]) => [`assets/${name}`, readFileSync(file)]));
}

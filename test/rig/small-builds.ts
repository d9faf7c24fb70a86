/** A distribution of builds that take a fifth of a second each, for engines to be measured and killed with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the build of each number waits for; about a fifth of them can be done side by side. */
export const needsOf = (i: number): readonly number[] => [i - 5, i - 9].filter((n) => n >= 0);

/** Writes recipes `pkg00`, `pkg01`, ... into a new directory, and returns it. */
export function smallBuilds(directory: string, count: number): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'seed.yaml'), 'Seed:\n  - {Package: tools, Version: "1", debian: [dash, coreutils]}\n');
  const name = (i: number): string => `pkg${String(i).padStart(2, '0')}`;
  for (let i = 0; i < count; i++) {
    const needs = needsOf(i).map((n) => `, ${name(n)}`);
    writeFileSync(
      join(directory, `${name(i)}.yaml`),
      `Source: ${name(i)}
Version: 1.0-1
Maintainer: Somebody <some@body.example>
Build-Depends: tools${needs.join('')}
Packages:
  - {Package: ${name(i)}, Architecture: all, Description: number ${i}, files: [usr/share/${name(i)}]}
recipe:
  steps:
    - install: |
        sleep 0.2
        mkdir -p "$D/usr/share"
        cat /usr/share/pkg* 2>/dev/null >"$D/usr/share/${name(i)}" || true
        echo ${name(i)} >>"$D/usr/share/${name(i)}"
`,
    );
  }
  return directory;
}

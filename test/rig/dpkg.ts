/** dpkg itself as an oracle: one Perl process answers many questions through Dpkg's own modules. */
import { spawnSync } from 'node:child_process';
import { needs } from './program.ts';

/** True when libdpkg-perl is here. */
export const dpkgIsHere = (): boolean => needs('dpkg-architecture');

/**
 * Runs a Perl body once per line of input, `$_` being the line and `@f` its tab-separated fields; returns the lines it
 * prints.
 */
export function perl(prelude: string, body: string, lines: readonly string[]): string[] {
  const script = `use strict; use warnings; ${prelude}; while (<STDIN>) { chomp; my @f = split /\\t/, $_, -1; ${body} }`;
  const ran = spawnSync('perl', ['-e', script], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0) throw new Error(`perl: ${ran.stderr}`);
  return ran.stdout.split('\n').slice(0, -1);
}

/**
 * Small projects in YAML: sources that are built for real with a shell and a few tools, and sources that only stand in
 * a plan.
 */
import { files } from './program.ts';

/** The seed of projects that are built: a shell and what a script needs. */
export const toolsSeed = 'Seed:\n  - {Package: tools, Version: "1", debian: [dash, coreutils]}\n';

/** A source that is built by a script, which leaves a file `greeting`; what `install` adds goes to `$D` as well. */
export const builtSource = (name: string, depends: string, build: string, install = 'true'): string => `Source: ${name}
Version: "1.0"
Maintainer: N <n@example.org>
Build-Depends: ${depends}
Packages:
  - {Package: ${name}, Architecture: any, Description: ${name}, files: [usr/share/${name}/**]}
recipe:
  steps:
    - build: |
        ${build}
    - install: |
        mkdir -p "$D/usr/share/${name}"
        cp greeting "$D/usr/share/${name}/greeting"
        ${install}
`;

/** A source without a recipe, of one package for any architecture. */
export const plannedSource = (name: string, depends: string, more = '', packageLines = ''): string => `Source: ${name}
Version: 1.0-1
Maintainer: Some One <one@example.org>
Build-Depends: ${depends}
${more}Packages:
  - Package: ${name}
    Architecture: any
    Description: the ${name}
${packageLines}`;

/** Three sources, of which one is built with another; `hello` fails until something gives it a greeting. */
export const greetings = (directory: string): string =>
  files(directory, {
    'seed.yaml': toolsSeed,
    'hello.yaml': builtSource('hello', 'tools', 'echo "$GREETING" >greeting; test -n "$GREETING"'),
    'other.yaml': builtSource('other', 'tools', 'echo other >greeting'),
    'user.yaml': builtSource('user', 'hello, tools', 'cp /usr/share/hello/greeting greeting'),
  });

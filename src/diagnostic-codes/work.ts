/** Problems of graphs, plans, histories, runs and what a run leaves behind. See codes.ts. */
import type { CodeEntry } from './code-entry.ts';

/** Codes about what a command was asked to do. */
export const workCodes = {
  BP201: {
    severity: 'error',
    title: 'A graph file cannot be used',
    cause: 'The file is neither GraphML nor JSON, is empty, or describes no graph.',
    remedy: 'Correct it at the place that is shown; docs/cycles.md has both formats.',
  },
  BP202: {
    severity: 'error',
    title: 'A baseline cannot be used',
    cause: 'The file is not an answer of `bootplan cycles --json`.',
    remedy: 'Give one that it wrote.',
  },
  BP450: {
    severity: 'error',
    title: 'A plan file cannot be used',
    cause: 'The file is not a plan.json, or contradicts itself.',
    remedy: 'Make it anew: `bootplan plan --output FILE`.',
  },
  BP451: {
    severity: 'error',
    title: 'There is no such source',
    cause: 'A source that is asked about is not in what was read.',
    remedy: 'Take the name that the message suggests; `--targets all` takes every source.',
  },
  BP452: {
    severity: 'error',
    title: 'A dependency that is to be dropped is not there',
    cause: 'The build does not depend on it.',
    remedy: 'Take one of those that the message lists.',
  },
  BP460: {
    severity: 'error',
    title: 'A line of the history is damaged',
    cause: 'The line is not an entry of a progress history.',
    remedy: 'Remove the line, or name another file.',
  },
  BP462: {
    severity: 'error',
    title: 'A line is no evidence of a trial',
    cause: 'The line of an evidence file is not what `bootplan trial` writes: source, version, dependency and verdict.',
    remedy: 'Remove the line, or name another file.',
  },
  BP501: {
    severity: 'error',
    title: 'The plan has no such build',
    cause: 'A build, source or archive that is asked for is not in the plan.',
    remedy: 'Take the name that the message suggests; `bootplan plan` lists the builds.',
  },
  BP502: {
    severity: 'error',
    title: 'The plan is not sound',
    cause: 'It would put a tainted build into the final archive.',
    remedy: 'Make it anew: `bootplan plan`.',
  },
  BP510: {
    severity: 'error',
    title: 'A file that a recipe fetches cannot be had',
    cause: 'It is not there, not to be fetched, or not what its sha256 says.',
    remedy: 'The message says which; `bootplan relock` brings locks up to date.',
  },
  BP511: {
    severity: 'error',
    title: 'The final archive lacks a package',
    cause: 'The image needs a package that no clean build has put there.',
    remedy: '`bootplan status` says what is still missing.',
  },
  BP512: {
    severity: 'error',
    title: 'A program in the image is for another architecture',
    cause: 'An ELF file of a package is for another machine than the image.',
    remedy: 'Rebuild the package that has it.',
  },
  BP514: {
    severity: 'error',
    title: 'There is no image to start',
    cause: 'The state directory, or the path, holds none.',
    remedy: 'Make it first: `bootplan image`.',
  },
  BP515: {
    severity: 'error',
    title: 'The guest cannot build a source again',
    cause: 'The source that the image is to build has no recipe or no package that it can be compared with.',
    remedy: 'Change `builds` of the image as the message says.',
  },
  BP517: {
    severity: 'error',
    title: 'Two packages of the image have one file',
    cause: 'They disagree about its content.',
    remedy: 'Leave one out of the image, or allow it with `duplicates` of a recipe.',
  },
  BP518: {
    severity: 'error',
    title: 'There is no archive',
    cause: 'Nothing was built in the state directory.',
    remedy: 'Build it first: `bootplan run`.',
  },
  BP522: {
    severity: 'error',
    title: 'There are several images',
    cause: 'The state directory holds more than one that fits.',
    remedy: 'Name one.',
  },
  BP524: {
    severity: 'error',
    title: 'What was built elsewhere is not whole',
    cause: 'A .changes, or a file that it names, is not what it is said to be: missing, changed, or no package.',
    remedy: 'Fetch all of it again from where it was built.',
  },
  BP525: {
    severity: 'error',
    title: 'What was built elsewhere does not fit the plan',
    cause: 'Source, version, profiles, packages or what was installed are not those of the build in the plan.',
    remedy: 'Build it as the plan says: `bootplan plan export` writes job lists; or `bootplan run` builds it here.',
  },
  BP526: {
    severity: 'error',
    title: 'sbuild cannot do this build',
    cause: 'sbuild installs what the .dsc says under profiles, and runs dpkg-buildpackage; this build asks for more.',
    remedy: 'Build it without `--backend sbuild`.',
  },
  BP527: {
    severity: 'error',
    title: 'A source has a wrong signature',
    cause: 'The signature in a .dsc is of a key that is known here, and not of what the file says now.',
    remedy: 'Fetch source and index again from a mirror that you trust.',
  },
} as const satisfies { readonly [code: `BP${number}`]: CodeEntry };

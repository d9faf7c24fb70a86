/** Problems of YAML metadata: sources, recipes, overrides, images. See codes.ts. */
import type { CodeEntry } from './code-entry.ts';

/** Codes about a directory of recipes. */
export const projectCodes = {
  BP101: {
    severity: 'error',
    title: 'A YAML file cannot be parsed',
    cause: 'The file is not YAML, or holds several documents.',
    remedy: 'Correct it at the place that is shown.',
  },
  BP102: {
    severity: 'error',
    title: 'A YAML file does not fit its schema',
    cause: 'A key is unknown, missing, or has a value of a wrong kind.',
    remedy: 'Correct it; metadata/schema has the schema, docs/metadata.md the explanation.',
  },
  BP103: {
    severity: 'error',
    title: 'Two files give the same thing',
    cause: 'The seed, or the image, is declared in two files, or in one beside the indices of an archive.',
    remedy: 'Keep one of the two; beside an archive, none.',
  },
  BP104: {
    severity: 'error',
    title: 'A YAML file declares nothing',
    cause: 'It is neither a source, nor a seed, nor an image.',
    remedy: 'Add `Source:`, `Seed:` or `Image:`, or take the file out of the directory.',
  },
  BP112: {
    severity: 'error',
    title: 'A source or binary is declared twice',
    cause: 'Two files, or two stanzas, declare one name.',
    remedy: 'Keep one of the two.',
  },
  BP113: {
    severity: 'error',
    title: 'The image wants a binary that no source builds',
    cause: 'A package of the image is built by no source of the metadata.',
    remedy: 'Declare it in the Packages of a source, or take it out of the image.',
  },
  BP114: {
    severity: 'error',
    title: 'No source has that name',
    cause: 'A source that is asked for is not in the metadata.',
    remedy: 'Take the name that the message suggests.',
  },
  BP115: {
    severity: 'error',
    title: 'A dependency can be satisfied by nothing',
    cause: 'No source and no seed provides what the field names.',
    remedy: 'Declare a source that provides it, or correct the name.',
  },
  BP146: {
    severity: 'error',
    title: 'A step is there twice',
    cause: 'Two steps of a recipe have one name.',
    remedy: 'Name them apart.',
  },
  BP147: {
    severity: 'error',
    title: 'A recipe changes what it does not have',
    cause: 'A stage or an override changes a step or a stage that is not declared.',
    remedy: 'Take the name that the message suggests, or declare it.',
  },
  BP150: {
    severity: 'error',
    title: 'Overrides cannot be followed',
    cause: 'The file of overrides names a phase, source or step that is not there, or a change that cannot be made.',
    remedy: 'Correct it at the place that is shown; metadata/examples/overrides.yaml is an example.',
  },
  BP151: {
    severity: 'error',
    title: 'Overrides cannot be written back',
    cause: 'The metadata has no place that means the same.',
    remedy: 'Change the overrides as the message says.',
  },
  BP513: {
    severity: 'error',
    title: 'There is no image',
    cause: 'The metadata declares no image.',
    remedy: 'Add a file with `Image:`.',
  },
  BP516: {
    severity: 'error',
    title: 'No kernel is named for an architecture',
    cause: 'The image takes its kernel from the seed, and names none for this architecture.',
    remedy: 'Add it: `seed-kernel: {ARCHITECTURE: PACKAGE}`.',
  },
  BP519: {
    severity: 'error',
    title: 'An own file has no place in the image',
    cause: 'The path of a file leads out of the image, or through what is no directory.',
    remedy: 'Change its path in the metadata.',
  },
  BP520: {
    severity: 'error',
    title: 'The image has no such variant',
    cause: 'The variant is not declared.',
    remedy: 'Declare it under `variants`, or take one that the message lists.',
  },
  BP523: {
    severity: 'error',
    title: 'A file leads out of the metadata',
    cause: 'A YAML file, or a file of the image, is a link to a place outside of the metadata directory.',
    remedy: 'Put the file itself there.',
  },
  BP528: {
    severity: 'error',
    title: 'No first program is named for an image',
    cause: 'The image is started by the program of a package in its initramfs, and names none.',
    remedy: 'Add it: `initramfs: PACKAGE`.',
  },
} as const satisfies { readonly [code: `BP${number}`]: CodeEntry };

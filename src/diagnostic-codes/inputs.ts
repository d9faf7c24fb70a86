/** Problems of indices, control files, stages, seeds and targets. See codes.ts. */
import type { CodeEntry } from './code-entry.ts';

/** Codes about control data and indices. */
export const inputCodes = {
  BP100: {
    severity: 'error',
    title: 'An input cannot be read',
    cause:
      'A file or directory that is named does not exist, is not readable, is a directory where a file is wanted, or a metadata directory holds no YAML file.',
    remedy: 'Check the path and its permissions.',
  },
  BP110: {
    severity: 'error',
    title: 'A dependency field cannot be read',
    cause:
      'A relation, a version in it, an architecture list or a profile formula breaks the grammar of Debian Policy.',
    remedy: 'Write `name (>= version) [architectures] <profiles> | other, next`.',
  },
  BP111: {
    severity: 'error',
    title: 'A version is not valid',
    cause: 'The version does not read `[epoch:]upstream[-revision]`.',
    remedy: 'Correct the version, for example 1.2.3-1.',
  },
  BP120: {
    severity: 'error',
    title: 'A stage field has a wrong name',
    cause: 'The field looks like one that declares a stage, but names no stage and part.',
    remedy: 'Name it Build-Depends-Bootstrap1, -Bootstrap2, ...; docs/inputs.md lists the forms.',
  },
  BP121: {
    severity: 'error',
    title: 'A stage is missing in the sequence',
    cause: 'A stage is declared, and the one before it is not.',
    remedy: 'Declare the missing stage, or number the stages from 1 without a gap.',
  },
  BP122: {
    severity: 'warning',
    title: 'A stage field has an older name',
    cause: 'The field is read, by the stage that its name used to mean.',
    remedy: 'Rename it as the message says.',
  },
  BP123: {
    severity: 'error',
    title: 'Two notations of one stage disagree',
    cause: 'Stage fields and profile formulas both declare the stage, with different dependencies.',
    remedy: 'Remove one of the two, or make them equal; `bootplan annotate` writes either.',
  },
  BP124: {
    severity: 'note',
    title: 'A stage drops no binary',
    cause: 'Nothing says which binaries the stage leaves out, so all are taken to come out of it.',
    remedy: 'Put Build-Profiles on the stanzas of those that it leaves out.',
  },
  BP125: {
    severity: 'note',
    title: 'A profile is not registered',
    cause: 'The source uses a build profile that Debian has not registered and that is not private to the source.',
    remedy: 'Private profiles are named pkg.SOURCE.NAME; docs/inputs.md lists the registered ones.',
  },
  BP126: {
    severity: 'note',
    title: 'A stage has no registered profile',
    cause: 'Debian has registered profiles for the first two stages only, so a private one is written.',
    remedy: 'Nothing need be done.',
  },
  BP127: {
    severity: 'note',
    title: 'A stage needs all that the full build needs',
    cause: 'The stage drops no build dependency, so it can break no cycle.',
    remedy: 'Drop a dependency in it, or remove the stage.',
  },
  BP128: {
    severity: 'error',
    title: 'A conflict has alternatives',
    cause: 'Build-Conflicts names alternatives (`a | b`), which mean nothing in a conflict.',
    remedy: 'Separate the names with commas.',
  },
  BP129: {
    severity: 'error',
    title: 'A field is declared twice',
    cause: 'The same field, in two spellings or under two names, is there twice for one source or stage.',
    remedy: 'Keep one of the two.',
  },
  BP130: {
    severity: 'error',
    title: 'A file cannot be unpacked or is empty',
    cause: 'The file is empty, too large, damaged, or in a compression that is not read.',
    remedy: 'Fetch it again; plain files, gz, xz, zst and lz4 are read.',
  },
  BP131: {
    severity: 'error',
    title: 'The package lists of this machine are not enough',
    cause: 'apt has no lists of binaries or of sources for the architecture.',
    remedy: "Add deb and deb-src lines to apt's sources and run `apt-get update`.",
  },
  BP141: {
    severity: 'error',
    title: 'A continuation line has no field',
    cause: 'A line that begins with a space stands where no field has begun.',
    remedy: 'Begin the stanza with `Package:` or `Source:`.',
  },
  BP142: {
    severity: 'error',
    title: 'A line is no field',
    cause: 'The line is neither `Field: value` nor the continuation of a field.',
    remedy: 'Correct the line.',
  },
  BP143: {
    severity: 'error',
    title: 'A field is there twice in one stanza',
    cause: 'deb822 allows a field once in a stanza.',
    remedy: 'Keep one of the two.',
  },
  BP144: {
    severity: 'error',
    title: 'A text is not UTF-8',
    cause: 'The file has a byte order mark, bytes that are not UTF-8, or is binary data.',
    remedy: 'Save it as UTF-8 without a mark, or give the file that was meant.',
  },
  BP145: {
    severity: 'error',
    title: 'A stanza is incomplete',
    cause: 'The stanza lacks fields that it must have, or the file has no stanza.',
    remedy: 'Complete the stanza, or remove it.',
  },
  BP148: {
    severity: 'error',
    title: 'An index is given as the other kind',
    cause: 'A Packages index was given as Sources, or the reverse.',
    remedy: 'Exchange the two files.',
  },
  BP149: {
    severity: 'error',
    title: 'A name is not a package name',
    cause: 'Package names are letters, digits, `+`, `-` and `.`, and begin with a letter or digit.',
    remedy: 'Correct the name.',
  },
  BP152: {
    severity: 'error',
    title: 'A target is not known',
    cause: 'No source has the name, and no source builds a binary of it.',
    remedy: 'Take the name that the message suggests, or look it up in the Sources index.',
  },
  BP153: {
    severity: 'error',
    title: 'A debian/control is for no source of the archive',
    cause: 'The file that is laid over the indices names a source that they do not have.',
    remedy: 'Give the .dsc of a new source: it names its version and binaries.',
  },
  BP154: {
    severity: 'note',
    title: 'An annotated source is not in the archive',
    cause: 'The annotation has no effect.',
    remedy: 'Remove it, or correct the name.',
  },
  BP155: {
    severity: 'warning',
    title: 'No index holds build-essential',
    cause: 'Builds are then taken to need no compiler that they do not name.',
    remedy: 'Name with --seed what is there before the first build.',
  },
  BP156: {
    severity: 'error',
    title: 'The architecture cannot be decided, or is not there',
    cause: 'None, or several, are in the Packages files, or another than the one asked for.',
    remedy: 'Give --arch, and the Packages file of that architecture.',
  },
  BP157: {
    severity: 'warning',
    title: 'A line of a droppable list is left out',
    cause: 'The line does not begin with src:NAME.',
    remedy: 'Write `src:NAME BINARY BINARY...`.',
  },
  BP160: {
    severity: 'warning',
    title: 'A binary of the seed lacks what it needs',
    cause: 'A dependency of the binary can be had from no index; the rest of what it needs is given.',
    remedy: 'Add what is missing to the Packages files, or leave the binary out of the seed.',
  },
  BP161: {
    severity: 'error',
    title: 'The seed names a binary that is not there',
    cause: 'No index holds the binary.',
    remedy: 'Take the name that the message suggests, or remove it.',
  },
  BP158: {
    severity: 'note',
    title: 'Binaries were never built here',
    cause:
      'A source names binaries that the Packages index does not have, so nothing is known of what they need at run time.',
    remedy: 'Lay the debian/control of their sources over the index: --control FILE.',
  },
  BP159: {
    severity: 'error',
    title: 'A source cannot be fetched',
    cause: 'No index names its .dsc with a sha256.',
    remedy: 'Give the Sources index of the archive as it is.',
  },
  BP162: {
    severity: 'error',
    title: 'There is nothing essential',
    cause: 'No binary is Essential, Priority: required or build-essential, and these were the targets.',
    remedy: 'Give the indices of a whole distribution, or name the targets.',
  },
} as const satisfies { readonly [code: `BP${number}`]: CodeEntry };

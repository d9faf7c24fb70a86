/**
 * Which of two rows that both fit explains the other. It is told by the part of the boot that a row speaks of and by
 * how near to the cause it is, never by its place in a table.
 */

/**
 * The parts of a boot in the order in which they happen, and what all later ones need before them (memory, the disk):
 * what goes wrong in one of them shows in those after it.
 */
export const phases = [
  'machine',
  'firmware',
  'loader',
  'kernel',
  'initramfs',
  'memory',
  'disk',
  'driver',
  'fault',
  'root-device',
  'root-file-system',
  'start',
  'init',
  'system',
  'outcome',
] as const;
/** One part of the boot. */
export type Phase = (typeof phases)[number];

/** What a row tells of its part: what went wrong, what followed at once, what sums it up, what is often harmless. */
export const grades = ['cause', 'effect', 'summary', 'noise'] as const;
/** What a row is beside others of its part. */
export type Grade = (typeof grades)[number];

/** By what two rows are compared. */
export interface Ranked {
  readonly phase: Phase;
  /** `cause` when not given. */
  readonly grade?: Grade;
}

/** The lower of two ranks outranks the higher; rows of the same rank are told apart by which line came first. */
export const rankOf = ({ phase, grade = 'cause' }: Ranked): number =>
  phases.indexOf(phase) * grades.length + grades.indexOf(grade);

/**
 * Debian version numbers: `[epoch:]upstream[-revision]`, compared as dpkg compares them (deb-version(7),
 * dpkg lib/dpkg/version.c). Digit runs are compared as text, so they may have any length. No allocation.
 */
import type { VersionOperator } from '../../model.ts';
import { unreachable } from '../../unreachable.ts';

const isDigit = (c: number): boolean => c >= 48 && c <= 57;

/** Weight of a character in a non-digit run: `~` before the end, the end before letters, letters before the rest. */
function weight(c: number): number {
  if (isDigit(c)) return 0;
  if ((c >= 97 && c <= 122) || (c >= 65 && c <= 90)) return c;
  return c === 126 ? -1 : c + 256;
}

/** dpkg's verrevcmp on a[i..aEnd) and b[j..bEnd). */
function comparePart(a: string, i: number, aEnd: number, b: string, j: number, bEnd: number): number {
  while (i < aEnd || j < bEnd) {
    while ((i < aEnd && !isDigit(a.charCodeAt(i))) || (j < bEnd && !isDigit(b.charCodeAt(j)))) {
      const wa = i < aEnd ? weight(a.charCodeAt(i)) : 0;
      const wb = j < bEnd ? weight(b.charCodeAt(j)) : 0;
      if (wa !== wb) return wa - wb;
      i++;
      j++;
    }
    while (i < aEnd && a.charCodeAt(i) === 48) i++;
    while (j < bEnd && b.charCodeAt(j) === 48) j++;
    let first = 0;
    while (i < aEnd && j < bEnd && isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (i < aEnd && isDigit(a.charCodeAt(i))) return 1;
    if (j < bEnd && isDigit(b.charCodeAt(j))) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

/** Negative when a is older than b, 0 when they are equal to dpkg (`1` and `1-0` are), positive when a is newer. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const aColon = a.indexOf(':');
  const bColon = b.indexOf(':');
  // An absent epoch is 0, which an empty digit run is too.
  const epoch = comparePart(a, 0, Math.max(aColon, 0), b, 0, Math.max(bColon, 0));
  if (epoch !== 0) return epoch;
  const aDash = a.lastIndexOf('-');
  const bDash = b.lastIndexOf('-');
  const aUpstreamEnd = aDash > aColon ? aDash : a.length;
  const bUpstreamEnd = bDash > bColon ? bDash : b.length;
  const upstream = comparePart(a, aColon + 1, aUpstreamEnd, b, bColon + 1, bUpstreamEnd);
  if (upstream !== 0) return upstream;
  return comparePart(
    a,
    Math.min(aUpstreamEnd + 1, a.length),
    a.length,
    b,
    Math.min(bUpstreamEnd + 1, b.length),
    b.length,
  );
}

/** Is version `have` such that the relation `(op wanted)` holds? */
export function satisfies(have: string, op: VersionOperator, wanted: string): boolean {
  const order = compareVersions(have, wanted);
  switch (op) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
    default:
      return unreachable(op);
  }
}

/** What nearly every version looks like; one that does not may still be one. */
const usual = /^(?:\d{1,10}:)?\d[A-Za-z0-9.+~]*(?:-[A-Za-z0-9.+~]+)*$/;

/** Why a text is no version, in words that follow "is not a version: "; undefined when it is one. */
export function versionProblem(text: string): string | undefined {
  if (usual.test(text)) return undefined;
  if (text === '') return 'it is empty';
  if (/\s/.test(text)) return 'it has white space in it';
  const colon = text.indexOf(':');
  if (colon === 0) return 'the epoch is empty';
  if (colon > 0 && !/^\d{1,10}$/.test(text.slice(0, colon))) return 'the epoch is not a number';
  const rest = text.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  const upstream = dash < 0 ? rest : rest.slice(0, dash);
  if (upstream === '') return 'the upstream version is empty';
  if (!isDigit(upstream.charCodeAt(0))) return 'the upstream version does not start with a digit';
  const wrong = /[^A-Za-z0-9.+~:-]/.exec(upstream);
  if (wrong) return `${JSON.stringify(wrong[0])} is not allowed in it`;
  if (dash < 0) return undefined;
  const revision = rest.slice(dash + 1);
  if (revision === '') return 'the revision after the last `-` is empty';
  const bad = /[^A-Za-z0-9.+~]/.exec(revision);
  return bad ? `${JSON.stringify(bad[0])} is not allowed in the revision` : undefined;
}

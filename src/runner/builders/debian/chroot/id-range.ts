/**
 * The 65536 user and group ids that a Debian chroot has inside its user namespace: dpkg gives files to many users, and
 * root in there must be nobody out here. Root takes a range that nobody else has; an ordinary user the one that
 * subuid(5) grants.
 */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { EnvironmentError, exitCode } from '../../../../errors.ts';

/** As many as Debian policy 9.2.2 knows. */
export const idsWanted = 65536;

/** Where the ids of a chroot begin outside of it. */
export interface IdRange {
  /** The first id outside, of users and of groups: root inside when root started it, else user 1. */
  readonly users: number;
  readonly groups: number;
}

/** Far above what adduser, systemd and subuid(5) hand out. */
const rootsOwn = 1_879_000_000;

/**
 * Does every id of the range exist in the user namespace that we are in? Pure: `map` is a text of /proc/self/uid_map.
 */
export const covers = (map: string, first: number): boolean =>
  map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([inside, , count]) => inside! <= first && first + idsWanted <= inside! + count!);

/** The first id of a range that is large enough in a subuid(5) file; undefined when there is none. Pure. */
export function grantedIn(text: string, names: readonly string[]): number | undefined {
  const rows = text.split('\n').map((line) => line.split(':'));
  const row = rows.find(([name, , count]) => names.includes(name!) && Number(count) >= idsWanted - 1);
  return row === undefined ? undefined : Number(row[1]);
}

const contentOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** A user whom the machine does not know has a number and no name. */
function whoAsks(): { readonly uid: number; readonly username: string } {
  try {
    return userInfo();
  } catch {
    const uid = process.getuid?.() ?? -1;
    return { uid, username: String(uid) };
  }
}

/** The first id of the lowest range from 200000 on of which these subuid(5) files give nobody any. Pure. */
export function freeRange(texts: readonly string[]): number {
  const rows = texts.flatMap((text) => text.split('\n')).map((line) => line.split(':').map(Number));
  const taken = rows.map(([, first, count]) => ({ first: first!, end: first! + count! }));
  let lowest = 200_000;
  for (const { first, end } of taken.sort((a, b) => a.first - b.first))
    if (first < lowest + idsWanted && lowest < end) lowest = end;
  return lowest;
}

/** How a range that is nobody else's is granted to the user who asks. */
export function grantCommand(user: string): string {
  const first = freeRange(['/etc/subuid', '/etc/subgid'].map(contentOf));
  const range = `${first}-${first + idsWanted - 1}`;
  return `sudo usermod --add-subuids ${range} --add-subgids ${range} ${user}`;
}

/** @throws EnvironmentError (69, 78) when this user has no such range, with the command that grants one */
export function idRange(): IdRange {
  const { uid, username } = whoAsks();
  if (uid === 0) {
    const first = covers(contentOf('/proc/self/uid_map'), rootsOwn) ? rootsOwn : 0;
    return { users: first, groups: first };
  }
  const names = [username, String(uid)];
  const [users, groups] = ['/etc/subuid', '/etc/subgid'].map((file) => grantedIn(contentOf(file), names));
  if (users === undefined || groups === undefined) {
    const message = `${username} has no range of ${idsWanted} user and group ids for a Debian chroot`;
    throw new EnvironmentError(message, exitCode.configuration, grantCommand(username));
  }
  if (!existsSync('/usr/bin/newuidmap')) {
    const message = 'newuidmap is not installed, and without it an ordinary user makes no Debian chroot';
    throw new EnvironmentError(message, exitCode.missingTool, 'sudo apt-get install uidmap');
  }
  return { users, groups };
}

/** apt-get, kept away from the machine's own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** apt with a root of its own: nothing of the machine's configuration, lists or cache. */
export function apt(root: string, sources: string, ...args: string[]) {
  for (const part of [
    'lists/partial',
    'cache/archives/partial',
    'etc/preferences.d',
    'etc/apt.conf.d',
    'etc/sources.list.d',
    'out',
  ])
    mkdirSync(join(root, part), { recursive: true });
  writeFileSync(join(root, 'sources.list'), sources);
  for (const file of ['status', 'apt.conf']) writeFileSync(join(root, file), '');
  const settings = {
    'Dir::Etc': join(root, 'etc'),
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': join(root, 'etc/sources.list.d'),
    'Dir::State': root,
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'APT::Architecture': 'amd64',
    'APT::Sandbox::User': '',
    'Debug::NoLocking': '1',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const env = { ...process.env, LC_ALL: 'C', APT_CONFIG: join(root, 'apt.conf') };
  const ran = spawnSync('apt-get', [...options, ...args], { cwd: join(root, 'out'), encoding: 'utf8', env });
  return { code: ran.status, text: ran.stdout + ran.stderr };
}

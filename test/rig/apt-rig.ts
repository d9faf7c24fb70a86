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
  writeFileSync(join(root, 'status'), '');
  const settings = {
    'Dir::Etc': join(root, 'etc'),
    'Dir::Etc::parts': join(root, 'etc/apt.conf.d'),
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': join(root, 'etc/sources.list.d'),
    'Dir::State': root,
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'APT::Architecture': 'amd64',
    // Left out, apt asks dpkg for them, five times.
    'APT::Architectures': 'amd64',
    'APT::Sandbox::User': '',
    'Debug::NoLocking': '1',
  };
  // Of all configuration only this file is read before it says where the rest lies.
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)};\n`);
  writeFileSync(join(root, 'apt.conf'), lines.join(''));
  const env = { ...process.env, LC_ALL: 'C', APT_CONFIG: join(root, 'apt.conf') };
  const ran = spawnSync('apt-get', args, { cwd: join(root, 'out'), encoding: 'utf8', env });
  return { code: ran.status, text: ran.stdout + ran.stderr };
}

/**
 * A Slurm cluster of three nodes on the loopback, each in namespaces of its own: no systemd, no cgroups, nothing edited
 * in /etc. Killing a node's process takes everything that runs there with it, as a power cut would.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './cache-servers.ts';
import { whenDone } from './release.ts';

export const hasSlurm =
  ['slurmctld', 'slurmd', 'munged'].every((name) => existsSync(`/usr/sbin/${name}`)) && process.getuid?.() === 0;

export interface Cluster {
  /** For processes that speak with it: SLURM_CONF. */
  readonly environment: Readonly<Record<string, string>>;
  readonly nodes: readonly string[];
  /** Ends a node with all that it runs, at once. */
  killNode(name: string): void;
  /** Ends the daemon of a node alone; its builds go on. */
  killDaemon(name: string): void;
  startNode(name: string): void;
  killController(): void;
  startController(): void;
  command(program: string, ...args: string[]): string;
}

/** @param features of nodes, by name: what a job may ask for with `--constraint` */
export async function startSlurm(
  directory: string,
  features: Readonly<Record<string, string>> = { n1: '', n2: '', n3: '' },
): Promise<Cluster> {
  const names = Object.keys(features);
  for (const part of ['state', 'spool', 'munge', 'log'])
    mkdirSync(join(directory, part), { recursive: true, mode: 0o700 });
  const key = join(directory, 'munge/key');
  writeFileSync(key, randomBytes(128), { mode: 0o400 });
  const socket = join(directory, 'munge/socket');
  const controllerPort = await freePort();
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const conf = join(directory, 'slurm.conf');
  const host = execFileSync('hostname', ['-s'], { encoding: 'utf8' }).trim();
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${socket},ttl=60,cred_expire=5
CredType=cred/munge
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/spool/%n
SlurmctldPidFile=${directory}/slurmctld.pid
SlurmdPidFile=${directory}/slurmd-%n.pid
SlurmctldLogFile=${directory}/log/slurmctld.log
SlurmdLogFile=${directory}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=100000
SlurmdTimeout=10
SlurmctldTimeout=10
MessageTimeout=10
ReturnToService=2
KillWait=2
MinJobAge=300
MaxJobCount=20000
${names.map((name) => `NodeName=${name} NodeAddr=127.0.0.1 Port=${ports.get(name)} CPUs=2 RealMemory=4000${features[name] ? ` Feature=${features[name]}` : ''}`).join('\n')}
PartitionName=main Nodes=${names.join(',')} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
`,
  );
  const environment = { SLURM_CONF: conf, PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };
  const started: ChildProcess[] = [];
  whenDone(() => {
    for (const child of started.toReversed()) if (child.exitCode === null) child.kill('SIGKILL');
  });
  const begin = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, args, { env: { ...environment, HOME: '/root' }, stdio: 'ignore', detached: true });
    started.push(child);
    return child;
  };
  begin('/usr/sbin/munged', [
    '--foreground',
    '--force',
    `--key-file=${key}`,
    `--socket=${socket}`,
    `--log-file=${directory}/log/munged.log`,
    `--pid-file=${directory}/munge/pid`,
    `--seed-file=${directory}/munge/seed`,
  ]);
  for (let i = 0; i < 100 && !existsSync(socket); i++) await sleep(50);
  const daemons = new Map<string, ChildProcess>();
  let controller: ChildProcess | undefined;
  const startController = () => {
    controller = begin('/usr/sbin/slurmctld', ['-D', '-f', conf]);
  };
  const startNode = (name: string) => {
    const own = `hostname ${name}; exec slurmd -D -N ${name} -f ${conf}`;
    daemons.set(name, begin('unshare', ['--uts', '--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', own]));
  };
  const command = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  startController();
  for (const name of names) startNode(name);
  for (let i = 0; ; i++) {
    await sleep(100);
    try {
      const idle = command('sinfo', '-h', '-N', '-t', 'idle', '-o', '%N')
        .split('\n')
        .filter((line) => line !== '');
      if (idle.length === names.length) break;
    } catch {
      // The controller does not answer yet.
    }
    if (i === 300) throw new Error('the cluster does not come up');
  }
  return {
    environment,
    nodes: names,
    killNode: (name) => void daemons.get(name)?.kill('SIGKILL'),
    killDaemon: (name) => {
      const pids = execFileSync('pgrep', ['-x', '-f', `slurmd -D -N ${name} -f ${conf}`], { encoding: 'utf8' }).split(
        '\n',
      );
      for (const pid of pids) if (pid !== '') process.kill(Number(pid), 'SIGKILL');
    },
    startNode,
    killController: () => void controller?.kill('SIGKILL'),
    startController,
    command,
  };
}

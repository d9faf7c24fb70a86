/** The cache that is shared, and the machines that build: opened once for a run, closed after it. */
import { resolve } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Builder } from '../../runner/builder.ts';
import { SharedCache, type SharedMode } from '../../runner/cache/shared-cache.ts';
import type { Executor } from '../../runner/executors/executor.ts';
import { ReapiExecutor } from '../../runner/executors/reapi.ts';
import { remoteBuilder } from '../../runner/executors/remote-builder.ts';
import { SlurmExecutor } from '../../runner/executors/slurm.ts';
import type { Session } from '../../runner/journal/session.ts';
import { type Access, noAccess } from '../../runner/store/access.ts';
import { openStore, readAccess } from '../../runner/store/open-store.ts';
import type { Store } from '../../runner/store/store.ts';
import { readMachines, usualShare } from './machines.ts';

/** The flags about caches and machines, as they were given. */
export interface ClusterRequest {
  readonly cache?: string | undefined;
  readonly 'cache-access'?: string | undefined;
  readonly 'cache-mode'?: string | undefined;
  readonly executor?: string | undefined;
  readonly 'executor-config'?: string | undefined;
}

/** Both, open. */
export interface Cluster {
  /** Who builds; undefined for this machine. */
  readonly executor: Executor | undefined;
  /** From now on the results of this session are shared. */
  join(session: Session): void;
  /** @param architecture of the machines that can do its builds */
  builder(local: Builder, architecture: string): Builder;
  close(): Promise<void>;
}

/** @throws EnvironmentError (64, 78) when the flags do not fit together */
export function openCluster(flags: ClusterRequest, program: string): Cluster | undefined {
  const { cache, executor } = flags;
  if (executor !== undefined) requireExecutor(executor);
  const address = cache ?? (executor !== undefined && executor !== 'slurm' ? executor : undefined);
  if (address === undefined) {
    if (executor === undefined) return undefined;
    const help = 'give --cache URL: what the machines need and what they make goes through it';
    throw new EnvironmentError(`--executor ${executor} needs a shared cache`, exitCode.usage, help);
  }
  const accessFile = flags['cache-access'];
  const access = accessFile === undefined ? noAccess : readAccess(accessFile);
  const store = openStore(address, access);
  const machines =
    executor === undefined ? undefined : executorOf(executor, { flags, address, access, store, program });
  const { cores, memoryMiB } = { ...usualShare, ...readMachines(flags['executor-config']) };
  return {
    executor: machines,
    join(session) {
      const tell = (name: string, what: string) => void session.emit({ type: 'store-trouble', store: name, what });
      session.cache.shared ??= new SharedCache(store, (flags['cache-mode'] ?? 'write') as SharedMode, tell);
    },
    builder: (local, architecture) =>
      machines === undefined
        ? local
        : remoteBuilder(local, { store, executor: machines, cores, memoryMiB, architecture, everyMilliseconds: 1000 }),
    async close() {
      await machines?.close();
      store.close();
    },
  };
}

interface Opening {
  readonly flags: ClusterRequest;
  readonly address: string;
  readonly access: Access;
  readonly store: Store;
  readonly program: string;
}

function executorOf(name: string, { flags, address, access, program }: Opening): Executor {
  const file = readMachines(flags['executor-config']);
  const accessFile = flags['cache-access'];
  const command = [
    ...(file.command ?? [program]),
    'exec-action',
    '--cache',
    address,
    ...(accessFile === undefined ? [] : ['--cache-access', resolve(accessFile)]),
  ];
  const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...file.environment };
  if (name === 'slurm')
    return new SlurmExecutor({
      command,
      environment,
      placement: new Map(entriesOf(file.placement ?? {})),
      arguments: file.arguments ?? [],
      everyMilliseconds: 1000,
      patienceSeconds: file.patience ?? 600,
    });
  const platform = new Map(entriesOf(file.platform ?? {}).map(([arch, all]) => [arch, new Map(entriesOf(all))]));
  return new ReapiExecutor(name, access, { command, environment, platform, patienceSeconds: file.patience ?? 600 });
}

/** @throws EnvironmentError (64) for what is none */
export function requireExecutor(name: string): void {
  if (name === 'slurm' || /^grpcs?:/.test(name)) return;
  const help = 'give slurm, or the grpc(s):// address of a farm';
  throw new EnvironmentError(`"${name}" is no executor`, exitCode.usage, help);
}

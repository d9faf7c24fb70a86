/** What a run on other machines needs, each found out by doing it, each with the remedy. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valueAt } from '../../by-name.ts';
import { EnvironmentError } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import { nodes, SlurmTrouble, wouldStart } from '../../runner/executors/slurm-commands.ts';
import { sha256 } from '../../runner/files/digest.ts';
import type { Check } from '../../runner/sandbox/sandbox-check.ts';
import { noAccess } from '../../runner/store/access.ts';
import { GrpcStore } from '../../runner/store/grpc-store.ts';
import { openStore, readAccess } from '../../runner/store/open-store.ts';
import { type Store, StoreTrouble } from '../../runner/store/store.ts';
import { fetchVerified } from '../../runner/store/verified.ts';
import { type ClusterRequest, openCluster, requireExecutor } from './cluster.ts';
import { type Machines, ownMachines, readMachines, usualShare } from './machines.ts';
import { probeMachine } from './probe-machines.ts';

const seeAccess = 'see --cache-access, and docs/clusters.md for how a server is set up';

/** A content and a result go there and come back the same. */
async function storeCheck(store: Store): Promise<Check> {
  const check = { name: `cache ${store.name}`, required: true };
  const directory = mkdtempSync(join(tmpdir(), 'bootplan-doctor-'));
  try {
    const text = 'bootplan doctor\n';
    const [digest, file] = [{ sha256: sha256(text), bytes: text.length }, join(directory, 'there')];
    writeFileSync(file, text);
    await store.put(digest, file);
    const back = await fetchVerified(store, digest, join(directory, 'back'));
    if (back !== 'ok') return { ...check, ok: false, found: `what was put there is ${back}`, fix: 'look at its log' };
    await store.putResult(digest, Buffer.from(text));
    const result = await store.getResult(digest);
    const ok = result !== undefined;
    const found = ok ? 'takes and gives contents and results' : 'keeps no results';
    return { ...check, ok, found, fix: 'allow writing of /ac as of /cas' };
  } catch (error) {
    if (!(error instanceof StoreTrouble)) throw error;
    return { ...check, ok: false, found: error.message, fix: seeAccess };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Nodes that take jobs, by state. */
async function slurmCheck(): Promise<Check> {
  const check = { name: 'slurm', required: true };
  try {
    const all = await nodes();
    const able = all.filter(({ state }) => /^(idle|mixed|allocated|completing)/.test(state));
    const rest = all.filter((node) => !able.includes(node)).map(({ node, state }) => `${node} is ${state}`);
    const cores = able.reduce((sum, node) => sum + node.cores, 0);
    const found = [`${able.length} nodes with ${cores} cores take jobs`, ...rest].join('; ');
    return { ...check, ok: able.length > 0, found, fix: 'scontrol update nodename=NODE state=resume; see sinfo -R' };
  } catch (error) {
    if (error instanceof EnvironmentError) return { ...check, ok: false, found: error.message, fix: error.help };
    if (!(error instanceof SlurmTrouble)) throw error;
    const fix = 'start slurmctld and munge, and see that slurm.conf is the same everywhere';
    return { ...check, ok: false, found: error.message, fix };
  }
}

/** The machines of one architecture: one of them could take a build. */
async function placementCheck(architecture: string, machines: Machines): Promise<Check> {
  const check = { name: `slurm ${architecture}`, required: true };
  const { placement = {}, arguments: more = [], cores, memoryMiB } = { ...usualShare, ...machines };
  const chosen = valueAt(placement, architecture) ?? [];
  try {
    const node = await wouldStart([...chosen, `--cpus-per-task=${cores}`, `--mem=${memoryMiB}M`, ...more]);
    return { ...check, ok: true, found: `a build would start on ${node}`, fix: undefined };
  } catch (error) {
    if (!(error instanceof SlurmTrouble)) throw error;
    const fix = `see sinfo, and placement, cores and memoryMiB in the file of --executor-config`;
    return { ...check, ok: false, found: error.message, fix };
  }
}

async function farmCheck(store: GrpcStore): Promise<Check> {
  const check = { name: `farm ${store.name}`, required: true };
  try {
    const { executes, compressed, mayUpdate } = await store.abilities();
    const also = `${compressed ? 'with' : 'without'} compression, results ${mayUpdate ? 'may' : 'may not'} be written`;
    const found = executes ? `executes actions; ${also}` : `executes nothing: it is a cache alone; ${also}`;
    return {
      ...check,
      ok: executes && mayUpdate,
      found,
      fix: 'give the address of a scheduler, and let its workers write results',
    };
  } catch (error) {
    if (!(error instanceof StoreTrouble)) throw error;
    return { ...check, ok: false, found: error.message, fix: seeAccess };
  }
}

/** A machine of each architecture, asked by a job. */
async function machineChecks(store: Store, request: ClusterRequest, program: string): Promise<readonly Check[]> {
  const { executor, 'executor-config': file } = request;
  const cluster = openCluster(request, program);
  const own = ownMachines(executor, file);
  const { cores, memoryMiB } = { ...usualShare, ...readMachines(file) };
  const checks: Check[] = [];
  for (const architecture of own.size > 0 ? own : [nativeArchitecture]) {
    const fix =
      'see command and placement in the file of --executor-config: bootplan has to be there, and reach the cache';
    const check = { name: `machine of ${architecture}`, required: true, fix };
    try {
      const asked = { architecture, cores, memoryMiB };
      checks.push({ ...check, ...(await probeMachine(store, cluster!.executor!, asked)) });
    } catch (error) {
      if (!(error instanceof EnvironmentError || error instanceof StoreTrouble)) throw error;
      checks.push({ ...check, ok: false, found: error.message });
    }
  }
  await cluster?.close();
  return checks;
}

/**
 * @param program how bootplan is started, here and there
 * @throws EnvironmentError (64, 78) for what is no address, or no file that says how it is spoken to
 */
export async function clusterPreflight(request: ClusterRequest, program: string): Promise<readonly Check[]> {
  const { cache, executor } = request;
  const access = request['cache-access'] === undefined ? noAccess : readAccess(request['cache-access']);
  const checks: Check[] = [];
  if (executor !== undefined) requireExecutor(executor);
  const farm = executor !== undefined && executor !== 'slurm' ? openStore(executor, access) : undefined;
  const store = cache === undefined ? farm : openStore(cache, access);
  if (store !== undefined) checks.push(await storeCheck(store));
  if (farm instanceof GrpcStore) checks.push(await farmCheck(farm));
  if (executor === 'slurm') {
    const slurm = await slurmCheck();
    const file = request['executor-config'];
    const machines = readMachines(file);
    checks.push(slurm);
    // Without nodes, none of any architecture would be found.
    if (slurm.ok) for (const name of ownMachines(executor, file)) checks.push(await placementCheck(name, machines));
    if (cache === undefined)
      checks.push({ name: 'cache', ok: false, required: true, found: 'none is given', fix: 'give --cache URL' });
  }
  if (store !== undefined && executor !== undefined && checks.every(({ ok }) => ok))
    checks.push(...(await machineChecks(store, request, program)));
  store?.close();
  if (farm !== store) farm?.close();
  return checks.map((check) => (check.ok ? { ...check, fix: undefined } : check));
}

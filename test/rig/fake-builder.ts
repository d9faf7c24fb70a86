/** A builder of tiny real .debs with scripted outcomes, so that the runner is tested without compilers. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { namedBuild } from '../../src/build-id.ts';
import { entriesOf, valueAt } from '../../src/by-name.ts';
import { contentDigest } from '../../src/digests.ts';
import { exitCode, InputError } from '../../src/errors.ts';
import type { ArchiveName, Diagnostic, Plan, PlannedBuild } from '../../src/model.ts';
import { binaryName, sourceName } from '../../src/names.ts';
import type { Builder, BuildOutcome, BuildRequest, OutputDeb } from '../../src/runner/builder.ts';
import { sha256, sha256File } from '../../src/runner/files/digest.ts';
import { runProcess } from '../../src/runner/process.ts';

export interface Script {
  /** Milliseconds that the build takes, where any order will do. */
  readonly sleep?: number;
  /** A file that it needs and nobody has. */
  readonly lacks?: string;
  /**
   * It goes on when this other build has ended: an order that holds however busy the machine is. Nobody has to let it
   * go.
   */
  readonly endsAfter?: string;
  /** Fails with this: all attempts, or the first so many. */
  readonly fail?: { readonly step: string; readonly times?: number; readonly retriable?: boolean };
  /** What is in the package; by default a digest of the names and contents of its inputs. */
  readonly content?: (request: BuildRequest) => string | Uint8Array;
  readonly fingerprint?: string;
  /** Of its packages: in what describes them, not in what they install. */
  readonly description?: string;
  /** What is measured of its memory. */
  readonly maxRssKiB?: number;
  /** Leaves out what the plan promised. */
  readonly yields?: readonly string[];
  /** What its packages are found to need although it was declared away. */
  readonly declaredAway?: readonly string[];
}

export class FakeBuilder implements Builder {
  /** Ids in the order in which they started, a try each. */
  readonly started: string[] = [];
  readonly prepared: string[][] = [];
  /** How many ran side by side at most. */
  peak = 0;
  private running = 0;
  /** Build -> what waits for its end. */
  private readonly ends = new Map<string, PromiseWithResolvers<void>>();
  private readonly scripts: Readonly<Record<string, Script>>;
  private readonly architecture: string;

  /** @param architecture of its packages */
  constructor(scripts: Readonly<Record<string, Script>> = {}, architecture = 'amd64') {
    this.scripts = scripts;
    this.architecture = architecture;
  }

  /** Of this very build, else of every full build of its source: `libc#*`. */
  private scriptOf({ id, source, stage }: PlannedBuild): Script {
    return this.scripts[id] ?? (stage === 0 ? this.scripts[`${source}#*`] : undefined) ?? {};
  }

  private endOf(build: string): PromiseWithResolvers<void> {
    const end = this.ends.get(build) ?? Promise.withResolvers<void>();
    this.ends.set(build, end);
    return end;
  }

  async fingerprint(build: PlannedBuild): Promise<string> {
    return sha256(`${build.source} ${build.stage} ${this.scriptOf(build).fingerprint ?? ''}`);
  }

  async declaredAway(build: PlannedBuild): Promise<readonly string[]> {
    return this.scriptOf(build).declaredAway ?? [];
  }

  async prepare(builds: readonly PlannedBuild[]): Promise<void> {
    this.prepared.push(builds.map((build) => build.id));
    const lacking = builds.flatMap((build) => this.scriptOf(build).lacks ?? []);
    const problems = lacking.map((file): Diagnostic => {
      return { code: 'BP510', severity: 'error', message: `${file} cannot be had`, help: 'take another' };
    });
    if (problems.length > 0) throw new InputError(problems, exitCode.missingInput);
  }

  async build(request: BuildRequest): Promise<BuildOutcome> {
    const { build, onStep, signal } = request;
    const script = this.scriptOf(build);
    this.started.push(build.id);
    this.peak = Math.max(this.peak, ++this.running);
    try {
      onStep('build');
      writeFileSync(request.logFile, `building ${build.id}\n`);
      if (script.sleep !== undefined) await pause(script.sleep, undefined, { signal }).catch(() => {});
      if (script.endsAfter !== undefined) await orAborted(this.endOf(script.endsAfter).promise, signal);
      const tries = this.started.filter((id) => id === build.id).length;
      if (signal.aborted || (script.fail && tries <= (script.fail.times ?? Number.POSITIVE_INFINITY)))
        return failure(request, script.fail ?? { step: 'build' });
      onStep('install');
      const debs: OutputDeb[] = [];
      for (const name of script.yields ?? build.produces)
        debs.push(await pack(request, name, script, this.architecture));
      return { ok: true, debs, cpuSeconds: 0.01, maxRssKiB: script.maxRssKiB ?? 1024, sandboxed: true };
    } finally {
      this.running--;
      this.endOf(build.id).resolve();
    }
  }
}

/** What is awaited, or the end of the run, whichever comes first. */
function orAborted(awaited: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return Promise.race([awaited, promise]);
}

function failure(request: BuildRequest, fail: NonNullable<Script['fail']>): BuildOutcome {
  return {
    ok: false,
    step: fail.step,
    command: 'cc -c hello.c',
    exitCode: fail.retriable === true ? -1 : 2,
    signal: fail.retriable === true ? 'SIGKILL' : '',
    message: `${request.build.source}: hello.c:1: no such thing`,
    workdir: '/work/build',
    env: { D: '/work/outputs', CC: 'cc' },
    logTail: readFileSync(request.logFile, 'utf8'),
    cpuSeconds: 0.01,
    maxRssKiB: 1024,
    retriable: fail.retriable === true,
  };
}

/** A .deb of one file; the same bytes for the same inputs, whenever and wherever it is made. */
async function pack(request: BuildRequest, name: string, script: Script, architecture: string): Promise<OutputDeb> {
  const { build, suffix, workDirectory } = request;
  const inputs = request.inputs.map((deb) => `${deb.name} ${deb.build}\n`).join('');
  const content = script.content?.(request) ?? `${build.source} ${build.stage}\n${inputs}`;
  const version = build.version + suffix;
  const tree = join(workDirectory, name);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/share', name), { recursive: true });
  writeFileSync(join(tree, 'usr/share', name, 'content'), content);
  const control = {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: 'N <n@example.org>',
    Description: script.description ?? name,
  };
  const lines = entriesOf(control).map(([field, value]) => `${field}: ${value}\n`);
  writeFileSync(join(tree, 'DEBIAN/control'), lines.join(''));
  const file = `${name}_${version.replace(/^\d+:/, '')}_${architecture}.deb`;
  const path = join(workDirectory, file);
  const env = { PATH: process.env.PATH ?? '', SOURCE_DATE_EPOCH: '1' };
  const ended = await runProcess('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, path], { env });
  if (ended.exitCode !== 0) throw new Error(ended.stderr);
  rmSync(tree, { recursive: true });
  return {
    name: binaryName(name),
    version,
    file,
    path,
    sha256: await sha256File(path),
    contentSha256: contentDigest(sha256(content)),
  };
}

interface Row {
  readonly source: string;
  readonly stage?: number;
  readonly round?: number;
  readonly installs?: readonly string[];
  readonly produces?: readonly string[];
  readonly archive?: ArchiveName;
  readonly compare?: boolean;
}

/**
 * A plan by hand. Each row yields one binary named like its source unless it says otherwise; needs, taint and archive
 * follow from the rows before, by the rules of the plan.
 */
export function planOf(rows: readonly Row[], runtime: Plan['runtime'] = {}, seed: readonly string[] = []): Plan {
  const builds: PlannedBuild[] = [];
  for (const row of rows) {
    const stage = row.stage ?? 0;
    const round = stage > 0 ? 0 : (row.round ?? 1);
    const installs = [...(row.installs ?? [])].sort();
    const closure = new Set(installs);
    for (const name of closure) for (const next of valueAt(runtime, name) ?? []) closure.add(next);
    const newest = (name: string) => builds.findLastIndex((b) => b.produces.includes(binaryName(name)));
    const needs = [...new Set([...closure].map(newest).filter((i) => i >= 0))].sort((a, b) => a - b);
    const taintedBy = needs.filter((i) => builds[i]!.stage > 0);
    const suffix = stage > 0 ? `<stage${stage}>` : round > 1 ? `#${round}` : '';
    builds.push({
      id: namedBuild(row.source + suffix),
      source: sourceName(row.source),
      version: '1.0-1',
      stage,
      round,
      archive: row.archive ?? (stage > 0 ? `stage${stage}` : taintedBy.length > 0 ? 'interim' : 'final'),
      profiles: stage > 0 ? [`stage${stage}`] : [],
      produces: (row.produces ?? [row.source]).map(binaryName),
      installs: installs.map(binaryName),
      needs,
      taintedBy,
      wave: needs.reduce((wave, i) => Math.max(wave, builds[i]!.wave + 1), 0),
      why: stage > 0 ? 'stage' : row.compare === true ? 'compare' : round > 1 ? 'rebuild' : 'full',
    });
  }
  return {
    format: 1,
    architecture: 'amd64',
    status: 'optimal',
    costs: [],
    builds,
    runtime,
    wishes: [],
    stuck: [],
    unused: [],
    seed: seed.map(binaryName),
    sccs: [],
  };
}

/** A compiler and its library need each other; a shell needs both. Two stage builds, then three rounds. */
export const compilerPlan = (): Plan =>
  planOf(
    [
      { source: 'libc', stage: 1, installs: ['seed-cc'] },
      { source: 'cc', stage: 1, installs: ['seed-cc', 'libc'] },
      { source: 'cc', installs: ['cc'] },
      { source: 'libc', installs: ['cc'] },
      { source: 'sh', installs: ['cc'] },
      { source: 'cc', round: 2, installs: ['cc'] },
      { source: 'libc', round: 2, installs: ['cc'] },
      { source: 'sh', round: 2, installs: ['cc'] },
      { source: 'cc', round: 3, installs: ['cc'], compare: true },
      { source: 'libc', round: 3, installs: ['cc'], compare: true },
      { source: 'sh', round: 3, installs: ['cc'], compare: true },
    ],
    { cc: [binaryName('libc')] },
    ['seed-cc'],
  );

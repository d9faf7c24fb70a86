/** A run told in plain lines, one for each thing that ended: what a log or a pipe gets instead of a live view. */

import type { ArchitectureLabel } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import type { SignedSource } from '../../events/before-builds.ts';
import type { EventOf, RunEvent } from '../../events.ts';
import { unreachable } from '../../unreachable.ts';
import { namesAndMore } from '../writing/count.ts';
import { abiLine } from './abi.ts';
import { duration } from './live.ts';
import { unsettledText } from './unsettled.ts';

/** How far it is when the event is told. */
export interface Count {
  readonly done: number;
  readonly total: number;
}

/** A line on a build on another machine; that it waits in a queue is nothing to tell. */
function placementText({ build, executor, id, state, node, why }: EventOf<'build-placed'>): string | undefined {
  if (state === 'started') return `${build} runs on ${node || executor}`;
  if (state === 'released') return `${build}: ${executor} had held job ${id} (${why}); it was let go`;
  return state === 'lost' ? `${build}: job ${id} was lost (${why}); it is given to another node` : undefined;
}

const signatures: Readonly<Record<Exclude<SignedSource['signature'], 'good'>, string>> = {
  expired: 'by a key that has expired since',
  revoked: 'by a key that was revoked since',
  unknown: 'by a key that no keyring here has',
  unchecked: '',
  none: 'without a signature',
};

/** What there is to know of signatures of sources, besides that they are good. */
function signaturesText({ keyrings, sources }: EventOf<'sources-checked'>): string {
  if (keyrings.length === 0)
    return 'the signatures of sources are not checked, for their keyrings are not here: sudo apt-get install debian-keyring';
  const others = Object.entries(signatures).flatMap(([kind, words]) => {
    const names = sources.filter(({ signature }) => signature === kind).map(({ source }) => source);
    return names.length === 0 ? [] : [`${words}: ${names.join(', ')}`];
  });
  const good = sources.filter(({ signature }) => signature === 'good').length;
  return [`signatures of sources: ${good} of ${sources.length} good`, ...others].join('; ');
}

function sentence(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `${event.resumed ? 'going on with ' : ''}${event.builds.length} build${event.builds.length === 1 ? '' : 's'}`;
    case 'build-finished': {
      if (event.how === 'run') return `built ${event.build} (${duration(event.seconds)})`;
      if (event.how === 'adopted') return `adopted ${event.build}, which was built elsewhere`;
      return event.how === 'cache'
        ? `found ${event.build} in the cache`
        : `left out ${event.build}: its inputs came out the same`;
    }
    case 'build-failed': {
      const again = event.retriable ? ', the machine was overloaded' : '';
      const report = event.report === undefined ? '' : `; report: ${event.report}`;
      return `FAILED ${event.build} in ${event.step}${again}: ${event.message.split('\n')[0]}${report}`;
    }
    case 'stage-finished': {
      const failed = event.failed > 0 ? `, ${event.failed} not` : '';
      return `stage ${event.stage} finished: ${event.built} built${failed}`;
    }
    case 'comparison': {
      const outcome = event.identical ? 'bit-identical' : `NOT identical: ${event.differing.join(', ')}`;
      return [`compared ${event.build} with ${event.against}: ${outcome}`, ...(event.abi ?? []).map(abiLine)].join(
        '; ',
      );
    }
    case 'round-added': {
      if (event.resumed) return undefined;
      return `one more round for ${event.builds.join(', ')}: ${event.because.map(unsettledText).join('; ')}`;
    }
    case 'not-settled': {
      if (event.builds.length === 0) return undefined;
      const rounds = event.rounds === 0 ? '' : ` after ${event.rounds} more round${event.rounds === 1 ? '' : 's'}`;
      return `WARNING: not settled${rounds}: ${event.builds.map(unsettledText).join('; ')}`;
    }
    case 'cache-damaged':
      return `damaged in the cache, made anew: ${event.files.join(', ')}`;
    case 'build-placed':
      return placementText(event);
    case 'preparing': {
      if (event.what === 'sources') return undefined;
      return event.changed
        ? 'the base of the chroots was changed since it was made, and is made again'
        : 'making the base of the chroots';
    }
    case 'sources-checked':
      return signaturesText(event);
    case 'store-trouble':
      return `the shared cache: ${event.what}`;
    case 'image-made':
      return `made ${event.path}`;
    case 'boot-checked':
      return event.verdict === 'pass'
        ? `booted, self-test passed (${duration(event.seconds)})`
        : `boot check FAILED: ${event.cause}`;
    case 'run-finished':
      return event.status === 'interrupted' ? 'interrupted' : undefined;
    case 'published':
    case 'build-blocked':
    case 'build-outdated':
    case 'build-started':
    case 'step-started':
      return undefined;
    default:
      return unreachable(event);
  }
}

/**
 * `12:04:11 built tcc (0:03) 12/20`, in UTC; undefined for what only a live view shows.
 *
 * @param label said before what names no build: `arm64: booted, self-test passed`
 */
export function runLine(event: RunEvent, count: Count, label?: ArchitectureLabel): string | undefined {
  const told = sentence(event);
  if (told === undefined) return undefined;
  const text = label === undefined || 'build' in event ? told : `${label}: ${told}`;
  const counted = event.type === 'build-finished' ? ` ${count.done}/${count.total}` : '';
  const said = event.type === 'build-failed' ? (event.said ?? []) : [];
  return [
    `${event.at.slice(11, 19)} ${visible(text)}${counted}`,
    ...said.map((line) => `           ${visible(line)}`),
  ].join('\n');
}

const named = 8;

/** `12:04:11 blocked by sh: sh#2, sh#3`: builds that one event blocked, in one line. */
export function blockedLine(events: readonly EventOf<'build-blocked'>[]): string {
  const [first] = events;
  const names = namesAndMore(
    events.map((event) => event.build),
    named,
  );
  return visible(`${first!.at.slice(11, 19)} blocked by ${first!.by.join(', ')}: ${names}`);
}

/**
 * What takes time without a build that runs: a seed is fetched and unpacked, results are hashed, archives are written.
 */
const betweenBuilds = 'no build (seed, sources or archives are being prepared)';

/** `12:05:11 running: musl (build, 0:40)`: said every minute, so that silence means that something is wrong. */
export function heartbeat(
  at: string,
  running: readonly { build: string; step: string; seconds: number }[],
  count: Count,
): string {
  const names = running.map(({ build, step, seconds }) => `${build} (${step}, ${duration(seconds)})`);
  return `${at.slice(11, 19)} running: ${names.join(', ') || betweenBuilds} ${count.done}/${count.total}`;
}

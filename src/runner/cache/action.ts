/** What decides the outcome of a build, as one text: its sha256 is the action, the name of the outcome in the cache. */
import { type ActionDigest, actionDigest, type ContentDigest } from '../../digests.ts';
import type { PlannedBuild } from '../../model.ts';
import { sha256 } from '../files/digest.ts';

/** A binary that is installed, by its name and what it holds. */
export interface ActionInput {
  readonly name: string;
  readonly contentSha256: ContentDigest;
}

/**
 * The document is kept in the cache beside the result, so that `diff` of two of them says why something was rebuilt.
 *
 * Inputs count by content, not by version: a rebuild on inputs that came out the same has the same action, and need
 * not run. A comparison is there to run, so its round is part of what it is.
 *
 * @param fingerprint of the builder: recipe, sources, environment, seed digests, layout of the sandbox
 */
export function actionDocument(
  build: PlannedBuild,
  fingerprint: string,
  suffix: string,
  inputs: readonly ActionInput[],
  seed: readonly string[],
): string {
  const document = {
    format: 1,
    source: build.source,
    version: build.version + suffix,
    stage: build.stage,
    profiles: build.profiles,
    produces: build.produces,
    comparison: build.why === 'compare' ? build.round : 0,
    builder: fingerprint,
    seed,
    inputs: inputs.map(({ name, contentSha256 }) => `${name} ${contentSha256}`),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** The name of an action, out of its text. */
export const actionOf = (document: string): ActionDigest => actionDigest(sha256(document));

/**
 * The evidence file: what trials have shown, a JSON object a line, appended and never changed. It may come from
 * somebody else: a line counts when it fits its schema, and the last word on a dependency of one version of a source
 * counts.
 */

import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import type { Diagnostic } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { refuseLink, wholeFile } from '../../whole-file.ts';
import { jsonIn, recordOf } from '../files/json-record.ts';
import { naming, writeAll } from '../files/publish.ts';
import type { SourceTrial } from './trial.ts';

/** One line of the file. */
export interface Evidence {
  readonly source: SourceName;
  readonly version: string;
  readonly dependency: string;
  /** `changes`: it builds without it, and others miss something; `unused`: a full build opened nothing of it. */
  readonly verdict: 'works' | 'fails' | 'changes' | 'unused';
  /** sbuild's stage that failed. */
  readonly step?: string;
  readonly why?: string;
  /** Dropped in the same build. */
  readonly together?: readonly string[];
  /** `NAME=VALUE`: it works when debian/rules sets these, and not without. */
  readonly switches?: readonly string[];
  readonly architecture?: string;
}

/** What a file holds. */
export interface EvidenceRead {
  readonly evidence: readonly Evidence[];
  /** The last line has no end, and is none: its writer was interrupted. It does not count. */
  readonly isTorn: boolean;
  /** Of the lines that are no evidence. */
  readonly problems: readonly Diagnostic[];
}

/** Reads the text of an evidence file. Pure. */
export function evidenceIn(text: string, file: string): EvidenceRead {
  const lines = text.split('\n');
  const evidence: Evidence[] = [];
  const problems: Diagnostic[] = [];
  let isTorn = false;
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const record = recordOf<Evidence>(jsonIn(line), 'records#/$defs/trialEvidence');
    if (record !== undefined) evidence.push(record);
    else if (i === lines.length - 1) isTorn = true;
    else
      problems.push({
        code: 'BP462',
        severity: 'error',
        message: 'this line is no evidence of a trial',
        origin: { file, line: i + 1 },
        excerpt: line.slice(0, 200),
      });
  });
  return { evidence, isTorn, problems };
}

/**
 * What a trial teaches, in the order of the lines of the source; a dependency that came to no verdict teaches nothing.
 * Pure.
 */
export function evidenceOf(trial: SourceTrial, architecture: string): readonly Evidence[] {
  const { source, version, lines, uses } = trial;
  const of = { source, version, architecture };
  const tried = lines.flatMap(({ dependency, verdict, step, why, together, switches }): Evidence[] =>
    verdict === 'untried'
      ? []
      : [
          {
            ...of,
            dependency,
            verdict,
            ...(step !== '' && { step }),
            ...(why !== '' && { why: why.slice(0, 1000) }),
            ...(together.length > 0 && { together }),
            ...(switches.length > 0 && { switches }),
          },
        ],
  );
  const known = new Set(tried.map((e) => e.dependency));
  const unused = uses.filter(({ use, dependency }) => use === 'unused' && !known.has(dependency));
  return [...tried, ...unused.map(({ dependency }): Evidence => ({ ...of, dependency, verdict: 'unused' }))];
}

/**
 * Appends, and flushes it to the disk; nothing is made where there is nothing to add. A last line that was torn is cut
 * off first, since nobody ever read it.
 *
 * @returns whether there was one
 */
export function appendEvidence(file: string, evidence: readonly Evidence[]): boolean {
  if (evidence.length === 0) return false;
  refuseLink(file);
  const before = existsSync(file) ? wholeFile(file) : Buffer.alloc(0);
  const whole = before.lastIndexOf(10) + 1;
  const tail = before.subarray(whole).toString('utf8');
  const isTorn = tail !== '' && evidenceIn(tail, file).isTorn;
  const descriptor = openSync(file, 'a');
  try {
    if (isTorn) ftruncateSync(descriptor, whole);
    const start = tail !== '' && !isTorn ? '\n' : '';
    const text = evidence.map((record) => `${JSON.stringify(record)}\n`).join('');
    writeAll(descriptor, Buffer.from(start + text), file);
    naming(file, () => fsyncSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
  return isTorn;
}

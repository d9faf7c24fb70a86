/** Images and boot verdicts as text. */
import { visible } from '../../diagnostics.ts';
import type { BootVerdict } from '../../runner/boot/boot.ts';
import type { GuestBuild } from '../../runner/image/guest-build.ts';
import type { MadeImage } from '../../runner/image/made-image.ts';

const tailLines = 12;

const mebibytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** What was made, of what, and how to start it. */
export function imageText(image: MadeImage, startLine: string): string {
  const { kernel } = image;
  const origin = kernel.from === 'seed' ? 'seed, not built here' : 'built from source here';
  return [
    `image    ${visible(image.path)}${image.made ? '' : ' (nothing had changed)'}`,
    `size     ${mebibytes(image.bytes)}`,
    `sha256   ${image.sha256}`,
    `holds    ${image.packages.map((p) => `${p.name} ${p.version}`).join(', ')}`,
    `kernel   ${kernel.name} ${kernel.version} (${origin}; sha256 ${kernel.sha256.slice(0, 16)}...)`,
    `start it ${visible(startLine)}`,
    ...(image.tarball === null
      ? []
      : [
          `tarball  ${visible(image.tarball.path)} (${mebibytes(image.tarball.bytes)})`,
          `sha256   ${image.tarball.sha256}`,
        ]),
  ].join('\n');
}

function failure(verdict: BootVerdict): string[] {
  const { diagnosis } = verdict;
  if (diagnosis === undefined) return [];
  const lines = verdict.console.trimEnd().split('\n');
  const tail = lines.slice(-tailLines);
  const place = diagnosis.evidence.line === 0 ? '' : ` (console line ${diagnosis.evidence.line})`;
  return [
    verdict.accelerator === 'none'
      ? 'boot failed, by this console'
      : `boot failed after ${verdict.seconds.toFixed(1)} s (${verdict.accelerator})`,
    `cause:    ${visible(diagnosis.cause)}`,
    `where:    ${diagnosis.where}`,
    `evidence: ${visible(diagnosis.evidence.text)}${place}`,
    ...diagnosis.fix.map((step, i) => `${i === 0 ? 'fix:     ' : '         '} ${visible(step)}`),
    ...(verdict.console.trim() === ''
      ? ['the console is empty']
      : [
          `the last ${tail.length} of ${lines.length} lines of the console:`,
          ...tail.map((line) => `  | ${visible(line)}`),
        ]),
  ];
}

/** What the guest has built for itself, in a sentence. */
export const guestBuildText = ({ source, version, files }: GuestBuild): string =>
  `the guest built ${source} ${version} from its recipe: ${files} files, the same bytes as in the final archive`;

/** A pass in a few lines; a failure with its cause, the line that shows it, what to do, and the end of the console. */
export function bootText(verdict: BootVerdict): string {
  if (verdict.verdict === 'fail') return failure(verdict).join('\n');
  const answered = verdict.selfTest === undefined ? 'by the marker on the console' : 'answered 0 over its own port';
  return [
    verdict.accelerator === 'none'
      ? `booted, self-test passed, ${answered}`
      : `booted, self-test passed in ${verdict.seconds.toFixed(1)} s (${verdict.accelerator}; ${answered})`,
    ...(verdict.guestBuild === null ? [] : [visible(guestBuildText(verdict.guestBuild))]),
    ...verdict.checks.map((check) => `  ${visible(check)}`),
  ].join('\n');
}

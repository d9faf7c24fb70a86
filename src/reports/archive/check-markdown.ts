/** The result of a check as Markdown, for an issue or a daily report. */
import type { CheckResult } from '../../solver/install/check-result.ts';
import { code } from '../writing/markdown.ts';
import { buildText, headline, reasonLines, verdictText } from './check-text.ts';

/** The broken builds, each with its reason as a list. */
export function checkMarkdown(result: CheckResult): string {
  const sections = result.builds.flatMap((build) => {
    if (build.reason === undefined) return [];
    const lines = reasonLines(build.reason).map((line) => {
      const text = line.trimStart();
      return `${' '.repeat(line.length - text.length)}- ${code(text)}\n`;
    });
    return [`\n## ${code(buildText(build))}\n\n${code(headline(build.reason))}\n\n${lines.join('')}`];
  });
  return `# Installability of build dependencies\n\n**${verdictText(result)}**\n${sections.join('')}`;
}

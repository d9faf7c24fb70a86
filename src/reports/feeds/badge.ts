/** The percentage as a small SVG for a README. */
import type { ReportDay } from '../site/report-day.ts';
import { percent } from '../site/words.ts';
import { xml } from '../writing/xml.ts';

/** Width of a text in DejaVu Sans 11 px, roughly: enough for a badge. */
const widthOf = (text: string): number => Math.round(6.6 * text.length) + 12;

/** The picture, complete in itself. */
export function badgeSvg({ numbers: { bootstrappable, sources } }: ReportDay): string {
  const [left, right] = ['bootstrappable', percent(bootstrappable, sources)];
  const [a, b] = [widthOf(left), widthOf(right)];
  const colour = bootstrappable === sources ? '#00674a' : '#8a4b00';
  return xml`<svg xmlns="http://www.w3.org/2000/svg" width="${a + b}" height="20" role="img" aria-label="${left}: ${right}"><title>${left}: ${right}</title><rect width="${a}" height="20" rx="3" fill="#444"/><rect x="${a - 3}" width="${b + 3}" height="20" rx="3" fill="${colour}"/><g fill="#fff" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11" text-anchor="middle"><text x="${a / 2}" y="14">${left}</text><text x="${a + b / 2}" y="14">${right}</text></g></svg>
`.text;
}

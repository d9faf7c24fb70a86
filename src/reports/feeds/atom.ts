/**
 * An Atom feed (RFC 4287) of what was new on each day. Links are relative: whoever publishes the directory decides
 * where.
 */
import type { HistoryEntry, ReportDay } from '../site/report-day.ts';
import { movedWords, percent } from '../site/words.ts';
import { xml } from '../writing/xml.ts';

const mostEntries = 30;

const idOf = (day: ReportDay, what: string): string =>
  `tag:bootplan.invalid,2026:${encodeURIComponent(day.suite || 'archive')}/${encodeURIComponent(day.architecture)}/${what}`;

function entry(day: ReportDay, h: HistoryEntry) {
  const moved = movedWords(h);
  const bad = moved.filter((m) => m.bad).length;
  const title =
    moved.length === 0 ? `${h.date}: nothing moved` : `${h.date}: ${bad} worse, ${moved.length - bad} better`;
  const { bootstrappable, sources, supplies, edits } = h.numbers;
  const standing = `${bootstrappable} of ${sources} can be bootstrapped (${percent(bootstrappable, sources)}); ${supplies} supplies and ${edits} edits are still needed.`;
  const text = [...moved.slice(0, 50).map((m) => `${m.bad ? 'worse' : 'better'}: ${m.text}`), standing].join('\n');
  return xml`<entry><id>${idOf(day, h.date)}</id><title>${title}</title><updated>${h.date}T00:00:00Z</updated><link rel="alternate" href="../${h.date}/index.html"/><content type="text">${text.split('\n').join(' · ')}</content></entry>\n`;
}

/** Days on which something moved, and the newest, newest first. */
export function atomFeed(day: ReportDay): string {
  const own = day.history.filter((h) => h.suite === day.suite && h.architecture === day.architecture);
  const shown = own
    .filter((h, i) => i === own.length - 1 || movedWords(h).length > 0)
    .slice(-mostEntries)
    .toReversed();
  const name = [day.suite, day.architecture].filter((w) => w !== '').join(' ');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    xml`<feed xmlns="http://www.w3.org/2005/Atom"><id>${idOf(day, 'feed')}</id><title>Bootstrap report, ${name}</title><updated>${day.date}T00:00:00Z</updated><author><name>bootplan</name></author><link rel="self" href="feed.xml"/>
${shown.map((h) => entry(day, h))}</feed>
`.text
  }`;
}

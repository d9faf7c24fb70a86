/** What every page has: the same head, the same way around, and below it how the page came to be. */

import { html, joined, type Markup, nothing, raw, short, when } from './html.ts';
import { componentPath, maintainerPath, relative, sourcePath } from './links.ts';
import type { ReportDay } from './report-day.ts';
import type { Moved } from './words.ts';

/** Nothing is loaded from elsewhere, nothing written in a page runs, and no form leads anywhere. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/** One page, without what all have. */
export interface Page {
  readonly path: string;
  readonly title: string;
  /** The result in one sentence, first of all. */
  readonly verdict: string | Markup;
  readonly body: Markup;
  /** Other shapes of the same, by name and path. */
  readonly also?: readonly (readonly [name: string, path: string])[];
  /** Scripts that only this page needs, after those that all have. */
  readonly scripts?: readonly string[];
}

const ways: readonly (readonly [string, string])[] = [
  ['Today', 'index.html'],
  ['Cycles', 'cycles.html'],
  ['Still needed', 'needed.html'],
  ['Stuck', 'stuck.html'],
  ['Sources', 'sources.html'],
  ['Maintainers', 'maintainers.html'],
  ['Plan', 'plan.html'],
  ['Changes', 'changes.html'],
  ['History', 'history.html'],
  ['Run', 'run.html'],
  ['Graph', 'graph.html'],
  ['About', 'about.html'],
];

/** What the report is about: suite and architecture. */
export const titleOf = ({ suite, architecture }: ReportDay): string =>
  [suite, architecture].filter((w) => w !== '').join(' ');

/** The bytes of a page. */
export function pageText(day: ReportDay, page: Page): string {
  const to = (path: string) => relative(page.path, path);
  const ownDirectory = page.path.includes('/') ? `${page.path.split('/')[0]}s.html` : page.path;
  const navigation = ways
    .filter(([, path]) => path !== 'run.html' || day.run !== null)
    .map(([name, path]) =>
      path === ownDirectory
        ? html`<li><a href="${to(path)}" aria-current="page">${name}</a></li>`
        : html`<li><a href="${to(path)}">${name}</a></li>`,
    );
  const also = (page.also ?? []).map(([name, path]) => html`<li><a href="${to(path)}">${name}</a></li>`);
  const scripts = ['tables.js', ...(page.scripts ?? [])].map(
    (s) => html`<script src="${to(`assets/${s}`)}" defer></script>`,
  );
  return `<!doctype html>
${
  html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${page.title} · ${titleOf(day)} · ${day.date}</title>
<link rel="stylesheet" href="${to('assets/style.css')}">
<link rel="alternate" type="application/atom+xml" title="What is new" href="${to('feed.xml')}">
${joined(scripts, '\n')}
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><p class="where"><a href="${to('index.html')}">Bootstrap report</a> <span>${titleOf(day)}</span> <time datetime="${day.date}">${day.date}</time></p>
<nav aria-label="Pages"><ul>${joined(navigation)}</ul></nav></header>
<main id="main">
<h1>${page.title}</h1>
<p class="verdict">${page.verdict}</p>
${page.body}
${when(also.length > 0, () => html`<nav class="also" aria-label="The same for programs"><p>The same for programs:</p><ul>${joined(also)}</ul></nav>`)}
</main>
<footer><p>Made by bootplan ${day.version} for ${day.date}, ${titleOf(day)}. <a href="${to('about.html')}">What the words mean</a>, how to make this page again, and what it was made from.</p></footer>
</body>
</html>
`.text
}`;
}

/** Links to the pages of things, as seen from one page. */
export class Links {
  readonly from: string;
  private readonly known: ReadonlySet<string>;
  constructor(from: string, day: ReportDay) {
    this.from = from;
    this.known = namesOf(day);
  }

  to(path: string): string {
    return relative(this.from, path);
  }

  page(path: string, text: string): Markup {
    return html`<a href="${this.to(path)}">${text}</a>`;
  }

  /** The name, or what is said for it; a link where there is a page. */
  source(name: string, text = short(name)): Markup {
    return this.known.has(name) ? html`<a href="${this.to(sourcePath(name))}">${text}</a>` : html`<span>${text}</span>`;
  }

  component(id: string): Markup {
    return id === '' ? nothing : html`<a href="${this.to(componentPath(id))}">${short(id)}</a>`;
  }

  maintainer(name: string): Markup {
    const shown = name.replace(/\s*<[^<>]*>\s*$/, '');
    return name === ''
      ? html`<span>nobody</span>`
      : html`<a href="${this.to(maintainerPath(name))}">${short(shown || name)}</a>`;
  }

  /** Things that moved, worst first as they come; the source that begins a sentence leads to its page. */
  moved(things: readonly (Moved & { readonly date?: string })[]): Markup {
    const item = ({ bad, text, source, date }: Moved & { readonly date?: string }): Markup => {
      const name = `src:${short(source)}`;
      const said = text.startsWith(`${name} `)
        ? html`${this.source(source, name)}${text.slice(name.length)}`
        : html`${text} (${this.source(source)})`;
      const when = date === undefined ? nothing : html`<time datetime="${date}">${date}</time> `;
      return html`<li class="${bad ? 'bad' : 'good'}">${when}<b>${bad ? '▼ worse' : '▲ better'}:</b> ${said}</li>`;
    };
    return html`<ul class="moved">${joined(things.map(item))}</ul>`;
  }

  /** Names with links, at most so many, and how many more there are. */
  sources(names: readonly string[], most = names.length): Markup {
    const shown = names.slice(0, most).map((n) => this.source(n));
    const more = names.length - shown.length;
    return html`${joined(shown, ', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }
}

const namesByDay = new WeakMap<ReportDay, ReadonlySet<string>>();
function namesOf(day: ReportDay): ReadonlySet<string> {
  const known = namesByDay.get(day) ?? new Set(day.sources.map((s) => s.name));
  namesByDay.set(day, known);
  return known;
}

/** A browser without pictures shows the words of one, and they would run together. */
const apart = (svg: string): string => svg.replaceAll('</text>', '</text>\n');

/** An SVG that this program drew, with the words that stand for it. */
export const figure = (svg: string, caption: string | Markup): Markup =>
  html`<figure><div class="wide" tabindex="0" role="group" aria-label="Picture">${raw(apart(svg))}</div><figcaption>${caption}</figcaption></figure>`;

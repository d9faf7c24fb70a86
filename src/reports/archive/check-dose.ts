/**
 * The result of a check as dose-builddebcheck writes it (output-version 1.2), so that what reads that keeps working:
 * the same keys in the same order, relations with the architecture they mean, `<` and `>` for `<<` and `>>`, and, as in
 * dose, sources counted among the binary-packages.
 */
import { valueAt } from '../../by-name.ts';
import { visible } from '../../diagnostics.ts';
import type { ByName } from '../../model.ts';
import type { Asked, Because, CheckedBuild, CheckResult, Member } from '../../solver/install/check-result.ts';

const strict: ByName<string> = { '<<': '<', '>>': '>' };
const same = (a: Member, b: Member): boolean =>
  a.kind === b.kind && a.name === b.name && a.version === b.version && a.architecture === b.architecture;

function groupText(group: readonly Asked[], architecture: string): string {
  const one = ({ name, qualifier, op, version }: Asked) =>
    `${name}:${qualifier ?? architecture}${op === undefined ? '' : ` (${valueAt(strict, op) ?? op} ${version})`}`;
  return visible(group.map(one).join(' | '));
}

function fields({ kind, name, version, architecture, essential }: Member): string[] {
  const lines = [`package: ${name}`, `version: ${version}`, `architecture: ${architecture.replaceAll(' ', ',')}`];
  if (kind === 'source') lines.push('type: src');
  if (essential) lines.push('essential: true');
  return lines.map(visible);
}

const indent = (lines: readonly string[], by: number): string[] => lines.map((line) => ' '.repeat(by) + line);
const item = (lines: readonly string[]): string[] => ['-', ...indent(lines, 1)];

/** The needs that lead from the build to a member, by the first way found; empty for the build itself. */
function chainTo(reason: readonly Because[], goal: Member): Extract<Because, { kind: 'need' }>[] {
  const chain: Extract<Because, { kind: 'need' }>[] = [];
  for (let at = goal; at.kind === 'binary'; ) {
    const here = at;
    const link = reason.find((l) => l.kind === 'need' && !chain.includes(l) && l.candidates.some((c) => same(c, here)));
    if (link?.kind !== 'need') return chain;
    chain.unshift(link);
    at = link.by;
  }
  return chain;
}

function depchain(key: string, reason: readonly Because[], goal: Member, architecture: string): string[] {
  const links = chainTo(reason, goal).flatMap((link) =>
    item([...fields(link.by), `depends: ${groupText(link.group, architecture)}`]),
  );
  return links.length === 0 ? [] : [`${key}:`, ...indent(item(['depchain:', ...indent(links, 1)]), 1)];
}

function reasonOf(reason: readonly Because[], link: Because, architecture: string): string[] {
  // dose knows no order, and no word for it: what is pre-depended on cannot be had.
  if (link.kind === 'missing' || link.kind === 'order') {
    const pkg = [...fields(link.by), `unsat-dependency: ${groupText(link.group, architecture)}`];
    const chains = depchain('depchains', reason, link.by, architecture);
    return item(['missing:', ...indent(['pkg:', ...indent(pkg, 1), ...chains], 1)]);
  }
  if (link.kind === 'need') return [];
  const one = [...fields(link.by), `unsat-conflict: ${groupText(link.group, architecture)}`];
  const body = ['pkg1:', ...indent(one, 1), 'pkg2:', ...indent(fields(link.against), 1)];
  const chains = [
    ...depchain('depchain1', reason, link.by, architecture),
    ...depchain('depchain2', reason, link.against, architecture),
  ];
  return item(['conflict:', ...indent([...body, ...chains], 1)]);
}

function buildLines(build: CheckedBuild, architecture: string, explain: boolean): string[] {
  const { source, version, stage, installable, reason, installation } = build;
  const self: Member = { kind: 'source', name: source, version, architecture: build.architecture };
  const lines = [
    ...fields(self),
    ...(stage === 0 ? [] : [`stage: ${stage}`]),
    `status: ${installable ? 'ok' : 'broken'}`,
  ];
  if (explain && reason) {
    lines.push('reasons:');
    for (const link of reason) for (const line of indent(reasonOf(reason, link, architecture), 1)) lines.push(line);
  }
  if (explain && installation) {
    lines.push('installationset:');
    for (const m of [self, ...installation]) for (const line of indent(item(fields(m)), 1)) lines.push(line);
  }
  return indent(item(lines), 1);
}

/** @param explain whether reasons, and installations where the result has them, are written out */
export function checkDose(result: CheckResult, explain: boolean): string {
  const { architecture, binaries, checked, broken, builds } = result;
  const lines = [
    'output-version: 1.2',
    `native-architecture: ${architecture}`,
    `host-architecture: ${architecture}`,
    'report:',
    ...builds.flatMap((build) => buildLines(build, architecture, explain)),
    ' ',
    `binary-packages: ${binaries + checked}`,
    `source-packages: ${checked}`,
    `broken-packages: ${broken}`,
  ];
  return `${lines.join('\n')}\n`;
}

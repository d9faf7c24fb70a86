/**
 * Small universes with everything that can exclude: Conflicts, Breaks, Build-Conflicts, versions, seeds, alternatives.
 */
type Draw = (n: number) => number;

/** The lines of a universe of up to 6 sources. */
export function conflictingUniverse(draw: Draw): string {
  const letters = [...'abcdef'].slice(0, 2 + draw(5));
  const binaries = letters.flatMap((l) => (draw(2) === 0 ? [l, `${l}-x`] : [l]));
  const versioned = (name: string): string => {
    const kind = draw(10);
    return kind === 0 ? `${name} (>= 2)` : kind === 1 ? `${name} (<< 2)` : name;
  };
  const pick = (): string => versioned(draw(10) === 0 ? 'v' : binaries[draw(binaries.length)]!);
  const group = (): string => (draw(3) === 0 ? `${pick()} | ${pick()}` : pick());
  const groups = (upTo: number): string => Array.from({ length: draw(upTo + 1) }, group).join(', ');
  const lines: string[] = [];
  for (const l of letters) {
    const own = binaries.filter((b) => b[0] === l);
    const version = 1 + draw(2);
    lines.push(`${l} ${version}${own.length > 0 ? ` -> ${own.join(', ')}` : ''}: ${groups(3)}`);
    if (draw(2) === 0) lines.push(`${l} stage1${draw(2) === 0 ? ` -> ${own[0]}` : ''}: ${groups(2)}`);
    if (draw(6) === 0) lines.push(`${l} build-conflicts: ${pick()}`);
    for (const b of own) {
      const needs = draw(2) === 0 ? groups(2) : '';
      if (needs !== '') lines.push(`${b} => ${needs}`);
      if (draw(5) === 0) lines.push(`${b} provides: v${draw(2) === 0 ? ' (= 2)' : ''}`);
      if (draw(4) === 0) lines.push(`${b} ${draw(2) === 0 ? 'conflicts' : 'breaks'}: ${pick()}`);
    }
  }
  // What is essential and no part of the seed is asked for by every build; indices say that, these lines do not.
  if (draw(3) === 0) {
    const seed = binaries[draw(binaries.length)]!;
    lines.push(`seed: ${seed}`);
    if (draw(2) === 0) lines.push(`${seed} is essential`);
  }
  const all = binaries[draw(binaries.length)]!;
  if (draw(3) === 0) lines.push(`${all} is all, available`);
  if (draw(2) === 0) lines.push('alternatives: any');
  return lines.join('\n');
}

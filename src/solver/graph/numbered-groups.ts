/** Every group of a universe under a number, with all that satisfies it: equal groups are looked up once. */
import type { BinaryIndex, Row } from '../../indices.ts';
import { askedAlternatives } from '../../metadata/relations/asked-alternatives.ts';
import type { Where } from '../../metadata/relations/satisfaction.ts';
import type { Csr, Group, Universe } from '../../model.ts';
import { CsrBuilder } from './csr.ts';
import { answersByPlace, type ProviderIndex, placeOf } from './providers.ts';

/** The groups of one universe, in rows by who asks. */
export interface NumberedGroups {
  readonly groups: readonly Group[];
  /** Group -> binaries that satisfy it, in the order of preference, each once. */
  readonly candidates: readonly Row<BinaryIndex>[];
  /** Binary -> its groups (Pre-Depends and Depends), as written. */
  readonly ofBinary: Csr<BinaryIndex>;
  /** Variant -> its groups (build dependencies), as written; variants are numbered source by source. */
  readonly ofVariant: Csr;
  /** Source -> the number of its full variant. */
  readonly fullVariant: Int32Array;
}

/** What satisfies one alternative or another, each once. */
function together(group: Group, providers: ProviderIndex, where: Where): Int32Array {
  const found = new Set<number>();
  for (const relation of group) for (const b of providers.satisfying(relation, where)) found.add(b);
  return Int32Array.from(found);
}

/** Linear in the number of groups, apart from the look-ups by name. */
export function numberGroups(universe: Universe, providers: ProviderIndex): NumberedGroups {
  const numbers = answersByPlace<Group, number>();
  const groups: Group[] = [];
  const candidates: Int32Array[] = [];
  const numberOf = (group: Group, where: Where): number => {
    const number = numbers[placeOf(group, where)];
    let n = number.get(group);
    if (n === undefined) {
      n = groups.length;
      number.set(group, n);
      groups.push(group);
      const [first] = group;
      candidates.push(group.length === 1 ? providers.find(first!, where) : together(group, providers, where));
    }
    return n;
  };
  const ofBinary = new CsrBuilder();
  for (const { depends } of universe.binaries) {
    for (const group of depends) ofBinary.add(numberOf(group, 'run'));
    ofBinary.end();
  }
  const ofVariant = new CsrBuilder();
  const fullVariant = new Int32Array(universe.sources.length);
  let variants = 0;
  universe.sources.forEach((source, s) => {
    fullVariant[s] = variants;
    for (const v of source.variants) {
      for (const group of v.buildDepends)
        ofVariant.add(numberOf(askedAlternatives(group, universe.alternatives), 'build'));
      ofVariant.end();
      variants++;
    }
  });
  return { groups, candidates, ofBinary: ofBinary.finish(), ofVariant: ofVariant.finish(), fullVariant };
}

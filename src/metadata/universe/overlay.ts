/**
 * What people put on top of an archive: a debian/control or .dsc with new build dependencies, and annotations. Each
 * replaces what the index says about that source, and nothing else.
 */
import type { Diagnostic } from '../../model.ts';
import { nearest } from '../../text/nearest-names.ts';
import type { Annotations } from '../annotations/annotations.ts';
import type { ControlOverlay } from '../control/control.ts';
import type { SourceRecord } from '../control/sources.ts';

/** The records with overlays applied, in no order; an overlay for a source that is not there is a problem. */
export function overlaid(
  sources: ReadonlyMap<string, SourceRecord>,
  controls: readonly ControlOverlay[],
): { sources: ReadonlyMap<string, SourceRecord>; problems: readonly Diagnostic[] } {
  const result = new Map(sources);
  const problems: Diagnostic[] = [];
  for (const { name, source, fields, formulas, controls: stanzas, place, origin } of controls) {
    const there = result.get(name);
    if (source) result.set(name, source);
    else if (there)
      result.set(name, {
        ...there,
        // It may build what the index does not know yet.
        binaries: [...new Set([...there.binaries, ...(stanzas?.keys() ?? [])])],
        fields,
        formulas: formulas ?? there.formulas,
        ...(stanzas && { controls: stanzas }),
        lenient: true,
        place,
        origin,
      });
    else {
      const guess = nearest(name, sources.keys());
      const help = guess ? `did you mean ${guess}?` : 'give the .dsc of a new source; it names version and binaries';
      const message = `no source is named ${name}`;
      problems.push({ code: 'BP153', severity: 'error', message, ...place('source', 0, name.length), help });
    }
  }
  return { sources: result, problems };
}

/** Annotations for sources that are not there: lists are shared between releases, so this is no error. */
export function unusedAnnotations(
  sources: ReadonlyMap<string, SourceRecord>,
  annotations: Annotations,
): readonly Diagnostic[] {
  return [...annotations].flatMap(([name, { origin }]) =>
    sources.has(name)
      ? []
      : [
          {
            code: 'BP154',
            severity: 'note',
            message: `annotated source ${name} is not in the archive`,
            origin,
          } as const,
        ],
  );
}

/** What a builder tells before the first build, as events of the run. */
import type { Preparing, SourcesChecked } from '../../events/before-builds.ts';
import type { Session } from '../journal/session.ts';

/** Tells of signatures once: what was told before, in this run or an earlier one, is left out. */
export function tellOnce(session: Session, event: Preparing | SourcesChecked): void {
  if (event.type === 'preparing') {
    session.emit(event);
    return;
  }
  const { signed } = session.state;
  const sources = event.sources.filter((one) => {
    const known = signed.get(`${one.source} ${one.version}`);
    return known?.signature !== one.signature || known.key !== one.key;
  });
  if (sources.length > 0) session.emit({ ...event, sources });
}

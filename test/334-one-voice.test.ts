/**
 * One voice: `explain`, its bug report, the pages of the report, proposals, wishes and `whatif` say the same of the
 * line that is to be changed first. `BOOTPLAN_VOICES=200` asks as many sources of bookworm's knot ($BOOTPLAN_DATA),
 * drawn evenly.
 */
import { expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { boldness, propose } from '../src/application/proposals/propose.ts';
import { explained } from '../src/application/questions/explain.ts';
import { askedDrop, foundDrop } from '../src/application/questions/whatif-change.ts';
import { sourceFacts, sourceGraph } from '../src/application/report/source-facts.ts';
import { loadUniverse } from '../src/application/universe/load-universe.ts';
import { withoutPromises } from '../src/metadata/declared-stages/declared-profiles.ts';
import { isRegisteredProfile } from '../src/metadata/relations/formula.ts';
import type { Universe } from '../src/model.ts';
import { bugText, explainText } from '../src/reports/plan/explain.ts';
import { cyclesOfUniverse } from '../src/solver/cycles/cycles.ts';
import { groundOf } from '../src/solver/explain/explain.ts';
import { noKnowledge } from '../src/solver/propose/edit-lines.ts';
import { dataFile } from './bench/measure.ts';
import { request } from './rig/request.ts';
import { universe } from './rig/universe.ts';

interface Heard {
  /** Sources that have a line to change first. */
  readonly asked: number;
  /** How often each voice spoke of such a line. */
  readonly voices: Readonly<Record<string, number>>;
  readonly disagreements: readonly string[];
}

/** @param promised with what build profiles promise @param most sources asked, drawn evenly from those of cycles */
async function heard(promised: Universe, most: number): Promise<Heard> {
  const plain = withoutPromises(promised);
  const { resolved, plan } = await answersFor(plain, {});
  const ground = groundOf(resolved);
  const members = ground.sccs.flatMap((c) => c.members).sort((a, b) => a - b);
  const step = Math.max(1, Math.floor(members.length / most));
  const drawn = members.filter((_, i) => i % step === 0).slice(0, most);
  const proposal = await propose(promised, { classes: boldness[3]!, knowledge: noKnowledge, frontier: false });
  const cycles = cyclesOfUniverse(resolved, { upTo: 4 });
  const pages = sourceFacts({ resolved, cycles, plan, graph: sourceGraph(resolved), added: [] });
  const told = pages.flatMap((p) => [...p.ownLines, ...p.cycleLines, ...p.newLines]);
  const voices: Record<string, number> = { text: 0, bug: 0, page: 0, breaker: 0, proposal: 0, wish: 0, whatif: 0 };
  const disagreements: string[] = [];
  let asked = 0;
  for (const source of drawn) {
    const e = explained(ground, plan, source);
    const [best] = e.first.lines;
    if (best === undefined) continue;
    asked++;
    const agree = (voice: string, says: readonly (string | undefined)[], wanted: string): void => {
      voices[voice] = voices[voice]! + says.length;
      for (const said of new Set(says))
        if (said !== wanted) disagreements.push(`${e.source}: ${voice} says ${said}, explain ${wanted}`);
    };
    const isIt = (l: { readonly source: string; readonly group: string | undefined }) =>
      l.source === best.source && l.group === best.group;
    const first = /^ {2}1\. src:(.*)$/m.exec(explainText(e).slice(explainText(e).indexOf('change first')))?.[1];
    if (e.stuck) agree('text', first === undefined ? [] : [first], `${best.source}  ${best.conditional}`);
    const open = e.first.lines.find((l) => l.declaredBy.length === 0);
    if (open !== undefined && e.stuck) {
      const letter = bugText(e);
      agree('bug', [/^Source: (.*)$/m.exec(letter)![1]!], open.source);
      agree('bug', letter.includes(`+ ${open.conditional},`) ? [] : ['another line'], open.conditional);
    }
    agree(
      'page',
      told.filter(isIt).map((l) => l.conditional),
      best.conditional,
    );
    agree(
      'breaker',
      e.breakers.filter(isIt).map((l) => l.conditional),
      best.conditional,
    );
    const proposed = proposal.edits.filter((p) => p.source === best.source).flatMap((p) => p.lines);
    agree(
      'proposal',
      proposed.filter((l) => l.group === best.group).map((l) => l.conditional),
      best.conditional,
    );
    if (isRegisteredProfile(best.profile) && !best.profile.startsWith('pkg.') && best.declaredBy.length === 0) {
      const drops = e.source === best.source ? (e.wish?.drops ?? []) : [];
      agree(
        'wish',
        drops.filter((d) => d.group === best.group).map((d) => d.profile),
        best.profile,
      );
      const { groups } = foundDrop(resolved, askedDrop(`${best.source}:<!${best.profile}>`));
      agree('whatif', [groups.includes(best.group) ? best.group : groups.join(', ')], best.group);
    }
  }
  return { asked, voices, disagreements };
}

test('of a small archive all say the same line first, of whatever class', async () => {
  const u = universe(`
    lib -> lib, python3-lib, gir1.2-lib: doxygen, bats, python3-numpy, gobject-introspection, compiler
    lib stage1: bats, python3-numpy, gobject-introspection, compiler
    docs: texinfo, lib, default-jdk
    texinfo: docs
    doxygen: lib, docs
    bats: lib
    numpy -> python3-numpy: lib, libldap2-dev
    libldap2-dev: numpy, compiler
    introspection -> gobject-introspection: lib
    compiler: compiler, docs, gcc-multilib
    gcc-multilib: compiler
    default-jdk: docs, default-jdk
  `);
  const { asked, voices, disagreements } = await heard(u, 100);
  expect(disagreements).toEqual([]);
  expect(asked).toBeGreaterThan(6);
  for (const voice of Object.keys(voices)) expect([voice, voices[voice]! > 0]).toEqual([voice, true]);
});

const many = Number(process.env.BOOTPLAN_VOICES ?? 0);
const [packages, sources] = [dataFile('bookworm-main-amd64-Packages.xz'), dataFile('bookworm-main-Sources.xz')];

test.runIf(many > 0 && packages !== undefined && sources !== undefined)(
  'of bookworm too',
  async () => {
    const asked = request(packages!, sources!, { targets: 'essential', declaredProfiles: true });
    const { universe: u } = await loadUniverse(asked);
    const answer = await heard(u, many);
    console.info(JSON.stringify({ asked: answer.asked, voices: answer.voices }));
    expect(answer.disagreements).toEqual([]);
  },
  3_600_000,
);

/** What maintainers have declared, under the names that they give it, is a stage of the plan. */
import { expect, test } from 'vitest';
import { bin, planned, src } from './rig/answers.ts';
import { scratch } from './rig/program.ts';

const base = scratch();

test('a private name of a stage breaks the cycle as the registered one does', async () => {
  for (const profile of ['stage1', 'pkg.player.stage1', 'pkg.player.bootstrap', 'pkg.player.bootstrap1']) {
    const archive = {
      packages: [bin('player-dev', 'Source: player'), bin('print-dev', 'Source: print')],
      sources: [
        src('player', 'Binary: player-dev', `Build-Depends: print-dev <!${profile}>`),
        src('print', 'Binary: print-dev', 'Build-Depends: player-dev'),
      ],
    };
    expect(await planned(base, archive)).toBe('player<stage1> print player print#2 player#2');
  }
});

/** `bootplan cycles` on bookworm, whole and its bootstrappable closure, beside botch's way to a graph. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bootplanMeasured, dataFile, isInstalled, leftOut, type Measured, measured, type Row } from './measure.ts';

export const name = 'cycles';

const found = ({ stdout, stderr }: Measured): string => {
  const { counts } = JSON.parse(stdout);
  if (!counts) throw new Error(stderr);
  return `${counts.sources} sources, ${counts.sccs} SCCs, the largest ${counts.largest}`;
};

/** The graph of the closure: ours from the indices to the whole answer, botch's to the source graph alone. */
function closure(scratch: string): readonly Row[] {
  const what = 'closure of build-essential';
  const [p, s] = [dataFile('closure-Packages.gz'), dataFile('closure-Sources.gz')];
  if (!p || !s) return [leftOut(what, 'no closure-Packages.gz and closure-Sources.gz in $BOOTPLAN_DATA')];
  const [packages, sources, given] = ['Packages', 'Sources', 'given'].map((f) => join(scratch, f)) as [
    string,
    string,
    string,
  ];
  const text = gunzipSync(readFileSync(p)).toString();
  writeFileSync(packages, text);
  writeFileSync(sources, gunzipSync(readFileSync(s)));
  const isAll = (stanza: string) => stanza.includes('\nArchitecture: all');
  writeFileSync(given, `${text.split('\n\n').filter(isAll).join('\n\n')}\n`);
  const ours = bootplanMeasured(['cycles', '-q', '--packages', packages, '--sources', sources, '--json']);
  const rows: Row[] = [{ ...ours, what, note: found(ours) }];
  if (!isInstalled('botch-create-graph')) return [...rows, leftOut('botch', 'botch is not installed')];
  const arch = '--deb-native-arch=amd64';
  const graph = measured('sh', [
    '-c',
    'botch-create-graph "$1" -A "$5" "$2" "$3" >"$4/bg.xml" && botch-buildgraph2srcgraph "$1" "$4/bg.xml" "$2" "$3" >"$4/sg.xml"',
    'sh',
    arch,
    packages,
    sources,
    scratch,
    given,
  ]);
  rows.push({ ...graph, what: 'botch-create-graph, -buildgraph2srcgraph', peerOf: what, note: 'the graphs alone' });
  const theirs = bootplanMeasured(['cycles', '-q', '--graph', join(scratch, 'bg.xml'), '--json']);
  const read = "botch's build graph, by --graph";
  rows.push({ ...theirs, what: read, note: found(theirs) });
  const info = measured('botch-extract-scc', [
    `--outdir=${scratch}`,
    '--outfnameattr=cudfname',
    '--outfnamevert',
    'type:src',
    join(scratch, 'bg.xml'),
    'cyclic',
  ]);
  rows.push({ ...info, what: 'botch-extract-scc of the same graph', peerOf: read });
  return rows;
}

export async function run(): Promise<readonly Row[]> {
  const what = 'all of bookworm main, amd64';
  const [packages, sources] = [dataFile('bookworm-main-amd64-Packages.xz'), dataFile('bookworm-main-Sources.xz')];
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    const small = closure(scratch);
    if (!packages || !sources) return [...small, leftOut(what, 'no bookworm indices in $BOOTPLAN_DATA')];
    const [p, s] = [join(scratch, 'P'), join(scratch, 'S')];
    writeFileSync(p, measured('xz', ['-dc', packages]).stdout);
    writeFileSync(s, measured('xz', ['-dc', sources]).stdout);
    const whole = bootplanMeasured(['cycles', '-q', '--packages', p, '--sources', s, '--json']);
    const all = bootplanMeasured(['cycles', '-q', '--packages', p, '--sources', s, '--arch-all', 'build', '--json']);
    return [
      { ...whole, what, limit: { user: 4, peak: 700 }, note: found(whole) },
      { ...all, what: `${what}, --arch-all build`, note: found(all) },
      ...small,
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * The builds of bookworm's plan on 1 to 256 machines that only let time pass: how long they take beside the least that
 * any schedule must take, and what scheduling costs. `BOOTPLAN_CLUSTER_PLOT=docs/clusters.svg` draws it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vega from 'vega';
import { expectedTimes } from '../../src/application/questions/node-estimate.ts';
import type { Plan } from '../../src/model.ts';
import { root } from '../rig/program.ts';
import type { Simulated } from '../rig/simulated-cluster.ts';
import { bootplanMeasured, dataFile, leftOut, measured, type Row } from './measure.ts';

export const name = 'cluster';

const machines = [1, 4, 16, 64, 256];
const hours = (seconds: number): number => seconds / 3600;

/** Hours over machines, both logarithmic: what the schedule takes, and what none gets below. */
async function plot(points: readonly { readonly nodes: number; readonly simulated: Simulated }[]): Promise<string> {
  const values = points.flatMap(({ nodes, simulated: { seconds, bound } }) => [
    { nodes, hours: hours(seconds), what: 'scheduled' },
    { nodes, hours: hours(bound), what: 'no schedule gets below' },
  ]);
  const axis = { grid: true, gridColor: '#ddd', tickMinStep: 1 };
  const spec: vega.Spec = {
    width: 560,
    height: 300,
    padding: 8,
    background: '#fff',
    data: [
      { name: 'points', values },
      { name: 'scheduled', source: 'points', transform: [{ type: 'filter', expr: "datum.what === 'scheduled'" }] },
      { name: 'bound', source: 'points', transform: [{ type: 'filter', expr: "datum.what !== 'scheduled'" }] },
    ],
    scales: [
      { name: 'x', type: 'log', base: 4, range: 'width', domain: { data: 'points', field: 'nodes' } },
      { name: 'y', type: 'log', range: 'height', domain: { data: 'points', field: 'hours' }, nice: true },
      { name: 'what', type: 'ordinal', domain: ['scheduled', 'no schedule gets below'], range: ['#004080', '#a04000'] },
    ],
    axes: [
      { scale: 'x', orient: 'bottom', title: 'machines', values: machines, format: 'd', ...axis },
      { scale: 'y', orient: 'left', title: 'hours', format: '~g', ...axis },
    ],
    legends: [{ stroke: 'what', symbolType: 'stroke' }],
    marks: [
      {
        type: 'line',
        from: { data: 'bound' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'nodes' },
            y: { scale: 'y', field: 'hours' },
            stroke: { value: '#a04000' },
            strokeDash: { value: [6, 4] },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'scheduled' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'nodes' },
            y: { scale: 'y', field: 'hours' },
            fill: { value: '#004080' },
            size: { value: 60 },
          },
        },
      },
    ],
  };
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}

export async function run(): Promise<readonly Row[]> {
  const [packages, sources] = [dataFile('bookworm-main-amd64-Packages.xz'), dataFile('bookworm-main-Sources.xz')];
  if (!packages || !sources) return [leftOut('scheduling on a cluster', 'no bookworm indices in $BOOTPLAN_DATA')];
  const home = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    const inputs = ['--packages', packages, '--sources', sources, '--targets', 'essential'];
    const { stdout } = bootplanMeasured(['plan', '-q', ...inputs, '--wishes', 'last-resort', '--json']);
    const plan = JSON.parse(stdout) as Plan;
    const secondsOf = await expectedTimes({ sources: [sources], times: undefined });
    const files = [join(home, 'plan.json'), join(home, 'times.json')];
    writeFileSync(files[0]!, stdout);
    writeFileSync(files[1]!, JSON.stringify(plan.builds.map(({ source, stage }) => secondsOf(source, stage))));
    const points = machines.map((nodes) => {
      const script = join(root, 'test/rig/simulated-cluster.ts');
      const {
        code,
        stdout: told,
        stderr,
        ...figures
      } = measured(join(root, 'bin/node'), [script, ...files, String(nodes)]);
      if (code !== 0) throw new Error(stderr);
      return { nodes, figures, simulated: JSON.parse(told) as Simulated };
    });
    if (process.env.BOOTPLAN_CLUSTER_PLOT) writeFileSync(process.env.BOOTPLAN_CLUSTER_PLOT, await plot(points));
    return points.map(({ nodes, figures, simulated: { builds, seconds, bound, milliseconds } }) => ({
      ...figures,
      what: `${builds} builds on ${nodes} machines`,
      limit: { peak: 300, cpu: (2 * builds) / 1000 },
      note: `${hours(seconds).toFixed(1)} h, ${((100 * seconds) / bound - 100).toFixed(1)} % over what none gets below; scheduling ${milliseconds.toFixed(2)} ms of CPU a build`,
    }));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

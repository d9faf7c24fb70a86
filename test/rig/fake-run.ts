/**
 * A whole run with the fake builder in a process of its own, to be killed: `node test/rig/fake-run.ts DIRECTORY [MS]`.
 */
import { watchForInterruption } from '../../src/runner/scheduling/interruption.ts';
import { compilerPlan } from './fake-builder.ts';
import { run } from './run-rig.ts';

const anHour = 3_600_000;
const stop = watchForInterruption((signal) => console.log(`got ${signal}`), anHour);
const scripts = { 'libc<stage1>': { sleep: 20 }, cc: { sleep: Number(process.argv[3] ?? 30) }, sh: { sleep: 50 } };
const options = { drain: stop.drain, kill: stop.kill, leave: stop.leave };
const { after } = await run(process.argv[2]!, compilerPlan(), scripts, options, (event) => {
  if (event.type === 'build-started') console.log(`started ${event.build}`);
});
console.log(after.status);
stop.dispose();

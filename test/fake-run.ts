/** A whole run with the fake builder in a process of its own, to be killed: `node test/fake-run.ts DIRECTORY`. */
import { compilerPlan } from './fake-builder.ts';
import { run } from './run-rig.ts';

const { after } = await run(process.argv[2]!, compilerPlan(), {
  'libc<stage1>': { sleep: 20 },
  cc: { sleep: 30 },
  sh: { sleep: 50 },
});
console.log(after.status);

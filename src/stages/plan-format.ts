/** The bytes of plan.json: one line per build, keys in a fixed order, nothing that depends on the day. */
import type { Plan } from '../model.ts';

/** Same plan, same bytes; the layout of its schema, `metadata/schema/plan.schema.json`. */
export function formatPlan(plan: Plan): string {
  const { builds, runtime, stuck, ...rest } = plan;
  const list = (items: readonly unknown[]) =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const entries = Object.entries(runtime).map(
    ([name, needs]) => `    ${JSON.stringify(name)}: ${JSON.stringify(needs)}`,
  );
  const head = Object.entries(rest).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return [
    '{',
    `${head.join(',\n')},`,
    `  "stuck": ${list(stuck)},`,
    `  "builds": ${list(builds)},`,
    `  "runtime": ${entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n  }`}`,
    '}',
    '',
  ].join('\n');
}

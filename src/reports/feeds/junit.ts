/** JUnit XML, as every continuous integration reads it. */
import { type Markup, xml } from '../writing/xml.ts';

/** One question and its answer. */
export interface TestCase {
  readonly name: string;
  readonly seconds: number;
  /** '' for a good one. */
  readonly failure: string;
  readonly kind: string;
}

/** The file. */
export function junitXml(suite: string, cases: readonly TestCase[]): string {
  const failures = cases.filter((c) => c.failure !== '').length;
  const one = (c: TestCase): Markup =>
    c.failure === ''
      ? xml`<testcase classname="${suite}" name="${c.name}" time="${c.seconds}"/>\n`
      : xml`<testcase classname="${suite}" name="${c.name}" time="${c.seconds}"><failure type="${c.kind}" message="${c.failure}"/></testcase>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    xml`<testsuites name="bootplan" tests="${cases.length}" failures="${failures}"><testsuite name="${suite}" tests="${cases.length}" failures="${failures}">
${cases.map(one)}</testsuite></testsuites>
`.text
  }`;
}

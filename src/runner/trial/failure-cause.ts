/** Why a build failed, in one line of the end of its log. */

/** What makes, and those who call them, say of a failure below them. */
const echo = /^(dpkg-buildpackage: error:|make(\[\d+\])?: (\*\*\*|Leaving)|dh_\w+: error: .* returned exit code)/;

/** A line that names what is wrong. */
const diagnosis = /\b(error|fatal|not found|no such file|cannot|missing|undefined|unknown|required|disable)\b/i;

/** Where no line names it, the target that the innermost make has failed to make says more than advice on what to do. */
const failedTarget = /^make(\[\d+\])?: \*\*\* \[/;

export function failureCause(tail: readonly string[]): string | undefined {
  const told = tail.filter((line) => !echo.test(line));
  return (
    told.findLast((line) => diagnosis.test(line)) ??
    tail.find((line) => failedTarget.test(line)) ??
    told.at(-1)
  )?.trim();
}

/** Two texts as a unified diff, as patch(1) and git-apply(1) read it. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** '' when the texts are equal. `path` is written after a/ and b/. O(lines × differences). */
export function unifiedDiff(before: string, after: string, path: string): string {
  if (before === after) return '';
  const name = path.replace(/^\/+/, '');
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** What annotations say of how a source is built (`build:`): changes of its recipe, by the rules of overrides. */

import { resultOf } from '../../diagnostics.ts';
import type { AnnotatedBuild, Diagnostic, Project, Result, Source } from '../../model.ts';
import { applyOverrides } from './apply-overrides.ts';
import { checkedChanges, type OverridesYaml, type SourceChange } from './overrides.ts';

/** As overrides of this source alone. */
const asOverrides = ({ name }: Source, { value }: AnnotatedBuild): OverridesYaml => ({
  sources: { [name]: value as SourceChange },
});

/** The project as its annotations want it built; a later file changes what an earlier one has made. */
export function withAnnotatedBuilds(project: Project): Result<Project> {
  const problems: Diagnostic[] = [];
  let changed = project;
  for (const source of project.universe.sources)
    for (const build of source.build ?? []) {
      if (!project.recipes.has(source.name)) continue;
      const { file, origin } = build;
      const value = asOverrides(source, build);
      const checked = checkedChanges(value, changed, file, (_, remark) => ({ ...remark, origin }));
      problems.push(...checked.problems);
      if (checked.problems.length === 0) changed = applyOverrides(changed, { value, file, patches: checked.patches });
    }
  return resultOf(changed, problems);
}

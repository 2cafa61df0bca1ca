import { stringify } from 'yaml';
import { byService, type Content } from '../scripts/generate/content.ts';
import { functionParts, functionResources, OPTIONAL } from '../scripts/generate/functions.ts';
import { OUTCOMES } from '../scripts/generate/outcomes.ts';
import { PAGERDUTY, rolesOf, TEAMS } from '../scripts/generate/roles.ts';
import type { Catalogue } from '../shared/cli/costs/model.ts';

/** Not in docs/costs.md's sums, which have Slack: the page says what each of them adds. */
const BESIDE: readonly string[] = [TEAMS, PAGERDUTY, OUTCOMES];

/** The resources of every function that the sums hold, as templates. */
export function functionTemplates(content: Content): readonly string[] {
  const roles = new Map(rolesOf(content, {}).map(({ name, statements }) => [name, statements]));
  const asked = OPTIONAL.filter((name) => !BESIDE.includes(name));
  return functionParts(content, {}, asked).map((parts) =>
    stringify(functionResources(parts, roles.get(parts.name) ?? [])),
  );
}

/** How large a catalogue is. */
export const catalogueOf = (content: Content): Catalogue => ({
  controls: content.controls.length,
  detections: content.detections.length,
  services: byService(content.controls).size,
  dailyRules:
    functionTemplates(content)
      .join('\n')
      .match(/MessageType: ScheduledNotification$/gm)?.length ?? 0,
});

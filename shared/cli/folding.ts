import type { Result } from '../result.ts';
import { counted } from '../text.ts';

/** Decides which results people see one by one; the others are counted. */
export interface Folding {
  /** True for a result that is news. */
  isNews(result: Result): boolean;
  /** What was folded, in lines; none where nothing was. */
  lines(): readonly string[];
}

/** Maximum results of controls that do not apply that are shown: of a log, most resources are gone. */
const FEW = 5;

/** Folds the events that concern no control, controls that do not apply after the first few, and what was said of the same resource or failure before. */
export function folding(): Folding {
  const said = new Map<string, string>();
  const repeated = new Set<string>();
  let unconcerned = 0;
  let inapplicable = 0;
  let repeats = 0;
  return {
    isNews(result) {
      if (result.controlId === null && result.outcome === 'notApplicable') {
        unconcerned += 1;
        return false;
      }
      const key = keyOf(result);
      const now = JSON.stringify([result.outcome, result.error, result.annotation]);
      const isNews = said.get(key) !== now;
      said.set(key, now);
      if (isNews && result.outcome !== 'notApplicable') return true;
      if (isNews) {
        inapplicable += 1;
        return inapplicable <= FEW;
      }
      repeats += 1;
      repeated.add(key);
      return false;
    },
    lines: () => [
      ...(unconcerned > 0 ? [`${counted(unconcerned, 'event concerns', 'events concern')} no control`] : []),
      ...(inapplicable > FEW
        ? [
            `${counted(inapplicable - FEW, 'more result')} of controls that do not apply, or of resources that are gone: --json says why`,
          ]
        : []),
      ...(repeats > 0
        ? [
            `${counted(repeats, 'result')} as before, of ${counted(repeated.size, 'resource and control', 'resources and controls')}`,
          ]
        : []),
    ],
  };
}

/** A failure that names no resource is the same where its sentence is. */
const keyOf = ({ controlId, resourceType, resourceId, accountId, region, error }: Result): string =>
  JSON.stringify([controlId, resourceType, resourceId, accountId, region, resourceId === null ? error : null]);

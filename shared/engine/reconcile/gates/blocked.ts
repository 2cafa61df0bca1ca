import { attemptContext } from '../../execution/outcomes.ts';
import type { Gate } from './gate.ts';

/** A lasting refusal is retried when its circumstances change, when a person asks, or when its retry is due. */
export const blocked: Gate = ({ run, control, evaluated }) => {
  const finding = run.draft.state.findings[control.id];
  if (finding?.blocked == null || finding.retryAt === null || run.cause.byPerson === true) return null;
  const { facets, version } = attemptContext(run, evaluated);
  const isOther = finding.blocked.facets !== facets || finding.blocked.version !== version;
  if (isOther || finding.retryAt <= run.now().toISOString()) return null;
  return { outcome: 'blocked', reason: finding.blocked.by, quiet: true };
};

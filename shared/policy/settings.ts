import { createHash } from 'node:crypto';
import type { AnyControl, Mode } from '../control.ts';
import { defaultParameters } from './defaults.ts';
import type { Policy, PolicyDocument } from './policy.ts';

/** What holds by a validated policy.yml, or by the controls' recommendations where there is none (`null`). */
export function policyFrom(document: PolicyDocument | null): Policy {
  const version = document === null ? 'recommended' : hashOf(document);
  return {
    version,
    settingsFor: (control) => ({
      ...modeOf(control, document),
      parameters: { ...defaultParameters(control), ...document?.controls?.[control.id]?.parameters },
    }),
  };
}

interface Chosen {
  readonly mode: Mode;
  readonly why: string;
}

/** The most specific mode. Without one, a remediation that disrupts or destroys waits for approval: it wants to be named. */
function modeOf(control: AnyControl, document: PolicyDocument | null): Chosen {
  const named = document?.controls?.[control.id]?.mode;
  if (named !== undefined) return { mode: named, why: `policy.yml sets ${control.id} to ${named}` };
  const general = document?.defaults?.mode;
  const mode = general ?? control.recommendedMode;
  const why = general === undefined ? `the control recommends ${mode}` : `policy.yml sets every control to ${mode}`;
  const harmful = control.impact === 'disruptive' || control.impact === 'destructive';
  if (mode !== 'remediate' || !harmful) return { mode, why };
  return {
    mode: 'approve',
    why: `its remediation is ${control.impact}: it acts by itself only where policy.yml names it`,
  };
}

const hashOf = (document: PolicyDocument) =>
  createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 12);

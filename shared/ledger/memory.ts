import type { Finding, Ledger, Remediation } from './ledger.ts';

/** As a table would give it back: a copy, and what JSON keeps of it. */
const kept = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** A ledger that lasts as long as its process: for the command without `EVENKEEL_TABLE`, and for tests. */
export function memoryLedger(): Ledger {
  const findings = new Map<string, Map<string, Finding>>();
  const lastKnown = new Map<string, unknown>();
  const remediations = new Map<string, Remediation>();
  return {
    async recall(key) {
      return { findings: [...(findings.get(key)?.values() ?? [])], lastKnown: lastKnown.get(key) ?? null };
    },
    async saveFinding(key, finding) {
      findings.set(key, (findings.get(key) ?? new Map()).set(finding.controlId, kept(finding)));
    },
    async remember(key, state) {
      lastKnown.set(key, kept(state));
    },
    async saveRemediation(_key, remediation) {
      remediations.set(remediation.id, kept(remediation));
    },
    async remediation(id) {
      return remediations.get(id) ?? null;
    },
  };
}

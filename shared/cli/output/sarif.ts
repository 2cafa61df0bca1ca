import type { Log, ReportingDescriptor, Result as SarifResult } from 'sarif';
import type { Severity } from '../../control.ts';
import { hashOf } from '../../hash.ts';
import { codeVersion } from '../../lambda/version.ts';
import { reasonOf } from '../../result.ts';
import { visible, visibleJson } from '../../text.ts';
import { type Entry, judgeOf, refOf } from './entry.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** The rule of what could not be evaluated at all. */
const NOT_EVALUATED = 'not-evaluated';

const LEVELS: Readonly<Record<Severity, SarifResult.level>> = {
  CRITICAL: 'error',
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'note',
  INFORMATIONAL: 'note',
};
/** By which viewers sort, from 0 to 10. */
const SCORES: Readonly<Record<Severity, string>> = {
  CRITICAL: '9.5',
  HIGH: '8.0',
  MEDIUM: '5.5',
  LOW: '3.0',
  INFORMATIONAL: '0.0',
};

/** Entries as one SARIF 2.1.0 document. */
export function sarifOf(entries: readonly Entry[]): Log {
  const ids = [...new Set(entries.map(({ result }) => result.controlId ?? NOT_EVALUATED))];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Evenkeel', semanticVersion: codeVersion, rules: ids.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: entries.map((entry) => resultOf(entry, ids)),
      },
    ],
  };
}

export const sarifText = (entries: readonly Entry[]): string =>
  `${JSON.stringify(sarifOf(entries), null, 2).split('\n').map(visibleJson).join('\n')}\n`;

function ruleOf(id: string): ReportingDescriptor {
  const judge = judgeOf({ controlId: id });
  if (judge === null) return { id, shortDescription: { text: 'A resource or type that could not be evaluated.' } };
  return {
    id,
    name: judge.title,
    shortDescription: { text: judge.title },
    fullDescription: { text: judge.description },
    help: { text: `${judge.rationale}\n\n${judge.guidance}` },
    defaultConfiguration: { level: LEVELS[judge.severity] },
    properties: { 'security-severity': SCORES[judge.severity], tags: ['security', ...judge.relatedRequirements] },
  };
}

function resultOf({ result, arn, name, firstSeen }: Entry, ids: readonly string[]): SarifResult {
  const ruleId = result.controlId ?? NOT_EVALUATED;
  const isFine =
    result.outcome === 'compliant' || result.outcome === 'notApplicable' || result.outcome === 'remediated';
  const ref = refOf(result);
  return {
    ruleId,
    ruleIndex: ids.indexOf(ruleId),
    kind: isFine ? (result.outcome === 'notApplicable' ? 'notApplicable' : 'pass') : 'fail',
    level: isFine ? 'none' : LEVELS[result.severity ?? 'MEDIUM'],
    message: { text: visible(reasonOf(result) || result.outcome) },
    locations:
      ref === null
        ? []
        : [
            {
              logicalLocations: [
                {
                  name: visible(name ?? ref.resourceId),
                  fullyQualifiedName: visible(arn ?? ref.resourceId),
                  kind: 'resource',
                },
              ],
            },
          ],
    partialFingerprints: {
      'controlAndResource/v1': hashOf([ruleId, ref, ref === null ? [result.resourceType, result.region] : null]),
    },
    ...(result.outcome === 'exempted' ? { suppressions: [{ kind: 'external', status: 'accepted' }] } : {}),
    properties: {
      outcome: result.outcome,
      resourceType: result.resourceType,
      accountId: result.accountId,
      region: result.region,
      remediationId: result.remediationId,
      firstSeen,
    },
  };
}

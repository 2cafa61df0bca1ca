import { stringify } from 'csv-stringify/sync';
import { visible, withoutErrorNames } from '../../text.ts';
import { type Entry, judgeOf, serviceOf } from './entry.ts';

/** The columns of a line, in their order. */
const COLUMNS: Readonly<Record<string, (entry: Entry) => string | null>> = {
  severity: ({ result }) => result.severity,
  controlId: ({ result }) => result.controlId,
  title: ({ result }) => judgeOf(result)?.title ?? null,
  service: ({ result }) => serviceOf(judgeOf(result)),
  outcome: ({ result }) => result.outcome,
  compliance: ({ result }) => result.after ?? result.before,
  resourceType: ({ result }) => result.resourceType,
  resourceId: ({ result }) => result.resourceId,
  name: ({ name }) => name,
  arn: ({ arn }) => arn,
  accountId: ({ result }) => result.accountId,
  region: ({ result }) => result.region,
  annotation: ({ result }) => withoutErrorNames(result.annotation ?? ''),
  error: ({ result }) => withoutErrorNames(result.error ?? ''),
  firstSeen: ({ firstSeen }) => firstSeen,
  calls: ({ result }) => result.steps.map(({ service, operation }) => `${service}:${operation}`).join(' '),
  remediationId: ({ result }) => result.remediationId,
};

/** Entries as CSV (RFC 4180, with a header). No cell is a formula to a spreadsheet. */
export const csvOf = (entries: readonly Entry[]): string =>
  stringify(
    entries.map((entry) => Object.values(COLUMNS).map((value) => visible(value(entry) ?? ''))),
    { header: true, columns: Object.keys(COLUMNS), escape_formulas: true },
  );

import type { Severity } from '../control.ts';
import { isObject, type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { hashOf } from '../hash.ts';
import { visible } from '../text.ts';
import { pagesOf, type Read, readMessage, type TopicMessage } from './topic-message.ts';

/** An alert event of PagerDuty's Events API v2, without the routing key. */
export type PagerDutyEvent =
  | { readonly event_action: 'resolve'; readonly dedup_key: string }
  | {
      readonly event_action: 'trigger';
      readonly dedup_key: string;
      readonly payload: {
        readonly summary: string;
        readonly source: string;
        readonly severity: 'critical' | 'error' | 'warning' | 'info';
        readonly component?: string;
        readonly group?: string;
        readonly class?: string;
        readonly custom_details: Readonly<Record<string, string>>;
      };
      readonly links: readonly { readonly href: string; readonly text: string }[];
    };

const SEVERITIES: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  CRITICAL: 'critical',
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'info',
  INFORMATIONAL: 'info',
};
/** Nobody is paged for less. */
const PAGED = ['CRITICAL', 'HIGH'];
const OPEN = ['detected', 'awaitingApproval', 'halted', 'blocked', 'failed'];
const CLOSED = ['remediated', 'compliant', 'notApplicable', 'exempted'];

const MAX_SUMMARY_CHARACTERS = 1024;
const MAX_NAME_CHARACTERS = 255;
/** PagerDuty takes 512 KB; escaped, a character is up to six bytes. */
const MAX_DETAIL_CHARACTERS = 40_000;
const MAX_URL_CHARACTERS = 2_000;

/** What PagerDuty is sent of any message of the topic: an open CRITICAL or HIGH finding triggers the alert of its control and resource, its end resolves it. Blindness and CloudWatch's alarms do the same; a digest with open findings triggers one alert. Never throws. */
export function pagerDutyEvents(message: TopicMessage): readonly PagerDutyEvent[] {
  const read = readMessage(message);
  const { data } = read;
  if (data === null) return [];
  if (stringOrNull(data.AlarmName) !== null) return [ofAlarm(read, data)];
  const findings = objectsIn(data.findings);
  if (findings.length > 0) return findings.flatMap((finding) => ofFinding(read, data, finding));
  return ofAnnouncement(read, data);
}

const objectsIn = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const isPaged = (value: unknown): boolean => PAGED.includes(stringOrNull(value) ?? '');
/** At most 255 characters, whatever the ids are. */
const keyOf = (...parts: readonly unknown[]): string => `evenkeel-${hashOf(parts).slice(0, 40)}`;

function ofFinding(read: Read, data: JsonObject, finding: JsonObject): readonly PagerDutyEvent[] {
  const outcome = stringOrNull(finding.outcome) ?? '';
  if (!isPaged(finding.severity)) return [];
  const resource = objectOrNull(data.resource);
  const key = keyOf(
    stringOrNull(objectOrNull(data.account)?.id),
    stringOrNull(data.region),
    stringOrNull(finding.controlId),
    stringOrNull(resource?.id),
  );
  if (CLOSED.includes(outcome)) return [{ event_action: 'resolve', dedup_key: key }];
  if (!OPEN.includes(outcome)) return [];
  const [severity, headline] = [stringOrNull(finding.severity), stringOrNull(finding.headline)];
  const name = stringOrNull(resource?.name) ?? stringOrNull(resource?.id) ?? '';
  const region = stringOrNull(data.region) ?? '';
  return [
    trigger(read, key, {
      summary: `[${severity}] ${headline}: ${name} in ${region}. ${stringOrNull(finding.annotation) ?? ''}`,
      source: stringOrNull(resource?.id) ?? '',
      severity,
      component: stringOrNull(finding.controlId),
      kind: outcome,
      links: [
        [resource?.consoleUrl, 'Open in the AWS console'],
        [finding.controlPage, 'About the control'],
      ],
    }),
  ];
}

function ofAnnouncement(read: Read, data: JsonObject): readonly PagerDutyEvent[] {
  const [kind, region] = [stringOrNull(data.kind) ?? '', stringOrNull(data.region)];
  const blindness = keyOf('blind', stringOrNull(objectOrNull(data.account)?.id), region);
  if (kind === 'recovered' && region !== null) return [{ event_action: 'resolve', dedup_key: blindness }];
  const hasOpen = objectsIn(data.groups).some(
    ({ severity, outcome }) => isPaged(severity) && OPEN.includes(stringOrNull(outcome) ?? ''),
  );
  // A person who paused knows it, and reminders are of what was paged for.
  const isFor = ['blind', 'attention'].includes(kind) || (kind === 'digest' && hasOpen);
  if (!isFor || !isPaged(data.severity)) return [];
  const key = kind === 'blind' && region !== null ? blindness : keyOf(kind, stringOrNull(data.id));
  const severity = stringOrNull(data.severity);
  return [
    trigger(read, key, { summary: read.title, source: region ?? 'evenkeel', severity, kind, links: pagesOf(data) }),
  ];
}

function ofAlarm(read: Read, alarm: JsonObject): PagerDutyEvent {
  const key = keyOf('alarm', stringOrNull(alarm.AlarmArn) ?? stringOrNull(alarm.AlarmName));
  if (alarm.NewStateValue === 'OK') return { event_action: 'resolve', dedup_key: key };
  const source = stringOrNull(alarm.AlarmName) ?? '';
  return trigger(read, key, { summary: read.title, source, severity: 'HIGH', kind: 'alarm', links: [] });
}

interface Alert {
  readonly summary: string;
  readonly source: string;
  readonly severity: string | null;
  readonly component?: string | null;
  readonly kind: string;
  readonly links: readonly (readonly [url: unknown, text: string])[];
}

function trigger(
  { text, data }: Read,
  key: string,
  { summary, source, severity, component, kind, links }: Alert,
): PagerDutyEvent {
  const account = objectOrNull(data?.account);
  const group = stringOrNull(account?.alias) ?? stringOrNull(account?.id);
  return {
    event_action: 'trigger',
    dedup_key: key,
    payload: {
      summary: shown(summary, MAX_SUMMARY_CHARACTERS),
      source: shown(source, MAX_NAME_CHARACTERS),
      severity: SEVERITIES[(severity ?? 'HIGH') as Severity] ?? 'error',
      ...(component == null ? {} : { component: shown(component, MAX_NAME_CHARACTERS) }),
      ...(group === null ? {} : { group: shown(group, MAX_NAME_CHARACTERS) }),
      class: shown(kind, MAX_NAME_CHARACTERS),
      custom_details: { text: cut(text.toWellFormed(), MAX_DETAIL_CHARACTERS) },
    },
    links: links.flatMap(([value, label]) => {
      const url = URL.parse(stringOrNull(value) ?? '');
      const isLink = url?.protocol === 'https:' && url.href.length <= MAX_URL_CHARACTERS;
      return isLink ? [{ href: url.href, text: label }] : [];
    }),
  };
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;

/** In one line, with what is unsafe made visible. */
const shown = (text: string, most: number): string => cut(visible(text.slice(0, most).toWellFormed()), most) || '–';

import { SEVERITIES, type Severity } from '../../control.ts';
import { agreeing, counted } from '../../text.ts';
import { BAR_WIDTHS, bar, bySeverity, legend } from './charts.ts';
import { type Html, html, name } from './html.ts';
import type { Links } from './links.ts';
import type { FrameworkGroup, Report, Requirement, ServiceGroup } from './model.ts';
import type { FindingRow } from './rows.ts';
import { num, rowHead, table } from './table.ts';
import { SEVERITY_MARKS, STATES } from './words.ts';

/** A severity, with its mark. */
export const severityLabel = (severity: Severity): Html =>
  html`<span class="sev sev-${severity.toLowerCase()}">${SEVERITY_MARKS[severity]} ${severity}</span>`;

/** Posture by severity, service and framework. */
export function postureSections(report: Report, links: Links): Html {
  return html`<section id="posture">
<h2>Posture</h2>
${severities(report, links)}
${services(report, links)}
${frameworks(report, links)}
</section>`;
}

const LEFT_OPEN = ['detected', 'awaitingApproval', 'pending', 'halted', 'blocked', 'failed'] as const;

function severities({ severities: groups }: Report, links: Links): Html {
  const most = Math.max(...groups.map(({ open }) => open.length));
  const inState = (rows: readonly FindingRow[], state: string) => rows.filter((row) => row.state === state);
  const columns = [...LEFT_OPEN.map((state) => STATES[state].name), 'exempt', 'remediated'];
  return html`<h3>By severity</h3>
${table(
  ['Severity', { num: 'Open' }, 'how many', ...columns.map((column) => ({ num: column }))],
  groups.map(
    (group) => html`<tr>${rowHead(severityLabel(group.name))}
${num(links.findings(`${group.name}: open`, group.open))}<td>${bar(bySeverity(group.open), most, BAR_WIDTHS.narrow)}</td>
${LEFT_OPEN.map((state) => num(links.findings(`${group.name}: ${STATES[state].name}`, inState(group.open, state))))}
${num(links.findings(`${group.name}: exempt`, group.exempt))}${num(links.records(`${group.name}: remediated`, group.remediated))}</tr>`,
  ),
)}`;
}

function services({ services: groups }: Report, links: Links): Html {
  const most = Math.max(1, ...groups.map(({ open }) => open.length));
  const isQuiet = ({ open, exempt, remediated }: ServiceGroup) => open.length + exempt.length + remediated.length === 0;
  const quiet = groups.filter(isQuiet);
  const row = (group: ServiceGroup) => html`<tr>${rowHead(name(group.name))}
${num(links.findings(`${group.name}: open`, group.open))}<td>${bar(bySeverity(group.open), most)}</td>
${num(links.findings(`${group.name}: exempt`, group.exempt))}${num(links.records(`${group.name}: remediated`, group.remediated))}
<td>${drifted(group, links)}</td></tr>`;
  const busy = groups.filter((group) => !isQuiet(group));
  return html`<h3>By service</h3>
${busy.length > 0 && legend(SEVERITIES.toReversed().map((severity) => [severity, severity.toLowerCase() as Lowercase<Severity>]))}
${
  busy.length > 0 &&
  table(
    [
      'Service',
      { num: 'Open' },
      'by severity',
      { num: 'Exempt' },
      { num: 'Remediated' },
      'Controls with open findings',
    ],
    busy.map(row),
  )
}
${quiet.length > 0 && html`<p class="soft">Nothing open, exempt or remediated: ${quiet.map(({ name: service, controls }) => `${service} (${counted(controls.length, 'control')})`).join(', ')}.</p>`}`;
}

/** How many of a service's controls have an open finding, of those that are on. */
function drifted({ name: service, controls, withDrift, open }: ServiceGroup, links: Links): Html {
  const entries = withDrift.map(({ id }) => {
    const own = open.filter(({ controlId }) => controlId === id);
    return html`${id}: ${links.findings(id, own)} open`;
  });
  return html`${links.counted(`${service}: controls with open findings`, withDrift.length, entries)} of ${controls.length}`;
}

const FRAMEWORK_STATES = [
  ['drift', 'open', 'open findings'],
  ['exempt', 'exempt', 'exempt only'],
  ['clean', 'clean', 'no open finding'],
  ['off', 'off', 'off in the policy'],
] as const;

function frameworks({ frameworks: groups }: Report, links: Links): Html {
  return html`<h3>By framework</h3>
<p class="soft">Of the requirements that controls check. What a requirement asks for beyond its controls is not counted, and no requirement is called met: it has no open finding, or it has.</p>
${legend(FRAMEWORK_STATES.map(([, fill, title]) => [title, fill]))}
${table(
  ['Framework', 'Requirements', ...FRAMEWORK_STATES.map(([, , title]) => ({ num: title })), { num: 'Findings' }],
  groups.map((group) => frameworkRow(group, links)),
)}`;
}

function frameworkRow({ framework, requirements, open }: FrameworkGroup, links: Links): Html {
  const all = Object.values(requirements).reduce((sum, list) => sum + list.length, 0);
  const segments = FRAMEWORK_STATES.map(([state, fill, title]) => ({ fill, title, count: requirements[state].length }));
  const cells = FRAMEWORK_STATES.map(([state, , title]) => {
    const entries = requirements[state].map((one) => requirementEntry(one, links));
    return num(links.counted(`${framework.name}: ${title}`, entries.length, entries));
  });
  return html`<tr>${rowHead(framework.name, html`<small>mapped by ${framework.mappedBy}</small>`)}<td>${bar(segments, all, BAR_WIDTHS.medium)}</td>
${cells}${num(links.findings(`${framework.name}: open findings`, open))}</tr>`;
}

const requirementEntry = ({ number, controls, findings }: Requirement, links: Links): Html =>
  html`<b>${number}</b> ${links.findings(number, findings)} ${agreeing(findings.length, 'finding')} <small class="soft">${controls.map(({ id }) => id).join(', ')}</small>`;

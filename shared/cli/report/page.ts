import { codeVersion } from '../../lambda/version.ts';
import { counted } from '../../text.ts';
import { daysSince } from '../../time.ts';
import { causesSection, timesSection } from './causes-section.ts';
import { patterns } from './charts.ts';
import { driftSection } from './drift-section.ts';
import { factList, type Html, html, markup, name } from './html.ts';
import { Links } from './links.ts';
import type { Report } from './model.ts';
import { postureSections } from './posture-sections.ts';
import { shell } from './shell.ts';
import { exemptionsSection, findingsSection, recordsSection, toDoSection } from './tables.ts';
import { minuteOf } from './words.ts';

/** Where a report was read. */
export interface Source {
  readonly ledger: string;
  readonly policy: string;
}

const SECTIONS = [
  ['drift', 'Drift over time'],
  ['to-do', 'What to do next'],
  ['posture', 'Posture'],
  ['times', 'Time to remediate'],
  ['causes', 'Who drifts most'],
  ['exemptions', 'Exemptions'],
  ['findings', 'Open findings'],
  ['records', 'Records'],
] as const;

/** The report as one page that needs nothing beside itself. Pure. */
export function page(report: Report, source: Source): string {
  const links = new Links(report.findings, report.records);
  const { data } = report;
  const title = `Evenkeel report: ${data.account}${data.framework === null ? '' : `, ${data.framework.name}`}`;
  const body = [
    tiles(report, links.at('top')),
    driftSection(report, links.at('drift')),
    toDoSection(report, links.at('to-do')),
    postureSections(report, links.at('posture')),
    timesSection(report, links.at('times')),
    causesSection(report, links.at('causes')),
    exemptionsSection(report, links.at('exemptions')),
    findingsSection(report, links),
    recordsSection(report, links),
  ];
  const sections = SECTIONS.map(([id, words]) => html`<li><a href="#${id}">${words}</a></li>`);
  return shell({
    title,
    header: html`${patterns}
<header>
<h1>Evenkeel report</h1>
${facts(report, source)}
<nav aria-label="Sections"><ul>${sections}</ul></nav>
</header>`,
    main: html`${note(report)}
${body}`,
    footer: notes(report),
    rest: links.panels(),
  });
}

function facts({ data, lastSweep }: Report, source: Source): Html {
  const { account, from, to, now, framework, controls } = data;
  const rows: readonly (readonly [string, string])[] = [
    ['Account', account],
    [
      'Period',
      `${minuteOf(from.toISOString())} to ${minuteOf(to.toISOString())} UTC; open findings as of ${minuteOf(now.toISOString())} UTC`,
    ],
    ...(framework === null ? [] : [['Framework', `${framework.name}, as ${framework.mappedBy} maps it`] as const]),
    ['Last sweep', sweepAge(lastSweep, now)],
    ['Controls', `${controls.filter(({ isOn }) => isOn).length} of ${controls.length} are on; ${source.policy}`],
    ['Source', `${source.ledger}; Evenkeel ${codeVersion}`],
  ];
  return factList(rows);
}

function sweepAge(lastSweep: Report['lastSweep'], now: Date): string {
  if (lastSweep === null) return 'none is recorded: drift from before Evenkeel was there is not known';
  const days = daysSince(lastSweep.oldest, now);
  const age = days < 1 ? 'less than a day' : counted(days, 'day');
  const where = counted(lastSweep.scopes, 'service and region', 'services and regions');
  return `the oldest of ${where} is ${age} old (${minuteOf(lastSweep.oldest)} UTC), the latest is of ${minuteOf(lastSweep.newest)} UTC`;
}

/** What a reader has to know before the numbers: that nothing is known, or that nothing is open. */
function note({ findings, records, lastSweep, data }: Report): Html | null {
  const pauses = data.pauses.map(
    ({ control, by, reason, at }) =>
      html`<p class="note"><b>Paused: ${control ?? 'all remediation'}</b>, by ${name(by)} since ${minuteOf(at)} UTC: ${name(reason)}</p>`,
  );
  if (findings.length > 0) return html`${pauses}`;
  if (lastSweep === null && records.length === 0)
    return html`${pauses}<p class="note"><b>Nothing is known yet.</b> The ledger holds no finding and no record, and no sweep has been recorded. To look at every resource, and to keep what is found (nothing is changed beyond what policy.yml allows): <code class="command">npx evenkeel sweep --mode remediate${data.flags}</code></p>`;
  return html`${pauses}<p class="note"><b>No open findings.</b> That holds for what Evenkeel has evaluated: see the age of the last sweep.</p>`;
}

function tiles({ all, undone, findings }: Report, links: Links): Html {
  const urgent = all.open.filter(({ severity }) => severity === 'CRITICAL' || severity === 'HIGH');
  const inState = (state: string) => findings.filter((row) => row.state === state);
  const tile = (number: Html, words: string, small: Html | string) =>
    html`<li><b>${number}</b>${words}<small>${small}</small></li>`;
  const stuck = [...inState('blocked'), ...inState('failed'), ...inState('halted')];
  return html`<ul class="tiles">${[
    tile(
      links.findings('Open findings', all.open),
      'open findings',
      html`${links.findings('Open, CRITICAL or HIGH', urgent)} CRITICAL or HIGH`,
    ),
    tile(links.findings('Awaiting approval', inState('awaitingApproval')), 'awaiting approval', 'a person decides'),
    tile(
      links.findings('Blocked, failed or halted', stuck),
      'not remediated',
      html`${links.findings('Blocked', inState('blocked'))} blocked, ${links.findings('Failed', inState('failed'))} failed, ${links.findings('Halted', inState('halted'))} halted`,
    ),
    tile(links.findings('Exempt', all.exempt), 'exempt', 'allowed until a date'),
    tile(
      links.records('Remediated in the period', all.remediated),
      'remediated',
      html`${links.records('Undone in the period', undone)} undone`,
    ),
  ]}</ul>`;
}

const notes = ({ data }: Report): Html => html`<h2>How to read it</h2>
<p>Every number is a link to the findings or records that it counts. Open findings are those of the ledger when the report was made; records are those of the period. “No open finding” means that nothing was found when the resources were last evaluated, by an event or a sweep. Drift that was only detected, and is gone, leaves no record.</p>
<p>To keep a resource as it is: ${markup('<code>npx evenkeel exempt --control ID --resource ARN --owner E-MAIL --reason TEXT --expires DAY</code>')}. All about a control: <code>npx evenkeel controls ID</code>. The states before and after a remediation, and every call: <code>npx evenkeel history --json${data.flags}</code>. Proof that no record was altered: <code>npx evenkeel verify --logs${data.flags}</code>.</p>`;

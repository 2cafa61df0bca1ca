import { type AnyControl, SEVERITIES } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import { codeVersion } from '../../lambda/version.ts';
import type { Pause } from '../../ledger/records.ts';
import { type Outcome, reasonOf } from '../../result.ts';
import { shellQuoted } from '../../text.ts';
import { factList, type Html, html, name } from '../report/html.ts';
import { nextStep } from '../report/next-step.ts';
import { severityLabel } from '../report/posture-sections.ts';
import type { NextStep } from '../report/rows.ts';
import { shell } from '../report/shell.ts';
import { chunks, table } from '../report/table.ts';
import { stepHtml } from '../report/tables.ts';
import { minuteOf, STATES, stateInWords } from '../report/words.ts';
import { type Entry, isWrong, judgeOf } from './entry.ts';

/** What the page says beside the findings. */
export interface PageFacts {
  /** The command that it was made with. */
  readonly command: string;
  readonly account: string;
  readonly regions: string;
  readonly policy: string;
  readonly ledger: string;
  readonly now: Date;
  readonly pauses: readonly Pause[];
  /** What every command needs, such as ` --stack mine`. */
  readonly flags: string;
}

type Tally = ReadonlyMap<Outcome, number>;

/** Findings, in their order, as one page that needs nothing beside itself. `tally`: all that was evaluated. Pure. */
export function findingsPage(entries: readonly Entry[], tally: Tally, facts: PageFacts): string {
  const groups = Map.groupBy(entries, ({ result }) => result.controlId);
  const sections = [...groups.values()].map((group) => section(group as [Entry, ...Entry[]], facts));
  return shell({
    title: `Evenkeel findings: ${facts.account}`,
    header: html`<header>
<h1>Evenkeel findings</h1>
${factList([
  ['Command', facts.command],
  ['Account', facts.account],
  ['Regions', facts.regions],
  ['Made', `${minuteOf(facts.now.toISOString())} UTC, by Evenkeel ${codeVersion}`],
  ['Source', `${facts.ledger}; ${facts.policy}`],
])}
</header>`,
    main: html`${tiles(entries.filter(isWrong))}
<p class="soft">${[...tally].map(([outcome, count]) => `${count} ${STATES[outcome].name}`).join(', ')}</p>
<section id="findings"><h2>Findings</h2>
${sections.length === 0 ? html`<p class="note"><b>Nothing is wrong</b> in what was evaluated.</p>` : sections}</section>`,
    footer: html`<p>All about a control: <code>npx evenkeel controls ID</code>.</p>`,
  });
}

/** How many are wrong, by severity. */
const tiles = (wrong: readonly Entry[]): Html =>
  html`<ul class="tiles">${SEVERITIES.toReversed().map(
    (severity) =>
      html`<li><b>${wrong.filter(({ result }) => result.severity === severity).length}</b>${severityLabel(severity)}</li>`,
  )}</ul>`;

/** The entries of a control, or those that no control is about. */
function section(entries: readonly [Entry, ...Entry[]], facts: PageFacts): Html {
  const [{ result }] = entries;
  const judge = judgeOf(result);
  const hasTimes = entries.some(({ firstSeen }) => firstSeen !== null);
  const columns = ['Resource', 'State', 'What is wrong', ...(hasTimes ? ['First seen'] : []), 'Next step'];
  const row = (entry: Entry) => html`<tr><td>${place(entry)}</td>
<td class="tight">${stateInWords(entry.result.outcome)}</td><td>${reason(entry)}</td>
${hasTimes && html`<td class="tight">${minuteOf(entry.firstSeen ?? '')}</td>`}<td>${stepHtml(stepOf(entry, judge, facts))}</td></tr>
`;
  return html`<section class="control">
<h3>${result.severity !== null && severityLabel(result.severity)} ${judge?.title ?? result.controlId ?? 'Not evaluated'} (${entries.length})</h3>
${judge !== null && html`<p class="soft">${judge.id}. By hand: ${judge.guidance}</p>`}
${chunks(entries).map((chunk) => table(columns, chunk.map(row)))}
</section>`;
}

function place({ result, name: called }: Entry): Html {
  const { resourceId, resourceType, region } = result;
  return html`${name(resourceId ?? resourceType ?? '')}${called !== null && html`<small>${name(called)}</small>`}<small>${region}</small>`;
}

function reason({ result }: Entry): Html {
  const calls = new Set(result.steps.map(({ service, operation }) => `${service}:${operation}`));
  return html`${name(reasonOf(result))}${calls.size > 0 && html`<small>${[...calls].join(', ')}</small>`}`;
}

const NOTHING: NextStep = { text: '', command: null };

/** What a reader can do about an entry; nothing about what is in order. */
function stepOf({ result }: Entry, judge: AnyControl | Detection | null, { pauses, flags }: PageFacts): NextStep {
  const { controlId, resourceId, outcome, remediationId, annotation } = result;
  if (outcome === 'compliant' || outcome === 'notApplicable') return NOTHING;
  if (outcome === 'remediated')
    return remediationId === null
      ? NOTHING
      : { text: 'To undo it:', command: `npx evenkeel undo ${shellQuoted(remediationId)}${flags}` };
  if (controlId === null || resourceId === null)
    return { text: 'To see what is missing:', command: `npx evenkeel doctor${flags}` };
  return nextStep(
    { controlId, outcome, annotation: annotation ?? '', ref: { resourceId }, retryAt: null, blocked: null },
    {
      control: judge === null ? null : { isDetection: !('resource' in judge), guidance: judge.guidance },
      awaiting: remediationId === null ? null : { id: remediationId, expires: null },
      pauses,
      flags,
    },
  );
}

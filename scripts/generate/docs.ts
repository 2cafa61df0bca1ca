import type { AnyControl, Mode, Parameter } from '../../shared/control.ts';
import type { Detection } from '../../shared/detection.ts';
import { FRAMEWORKS, requirementsIn } from '../../shared/frameworks.ts';
import type { Facets, Grants } from '../../shared/resource.ts';
import { operationOf, serviceOf } from '../../shared/step.ts';
import { limitLines } from './limits.ts';
import { code, NOTE, or, whereClause } from './markdown.ts';
import { triggersOf } from './patterns.ts';
import { readsIn, type ScopedAction, undosOf, writesOf } from './scopes.ts';

const IMPACTS: Readonly<Record<AnyControl['impact'], string>> = {
  none: 'none: no effect on users or workloads',
  access: 'access: it can cut off a user or workload',
  disruptive: 'disruptive: restart, downtime or cost',
  destructive: 'destructive: it cannot be undone',
};

/** Who decides that the calls are made, by the recommended mode. */
const BY_MODE: Readonly<Record<Mode, string>> = {
  remediate: 'Made without asking where policy.yml says `remediate`, or `recommended`.',
  approve:
    'Made when a person has approved it where policy.yml says `approve`, or `recommended`; without asking where it says `remediate`.',
  detect:
    'Opt-in: `recommended` stands for `detect` here. It is made where policy.yml names this control with `remediate`, or with `approve` when a person has approved it.',
  off: 'Opt-in: `recommended` stands for `off` here.',
};

const SECOND_OPINION =
  '- With `checkNoPublicAccess: true` in policy.yml, IAM Access Analyzer gives a [second opinion](../gates.md#second-opinion) before the policy is edited.';

const UNDO_PERMISSIONS =
  'To undo a remediation, also; a function has them with the [buttons of Slack](../slack.md#buttons) only:';

/** The page of one control; `leaves` is what its scene says that a remediation leaves different. */
export function controlDoc(control: AnyControl, leaves?: string): string {
  const { resource, plan, impact } = control;
  return page(
    control,
    [
      ['Resource', `${code(resource.type)} (${resource.service.id})`],
      ['Impact of the remediation', plan === undefined ? 'detect only' : IMPACTS[impact]],
    ],
    [
      ...section('How it is found', [...eventLines(control), '', sweepLine(control)]),
      ...section('Remediation', remediationLines(control)),
      ...section('Known limits', limitLines(control, leaves)),
      ...section('Manual remediation', [control.guidance]),
      ...section('Permissions', permissionLines(control)),
      ...section('Parameters', parameterLines(control)),
    ],
  );
}

/** The page of one detection. */
export function detectionDoc(detection: Detection): string {
  const { resourceType, service } = detection;
  return page(
    detection,
    [
      ['About', `${code(resourceType)} (${service.id})`],
      ['Remediation', 'none: a detection only notifies'],
    ],
    [
      'Notified once; repeats are counted, and their number is notified after an hour. The finding ends seven days after it was last seen, or when the resource is exempted.',
      '',
      ...section('How it is found', detection.triggers.map(triggerLine)),
      ...section('Known limits', [
        'It finds what an event reports, when it reports it: no sweep finds it later, and nothing is remediated.',
      ]),
      ...section('Manual remediation', [detection.guidance]),
      ...section('Permissions', ['None: it reads nothing and writes nothing.']),
    ],
  );
}

/** What both pages begin with: what it is, what it requires and why. */
function page(
  one: AnyControl | Detection,
  facts: readonly (readonly [string, string])[],
  sections: readonly string[],
): string {
  const rows = [
    ['Severity', one.severity],
    ...facts,
    ['Recommended mode', code(one.recommendedMode)],
    ['Security Hub', or(one.securityControlIds)],
    ...FRAMEWORKS.map((framework) => ({ framework, met: requirementsIn(framework, one) }))
      .filter(({ met }) => met.length > 0)
      .map(({ framework, met }) => [framework.name, or(met)] as const),
  ];
  return [
    NOTE,
    `# ${one.id}`,
    '',
    `**${one.title}**`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    one.description,
    '',
    ...section('Why', [one.rationale]),
    ...sections,
  ].join('\n');
}

const section = (title: string, lines: readonly string[]) => [`## ${title}`, '', ...lines, ''];

/** The events that can change what the control evaluates, each source in a line. */
function eventLines(control: AnyControl): readonly string[] {
  const named = triggersOf(control).flatMap((trigger) =>
    trigger.kind === 'call'
      ? trigger.eventSources.flatMap((source) => trigger.eventNames.map((name) => ({ source, name })))
      : [{ source: trigger.source, name: trigger.detailType }],
  );
  const bySource = Map.groupBy(named, ({ source }) => source);
  return [...bySource.keys()]
    .sort()
    .map((source) => `- ${code(source)}: ${or(namesIn(bySource.get(source) ?? []).map(code))}`);
}

const namesIn = (named: readonly { readonly name: string }[]) => [...new Set(named.map(({ name }) => name))].sort();

/** That no event is needed. */
const sweepLine = ({ resource, lastKnown = [] }: AnyControl) =>
  `And in every sweep, which lists all resources of the type ${code(resource.type)}. Either way it is evaluated by what AWS answers then, never by the event${lastKnown.length > 0 ? '; what was there when it was last compliant is kept' : ''}.`;

function triggerLine(trigger: Detection['triggers'][number]): string {
  if (trigger.kind === 'anyCall')
    return `- any call whose record matches ${code(trigger.match)}, including failed ones`;
  if (trigger.kind === 'event') return `- ${code(trigger.source)}: ${code(trigger.detailType)}`;
  return `- ${or(trigger.eventSources.map(code))}: ${or(trigger.eventNames.map(code))}`;
}

/** The calls that it makes and those that undo them, and when it waits for a person. */
function remediationLines(control: AnyControl): readonly string[] {
  const { id, plan, recommendedMode, overrides, publicAccessCheck, undoCalls = [] } = control;
  if (plan === undefined) return ['None: people are notified, with the finding.'];
  const undo = new Set(undoCalls.map(({ client, command }) => code(`${serviceOf(client)}:${operationOf(command)}`)));
  return [
    `The calls are those under [Permissions](#permissions), made only where the finding calls for them; \`npx evenkeel sweep --control ${id}\` shows each with its input, and writes nothing.`,
    '',
    `- ${BY_MODE[recommendedMode]}`,
    `- Undo (\`npx evenkeel undo ID\`): ${undo.size > 0 ? `by ${or([...undo])}` : 'none: it cannot be undone'}.`,
    ...(publicAccessCheck === undefined ? [] : [SECOND_OPINION]),
    ...(overrides === 'ownership' ? ['- Also made on resources that an AWS service manages.'] : []),
  ];
}

function permissionLines(control: AnyControl): readonly string[] {
  const writes = writesOf(control);
  const undos = undosOf(control);
  const check = control.publicAccessCheck?.grants;
  return [
    'To evaluate:',
    '',
    ...scopeLines(readsIn(readsOf(control))),
    '',
    ...(writes.length === 0
      ? ['It writes nothing.']
      : ['To remediate, in mode `remediate` only:', '', ...scopeLines(writes)]),
    ...(undos.length === 0 ? [] : ['', UNDO_PERMISSIONS, '', ...scopeLines(undos)]),
    ...(check === undefined
      ? []
      : ['', 'For a second opinion, with `checkNoPublicAccess` only:', '', ...scopeLines(readsIn(check))]),
  ];
}

/** What the facets read that it evaluates and plans by. */
function readsOf({ needs, planNeeds = [], resource, related = {} }: AnyControl): Grants {
  const own = [...needs, ...planNeeds].map((name) => (resource.facets as Facets)[name]?.grants ?? {});
  const others = Object.values(related as Facets).map(({ grants }) => grants);
  return Object.assign({}, ...own, ...others);
}

const scopeLines = (actions: readonly ScopedAction[]) =>
  actions.map(
    ([action, { resources, condition }]) => `- ${code(action)} on ${or(resources.map(code))}${whereClause(condition)}`,
  );

function parameterLines(control: AnyControl): readonly string[] {
  const parameters = Object.entries(control.parameters as Record<string, Parameter>);
  if (parameters.length === 0) return ['None.'];
  return [
    '| Name | Default | |',
    '|---|---|---|',
    ...parameters.map(([name, spec]) => `| ${code(name)} | ${code(spec.default)} | ${spec.description} |`),
  ];
}

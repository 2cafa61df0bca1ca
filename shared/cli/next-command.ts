import type { Mode } from '../control.ts';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import type { Policy } from '../policy/policy.ts';
import { shellQuoted } from '../text.ts';
import type { FindingFilters } from './finding-filters.ts';
import type { RunOptions } from './options.ts';
import { type Entry, judgeOf, refOf } from './output/entry.ts';

type Flags = Partial<RunOptions & FindingFilters>;

/** The flags that narrow a run as this one was, and name the same account and policy. */
export function flagsOf({ control = [], severity, service, resource = [], tag = [], ...common }: Flags): string {
  const { region, profile, policy, stack } = common;
  const named: readonly (readonly [flag: string, value: string | undefined])[] = [
    ...control.map((id) => ['--control', id] as const),
    ['--severity', severity],
    ['--service', service],
    ...resource.map((name) => ['--resource', name] as const),
    ...tag.map((pattern) => ['--tag', pattern] as const),
    ['--region', region],
    ['--profile', profile],
    ['--policy', policy === false ? undefined : policy],
    ['--stack', stack === DEFAULT_STACK ? undefined : stack],
  ];
  const given = named.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${shellQuoted(value)}`]));
  return [...given, ...(policy === false ? ['--no-policy'] : [])].map((flag) => ` ${flag}`).join('');
}

/** What is said where nothing was found: by which filters. */
export function nothingFits(what: string, { control, severity, service, resource, tag, region }: Flags): string {
  const narrowed = { control, severity, service, resource, tag, region };
  const filters = flagsOf(Object.fromEntries(Object.entries(narrowed).filter(([, value]) => value !== undefined)));
  if (filters === '') return `No ${what}.`;
  const hint = (tag ?? []).length === 0 ? '' : '; a tag is KEY or KEY=VALUE, in upper and lower case as it was set';
  return `No ${what} fit${filters}${hint}.`;
}

/** What a person may do after a sweep: approve, remediate, look closer, undo; at most one command of each kind. */
export function nextAfterSweep(entries: readonly Entry[], options: Flags, policy: Policy): readonly string[] {
  const place = flagsOf({ ...pick(options), control: [], resource: [], tag: [] });
  const ids = (outcome: string) => entries.flatMap(({ result }) => (result.outcome === outcome ? [result] : []));
  const [waiting] = ids('awaitingApproval').filter(({ remediationId }) => remediationId !== null);
  const isWaiting = waiting?.remediationId != null;
  return [
    ...(isWaiting ? [`npx evenkeel approve ${shellQuoted(waiting.remediationId ?? '')}${place}`] : []),
    ...nextForDetected(entries, options, policy),
    ...(ids('remediated').length > 0 ? [`npx evenkeel undo --last --dry-run${place}`] : []),
    ...(ids('blocked').length + ids('failed').length > 0 ? [`npx evenkeel doctor${place}`] : []),
  ];
}

/** What a person may do about findings that the ledger has open. */
export function nextAfterFindings(entries: readonly Entry[], options: Flags): readonly string[] {
  const place = flagsOf({ ...pick(options), region: undefined } as Flags);
  const first = (outcome: string) => entries.find(({ result }) => result.outcome === outcome)?.result;
  const [waiting, halted, detected] = [first('awaitingApproval'), first('halted'), first('detected')];
  return [
    ...(waiting?.remediationId ? [`npx evenkeel approve ${shellQuoted(waiting.remediationId)}${place}`] : []),
    ...(halted === undefined ? [] : [`npx evenkeel resume --look${place}`]),
    ...(detected?.controlId ? [`npx evenkeel sweep --control ${shellQuoted(detected.controlId)}${place}`] : []),
    ...(first('blocked') || first('failed') ? [`npx evenkeel doctor${place}`] : []),
  ];
}

function nextForDetected(entries: readonly Entry[], options: Flags, policy: Policy): readonly string[] {
  const detected = entries.filter(({ result }) => result.outcome === 'detected');
  const [first] = detected;
  if (first === undefined) return [];
  const can = detected.some((entry) => entry.result.steps.length > 0 && modeOf(entry, policy) !== 'detect');
  if (can && options.mode !== 'remediate') return [`npx evenkeel sweep${flagsOf(options)} --mode remediate`];
  return [`npx evenkeel controls ${shellQuoted(first.result.controlId ?? '')}${flagsOf(pick(options))}`];
}

/** The mode that the policy allows for an entry, whatever the run's was. */
function modeOf({ result, arn }: Entry, policy: Policy): Mode {
  const [judge, ref] = [judgeOf(result), refOf(result)];
  if (judge === null || ref === null) return 'detect';
  return policy.settingsFor(judge, { ref, arn: arn ?? '', tags: null }).mode;
}

/** The flags that every command about this account and policy needs. */
export const placeFlags = (options: Flags): string => flagsOf(pick(options));

/** The flags that say where, and by which policy. */
const pick = ({ region, profile, policy, stack }: Flags): Flags =>
  Object.fromEntries(Object.entries({ region, profile, policy, stack }).filter(([, value]) => value !== undefined));

import { parseArn } from '../aws/arn.ts';
import { UnreadableEventError } from '../engine/errors.ts';
import { isObject, type JsonObject, objectOrNull, stringOrNull } from '../event.ts';

/** An invocation of a custom rule by AWS Config. */
export type RuleInvocation = {
  readonly ruleName: string;
  /** The control that the rule evaluates: its parameter `controlId`. */
  readonly controlId: string;
  readonly accountId: string;
  /** Null where the event does not name it. */
  readonly region: string | null;
  /** Has to be returned with the evaluations. */
  readonly resultToken: string;
  /** When Config recorded the item or sent the notification. */
  readonly orderingTime: Date;
} & ({ readonly kind: 'schedule' } | { readonly kind: 'item'; readonly item: ConfigItem });

/** The resource that an item is of, as Config names it. */
export interface ConfigItem {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName: string | null;
  readonly arn: string | null;
  /** Why the rule does not apply to it any more; null where it does. */
  readonly left: string | null;
}

const MESSAGES =
  'ConfigurationItemChangeNotification, OversizedConfigurationItemChangeNotification, ScheduledNotification';
/** Statuses of an item whose resource exists. */
const LIVING = ['OK', 'ResourceDiscovered'];

/** Reads the invocation of a custom rule. Throws UnreadableEventError: what is wrong, and what is allowed. */
export function ruleInvocation(event: unknown): RuleInvocation {
  if (!isObject(event)) throw new UnreadableEventError('the event is not an invocation of an AWS Config rule');
  const invoking = jsonIn(event, 'invokingEvent');
  const controlId = text(jsonIn(event, 'ruleParameters'), 'controlId');
  const rule = {
    ruleName: text(event, 'configRuleName'),
    controlId,
    accountId: text(event, 'accountId'),
    resultToken: text(event, 'resultToken'),
    region: parseArn(stringOrNull(event.configRuleArn))?.region ?? null,
  };
  const messageType = text(invoking, 'messageType');
  if (messageType === 'ScheduledNotification')
    return { ...rule, kind: 'schedule', orderingTime: time(invoking, 'notificationCreationTime') };
  if (!messageType.endsWith('ConfigurationItemChangeNotification'))
    throw new UnreadableEventError(`the invoking event is a "${messageType}"; allowed: ${MESSAGES}`);
  const item = objectOrNull(invoking.configurationItem) ?? objectOrNull(invoking.configurationItemSummary);
  if (item === null)
    throw new UnreadableEventError('the invoking event has no "configurationItem" and no "configurationItemSummary"');
  return {
    ...rule,
    kind: 'item',
    orderingTime: time(item, 'configurationItemCaptureTime'),
    item: {
      resourceType: text(item, 'resourceType'),
      resourceId: text(item, 'resourceId'),
      resourceName: stringOrNull(item.resourceName),
      arn: stringOrNull(item.ARN) ?? stringOrNull(item.arn),
      left: whyLeft(event, item),
    },
  };
}

function whyLeft(event: JsonObject, item: JsonObject): string | null {
  if (event.eventLeftScope === true) return 'It has left the scope of the rule.';
  const status = text(item, 'configurationItemStatus');
  return LIVING.includes(status) ? null : `AWS Config reports ${status}.`;
}

/** Config embeds JSON as a string. */
function jsonIn(event: JsonObject, name: string): JsonObject {
  let value: unknown = event[name];
  try {
    if (typeof value === 'string') value = JSON.parse(value);
  } catch {
    value = null;
  }
  if (!isObject(value)) throw new UnreadableEventError(`"${name}" of the event is not a JSON object in a string`);
  return value;
}

function text(object: JsonObject, name: string): string {
  const value = stringOrNull(object[name]);
  if (value === null) throw new UnreadableEventError(`the event has no "${name}" string`);
  return value;
}

function time(object: JsonObject, name: string): Date {
  const value = new Date(text(object, name));
  if (Number.isNaN(value.getTime())) throw new UnreadableEventError(`"${name}" of the event is not a time`);
  return value;
}

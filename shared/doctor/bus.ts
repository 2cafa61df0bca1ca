import {
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import type { Aws } from '../resource.ts';

export const DEFAULT_BUS = 'default';

/** An event bus and its rules. */
export interface Bus {
  readonly name: string;
  readonly exists: boolean;
  /** By name. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The names of the rules that have one of the expected targets. */
  readonly targeted: ReadonlySet<string>;
}

/** Reads a bus: its rules whose names begin with `prefix`, and which of them have one of `targets`. */
export async function busOf(aws: Aws, name: string, targets: readonly string[], prefix?: string): Promise<Bus> {
  const client = aws(EventBridgeClient);
  const EventBusName = name;
  try {
    const found = await allPages(async (NextToken) => {
      const page = await client.send(new ListRulesCommand({ EventBusName, NamePrefix: prefix, NextToken }));
      return { items: page.Rules ?? [], next: page.NextToken };
    });
    const targeted = targets.map((TargetArn) =>
      allPages(async (NextToken) => {
        const page = await client.send(new ListRuleNamesByTargetCommand({ TargetArn, EventBusName, NextToken }));
        return { items: page.RuleNames ?? [], next: page.NextToken };
      }),
    );
    const rules = new Map(found.map((rule) => [rule.Name ?? '', rule]));
    return { name, exists: true, rules, targeted: new Set((await Promise.all(targeted)).flat()) };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException')
      return { name, exists: false, rules: new Map(), targeted: new Set() };
    throw error;
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** The SDK has no paginator for EventBridge's lists. */
async function allPages<T>(read: (token?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
  } while (token !== undefined);
  return all;
}

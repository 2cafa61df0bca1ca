import { EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import type { Aws } from '../../../shared/resource.ts';
import { securityGroup } from '../../../shared/resources/ec2/security-group.ts';

describe('the listing of a large region', () => {
  const GROUPS = 2_300;
  const RULES_EACH = 2;
  const idOf = (index: number) => `sg-${String(index).padStart(4, '0')}`;

  /** A client of a region in which there is nothing but groups: pages of at most what is asked, and by `onCall` whatever happens meanwhile. */
  function region(onCall: (operation: string) => void = () => {}) {
    const groups = Array.from({ length: GROUPS }, (_, index) => ({ GroupId: idOf(index), GroupName: `g-${index}` }));
    const rules = groups.flatMap(({ GroupId }) =>
      Array.from({ length: RULES_EACH }, (_, n) => ({ GroupId, SecurityGroupRuleId: `sgr-${GroupId}-${n}` })),
    );
    const asked: string[] = [];
    const page = <T>(all: readonly T[], { MaxResults = all.length, NextToken = '0' }) => {
      const end = Number(NextToken) + MaxResults;
      return [all.slice(Number(NextToken), end), end < all.length ? { NextToken: String(end) } : {}] as const;
    };
    const send = async (command: {
      constructor: { name: string };
      input: { MaxResults?: number; NextToken?: string };
    }) => {
      const operation = command.constructor.name.replace('Command', '');
      asked.push(`${operation} ${command.input.NextToken ?? 0} ${command.input.MaxResults}`);
      onCall(operation);
      if (operation === 'DescribeSecurityGroups') {
        const [SecurityGroups, rest] = page(groups, command.input);
        return { SecurityGroups, ...rest };
      }
      const [SecurityGroupRules, rest] = page(rules, command.input);
      return { SecurityGroupRules, ...rest };
    };
    const client = Object.assign(new EC2Client({ region: 'eu-west-1' }), { send });
    const aws = (() => client) as unknown as Aws;
    const list = (from?: string) =>
      Array.fromAsync(securityGroup.list(aws, { accountId: '', region: 'eu-west-1' }, from));
    return { groups, rules, asked, list };
  }

  test('is two unfiltered listings in whole pages, all groups before the first rule', async () => {
    const { asked, list } = region();
    const pages = await list();
    expect(asked).toEqual([
      ...[0, 1000, 2000].map((at) => `DescribeSecurityGroups ${at} 1000`),
      ...[0, 1000, 2000, 3000, 4000].map((at) => `DescribeSecurityGroupRules ${at} 1000`),
    ]);
    expect(pages.map(({ items, next }) => [items.length, next])).toEqual([
      [1000, '1000'],
      [1000, '2000'],
      [300, null],
    ]);
    for (const { resourceId, facets } of pages.flatMap(({ items }) => items)) {
      expect(facets?.rules?.rules.map(({ GroupId }) => GroupId)).toEqual(Array(RULES_EACH).fill(resourceId));
      expect(facets).not.toHaveProperty('networkInterfaces');
    }
  });

  test('that goes on from a cursor gives what the whole gives from there', async () => {
    const whole = await region().list();
    for (const [index, { next }] of whole.entries())
      if (next !== null) expect(await region().list(next)).toEqual(whole.slice(index + 1));
  });

  test('a group that is made while it goes on has its rules, or is not in it', async () => {
    const made = { GroupId: idOf(GROUPS), GroupName: 'new' };
    const open = { GroupId: made.GroupId, SecurityGroupRuleId: 'sgr-new' };
    let calls = 0;
    for (let at = 1; at <= 8; at += 1) {
      calls = 0;
      const { groups, rules, list } = region(() => {
        calls += 1;
        if (calls !== at) return;
        groups.push(made);
        rules.push(open);
      });
      const found = (await list()).flatMap(({ items }) => items).find(({ resourceId }) => resourceId === made.GroupId);
      if (found !== undefined) expect(found.facets?.rules?.rules).toEqual([open]);
    }
  });
});

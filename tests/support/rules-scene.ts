import { beforeEach, expect } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { services } from '../../functions/config-rules/services.ts';
import { createRulesHandler } from '../../shared/lambda/config-rules.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { wireTo } from './aws-proxy.ts';
import { makeHands } from './cli-fixture.ts';
import { configServer } from './config-server.ts';
import { ADMIN_PORTS } from './drift.ts';
import { CAPTURED, itemChange, ruleInvocationOf, scheduled } from './rule-events.ts';
import { REGION } from './samples.ts';

export const GROUP = 'AWS::EC2::SecurityGroup';
export const BY_POLICY =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>Not you, with an explicit deny in a service control policy.</Message></Error></Errors></Response>';
export const DETECT: PolicyDocument = { defaults: { mode: 'detect' } };
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT' };

/** The rules' function in an account of its own, and what it reports to AWS Config. */
export async function rulesScene() {
  const hands = await makeHands();
  const { account } = hands;
  const { accountId } = account;
  const config = await configServer(account.endpoint);
  beforeEach(() => {
    config.take();
    config.refuse([], 0);
  });
  return {
    ...hands,
    accountId,
    config,
    /** A wire that refuses something of its own. */
    wire: () => wireTo(account.endpoint),
    /** The function as it is deployed with a policy.yml and in an environment. */
    deployed(policy = DETECT, env: Readonly<Record<string, string>> = {}) {
      const { AWS_ENDPOINT_URL } = process.env;
      Object.assign(process.env, hands.env, QUIET, { AWS_ENDPOINT_URL_CONFIG_SERVICE: config.endpoint }, env);
      const handler = createRulesHandler(services, policy);
      const context = { invokedFunctionArn: `arn:aws:lambda:${REGION}:${accountId}:function:rules` } as Context;
      return async (event: unknown) => {
        Object.assign(process.env, env);
        try {
          return await handler(event, context);
        } finally {
          process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
        }
      };
    },
    item: (id: string, controlId: string = ADMIN_PORTS, rest: object = {}, more: object = {}) =>
      ruleInvocationOf(accountId, controlId, itemChange(accountId, GROUP, id, rest), more),
    round: (controlId: string, more: object = {}) => ruleInvocationOf(accountId, controlId, scheduled(accountId), more),
    /** What was reported to AWS Config since the last call. */
    told: () => config.take().flatMap(({ Evaluations }) => Evaluations),
  };
}

export const evaluationOf = (
  ComplianceResourceId: string,
  ComplianceType: string,
  Annotation: unknown = expect.any(String),
) => ({
  ComplianceResourceType: GROUP,
  ComplianceResourceId,
  ComplianceType,
  Annotation,
  OrderingTimestamp: Date.parse(CAPTURED) / 1000,
});

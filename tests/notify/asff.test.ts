import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEVERITIES } from '../../shared/control.ts';
import { productArn, securityFinding } from '../../shared/notify/asff.ts';
import { asffTypeOf } from '../../shared/notify/asff-types.ts';
import type { OutcomeEvent } from '../../shared/notify/outcome.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { outcomeOf, SECURITY_GROUP, TIME } from '../support/outcome.ts';
import { SAMPLE_ACCOUNT } from '../support/samples.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const long = fc.constantFrom('\u0000', '\ud800', '\u202e', 'é', 'a', ' ', '\n').map((one) => one.repeat(4_000));
const any = fc.oneof({ weight: 4, arbitrary: text }, long);
const maybe = fc.option(any);

const outcomes: fc.Arbitrary<OutcomeEvent> = fc
  .record({
    outcome: fc.constantFrom(...OUTCOMES),
    before: fc.constantFrom(null, 'NON_COMPLIANT' as const),
    annotation: maybe,
    error: maybe,
    remediationId: maybe,
    type: maybe,
    id: any,
    arn: any,
    name: maybe,
    tags: fc.dictionary(fc.oneof(any, fc.constant('aws:cloudformation:stack-name')), any, { maxKeys: 5 }),
    url: any,
    title: any,
    guidance: any,
    page: maybe,
    relatedRequirements: fc.array(any, { maxLength: 40 }),
    severity: fc.constantFrom(...SEVERITIES),
    actor: maybe,
  })
  .map(({ type, id, arn, name, tags, url, title, guidance, page, relatedRequirements, severity, actor, ...rest }) => {
    const base = outcomeOf();
    return {
      ...base,
      ...rest,
      resource: { ...base.resource, type, id, arn, name, tags, consoleUrl: url },
      control: { ...base.control, title, guidance, page, relatedRequirements, severity },
      who: { actor, principal: null, session: null, sourceIp: actor, userAgent: null, tool: null, stack: actor },
    };
  });

/** What the AWS Security Finding Format says of each text, in characters. */
const LIMITS: Readonly<Record<string, number>> = {
  Id: 512,
  GeneratorId: 512,
  ProductArn: 2_048,
  Title: 256,
  Description: 1_024,
  Text: 512,
  Url: 2_048,
  Region: 16,
  Type: 256,
};

test('whatever strangers write, a finding is within the limits of the format, and none of its texts is empty or does anything', () => {
  fc.assert(
    fc.property(outcomes, (outcome) => {
      const finding = securityFinding(outcome);
      JSON.stringify(finding, (name, value: unknown) => {
        if (typeof value !== 'string') return value;
        expect(value.length).toBeLessThanOrEqual(Object.hasOwn(LIMITS, name) ? (LIMITS[name] ?? 0) : 2_048);
        expect(value).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        return value;
      });
      for (const required of [finding.Id, finding.Title, finding.Description, finding.Resources?.[0]?.Id])
        expect(required).toMatch(/\S/);
      const { ProductFields = {}, Compliance, Resources = [], Remediation } = finding;
      expect(Object.keys(ProductFields).length).toBeLessThanOrEqual(50);
      for (const [name, value] of Object.entries(ProductFields)) {
        expect(name.length).toBeLessThanOrEqual(128);
        expect(value).toMatch(/\S/);
      }
      expect(Compliance?.RelatedRequirements?.length).toBeLessThanOrEqual(32);
      expect(Resources).toHaveLength(1);
      for (const [key, value] of Object.entries(Resources[0]?.Tags ?? {})) {
        expect(key).toMatch(/^(?!aws:).{1,128}$/isu);
        expect(value.length).toBeLessThanOrEqual(256);
      }
      const { Url = 'https://' } = Remediation?.Recommendation ?? {};
      expect(Url).toMatch(/^https:\/\//);
      expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240 * 1_024);
    }),
    { numRuns: 100 },
  );
});

const STRANGERS = ['Workflow', 'Note', 'UserDefinedFields', 'VerificationState', 'Severity', 'Types', 'Confidence'];

describe('a finding', () => {
  test('says what Security Hub asks for, and nothing of what is a person’s', () => {
    const finding = securityFinding(
      outcomeOf({ outcome: 'detected' }, { tags: { Name: 'web' } }, { relatedRequirements: ['CIS AWS v3.0 5.2'] }),
    );
    expect(finding).toEqual({
      SchemaVersion: '2018-10-08',
      Id: `evenkeel/${SAMPLE_ACCOUNT}/eu-west-1/ec2-security-group-admin-ports-restricted/sg-1`,
      ProductArn: `arn:aws:securityhub:eu-west-1:${SAMPLE_ACCOUNT}:product/${SAMPLE_ACCOUNT}/default`,
      GeneratorId: 'evenkeel/ec2-security-group-admin-ports-restricted',
      AwsAccountId: SAMPLE_ACCOUNT,
      CreatedAt: '2026-11-02T09:14:08.000Z',
      FirstObservedAt: '2026-11-02T09:14:08.000Z',
      UpdatedAt: '2026-11-02T09:14:12.000Z',
      LastObservedAt: '2026-11-02T09:14:12.000Z',
      Title: 'Security groups must not allow SSH or RDP from anywhere',
      Description: 'Open to the world: tcp 22 from 0.0.0.0/0. Evenkeel: detected, and left to a person.',
      FindingProviderFields: {
        Severity: { Label: 'CRITICAL', Original: 'CRITICAL' },
        Types: ['Software and Configuration Checks/AWS Security Best Practices'],
      },
      Remediation: {
        Recommendation: {
          Text: 'Use Session Manager.',
          Url: 'https://eu-west-1.console.aws.amazon.com/ec2/home#SecurityGroup:groupId=sg-1',
        },
      },
      ProductFields: expect.objectContaining({ 'evenkeel/outcome': 'detected', 'evenkeel/tool': 'CLI' }),
      Resources: [
        {
          Type: 'AwsEc2SecurityGroup',
          Id: SECURITY_GROUP,
          Partition: 'aws',
          Region: 'eu-west-1',
          Tags: { Name: 'web' },
        },
      ],
      Compliance: { Status: 'FAILED', RelatedRequirements: ['CIS AWS v3.0 5.2'] },
      RecordState: 'ACTIVE',
    });
    expect(Object.keys(finding).filter((name) => STRANGERS.includes(name))).toEqual([]);
  });

  test('is the same one whenever and however it ends, and another for another place, control or resource', () => {
    const idOf = (...[result, rest, details]: Parameters<typeof outcomeOf>) =>
      securityFinding(outcomeOf(result, rest, details)).Id;
    const one = idOf();
    expect(idOf({ outcome: 'detected', annotation: 'else', eventId: 'e-2' }, { id: 'n-2' }, { time: TIME + 1 })).toBe(
      one,
    );
    const control = (id: string) => ({ control: { ...outcomeOf().control, id } });
    const others = [
      idOf({ accountId: '444455556666' }),
      idOf({ region: 'us-east-1' }),
      idOf({}, control('ec2-other')),
      idOf({ resourceId: 'sg-2' }),
      idOf({ resourceId: 'x'.repeat(2_000) }),
      idOf({ resourceId: `${'x'.repeat(1_999)}y` }),
      idOf({ resourceId: 'sg 1' }),
      idOf({ resourceId: 'sg\u00a01' }),
    ];
    expect(new Set([one, ...others]).size).toBe(others.length + 1);
  });

  test.each<[Partial<Parameters<typeof outcomeOf>[0]>, string, string]>([
    [{ outcome: 'detected' }, 'FAILED', 'ACTIVE'],
    [{ outcome: 'awaitingApproval' }, 'FAILED', 'ACTIVE'],
    [{ outcome: 'halted' }, 'FAILED', 'ACTIVE'],
    [{ outcome: 'blocked' }, 'FAILED', 'ACTIVE'],
    [{ outcome: 'failed' }, 'FAILED', 'ACTIVE'],
    [{ outcome: 'failed', before: null }, 'NOT_AVAILABLE', 'ACTIVE'],
    [{ outcome: 'blocked', before: null }, 'NOT_AVAILABLE', 'ACTIVE'],
    [{ outcome: 'exempted' }, 'FAILED', 'ARCHIVED'],
    [{ outcome: 'remediated' }, 'PASSED', 'ARCHIVED'],
    [{ outcome: 'compliant' }, 'PASSED', 'ARCHIVED'],
    [{ outcome: 'notApplicable' }, 'NOT_AVAILABLE', 'ARCHIVED'],
  ])('of %j is %s and %s', (result, status, state) => {
    const { Compliance, RecordState } = securityFinding(outcomeOf(result));
    expect([Compliance?.Status, RecordState]).toEqual([status, state]);
  });

  test('of an account is about the account, and of what the format does not know about another resource', () => {
    const resource = (resourceType: string) => securityFinding(outcomeOf({ resourceType })).Resources?.[0];
    expect(resource('AWS::::Account')).toMatchObject({ Type: 'AwsAccount', Id: `AWS::::Account:${SAMPLE_ACCOUNT}` });
    expect(resource('AWS::Logs::LogGroup')).toMatchObject({ Type: 'Other', Id: SECURITY_GROUP });
  });

  test('names the control’s page rather than the console', () => {
    const control = { ...outcomeOf().control, page: 'https://wiki.example.com/x' };
    const url = (page: string | null) =>
      securityFinding({ ...outcomeOf(), control: { ...control, page } }).Remediation?.Recommendation?.Url;
    expect(url(control.page)).toBe(control.page);
    for (const none of [null, 'javascript:alert(1)', 'http://wiki.example.com']) expect(url(none)).toMatch(/console/);
  });
});

test.each([
  ['eu-west-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('the product of %s is of the partition %s', (region, partition) => {
  expect(productArn('111122223333', region)).toBe(
    `arn:${partition}:securityhub:${region}:111122223333:product/111122223333/default`,
  );
});

describe('the type of a resource', () => {
  test.each([
    ['AWS::EC2::SecurityGroup', 'AwsEc2SecurityGroup'],
    ['AWS::ACM::Certificate', 'AwsCertificateManagerCertificate'],
    ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AwsElbv2LoadBalancer'],
    ['AWS::RDS::DBInstance', 'AwsRdsDbInstance'],
    ['AWS::DynamoDB::Table', 'AwsDynamoDbTable'],
    ['AWS::::Account', 'AwsAccount'],
    ['AWS::EC2::Image', 'Other'],
    [null, 'Other'],
  ])('%s is %s', (ours, theirs) => {
    expect(asffTypeOf(ours)).toBe(theirs);
  });

  test('is found for all that the model of the format knows', () => {
    const model = new URL(
      '../../node_modules/@aws-sdk/client-securityhub/dist-types/models/models_2.d.ts',
      import.meta.url,
    );
    const [, members = ''] = /interface ResourceDetails \{(.*?)\n\}/s.exec(readFileSync(model, 'utf8')) ?? [];
    const types = [...members.matchAll(/^ {4}(Aws\w+)\?/gm)].map(([, name = '']) => name);
    expect(types.length).toBeGreaterThan(80);
    const missing = types.filter((type) => {
      const [, service = '', rest = ''] = /^Aws([A-Z][a-z0-9]+)(\w+)$/.exec(type) ?? [];
      return asffTypeOf(`AWS::${service}::${rest}`) !== type;
    });
    expect(missing).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributionOf, type Tool } from '../shared/attribution.ts';
import type { JsonObject } from '../shared/event.ts';

describe('the tool', () => {
  test.each<[Tool | null, string]>([
    ['Terraform', 'APN/1.0 HashiCorp/1.0 Terraform/1.13.5 (+https://www.terraform.io) aws-sdk-go-v2/1.41.0'],
    ['Terraform', 'APN/1.0 HashiCorp/1.0 OpenTofu/1.8.0 aws-sdk-go-v2/1.30.0'],
    ['Pulumi', 'APN/1.0 Pulumi/1.0 (3.100.0) PulumiAws/6.0 terraform-provider-aws/dev aws-sdk-go-v2/1.2'],
    ['CloudFormation', 'cloudformation.amazonaws.com'],
    ['CDK', 'aws-cdk/2.150.0 aws-sdk-js/3.600.0'],
    ['console', 'console.amazonaws.com'],
    ['console', 'console.ec2.amazonaws.com'],
    ['console', 'signin.amazonaws.com'],
    ['console', 'AWS Internal'],
    ['console', 'AWS Signin, aws-internal/3 aws-sdk-java/1.11.898 Linux/4.9'],
    ['console', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:103.0) Gecko/20100101 Firefox/103.0'],
    ['console', '[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.1030 Linux/5.4]'],
    ['CLI', 'aws-cli/2.0.62 Python/3.9.0 Darwin/19.6.0 source/x86_64 command/iam.create-access-key'],
    ['CLI', '[aws-cli/2.0.45 Python/3.7.4 Darwin/20.2.0 exe/x86_64 command/s3.cp]'],
    ['SDK', 'Boto3/1.34.0 md/Botocore#1.34.0 ua/2.0'],
    ['SDK', 'aws-sdk-js/3.600.0 ua/2.0 os/linux'],
    ['SDK', 'aws-internal/3 aws-sdk-java/1.12.182 Linux/5.4'],
    [null, 'stratus-red-team_d73089cf-1905-430c-b6d3-4dc4d669190f'],
    [null, 'Go-http-client/1.1'],
  ])('is %s for %s', (tool, userAgent) => {
    expect(attributionOf({ userAgent })).toMatchObject({ tool, userAgent });
  });

  test('is the service that called where the user agent is silent', () => {
    const userIdentity = { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' };
    expect(attributionOf({ userIdentity })).toEqual({
      actor: 'cloudformation.amazonaws.com',
      sourceIp: null,
      userAgent: null,
      tool: 'CloudFormation',
    });
  });

  test('is the console where CloudTrail says that the session came from there', () => {
    const userAgent = 'aws-internal/3 aws-sdk-java/1.12';
    expect(attributionOf({ userAgent, sessionCredentialFromConsole: 'true' }).tool).toBe('console');
  });
});

test('a user agent longer than CloudTrail writes is searched no further', () => {
  const long = 'console.'.repeat(250);
  expect(attributionOf({ userAgent: `${long}Terraform` }).tool).toBe('Terraform');
  // Work cannot grow with what is not read.
  expect(attributionOf({ userAgent: `${'console.'.repeat(25_000)}Terraform` }).tool).toBe(null);
});

describe('the actor', () => {
  test.each<[string | null, JsonObject]>([
    ['arn:aws:iam::111122223333:user/ann', { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ann' }],
    ['config.amazonaws.com', { type: 'AWSService', invokedBy: 'config.amazonaws.com' }],
    ['Root', { type: 'Root' }],
    [null, {}],
  ])('is %s', (actor, userIdentity) => {
    expect(attributionOf({ userIdentity, sourceIPAddress: '192.0.2.1' })).toMatchObject({
      actor,
      sourceIp: '192.0.2.1',
    });
  });
});

test('nothing in a record makes it throw', () => {
  const value = fc.jsonValue();
  const record = fc.record(
    { userIdentity: value, userAgent: value, sourceIPAddress: value, sessionCredentialFromConsole: value },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(record, (some) => {
      for (const part of Object.values(attributionOf(some as JsonObject)))
        expect(part === null || typeof part === 'string').toBe(true);
    }),
  );
});

import { describe, expect, test } from '@jest/globals';
import { loadContent } from '../../../scripts/catalogue.ts';
import { limitLines, limitsOf } from '../../../scripts/generate/limits.ts';
import type { AnyControl } from '../../../shared/control.ts';

const { controls } = await loadContent();
const controlOf = (id: string) => controls.find((one) => one.id === id) as AnyControl;

describe('the limits of a control', () => {
  test('are the reasons in its source; a constant is written out, what the resource says is not', () => {
    const { byHand, notApplicable } = limitsOf(controlOf('ec2-vpc-flow-logs-enabled'));
    expect(notApplicable).toEqual(['The VPC belongs to account …']);
    expect(byHand).toContain('The parameter logDestination is empty.');
    expect(byHand).toContain(
      'The trust policy of the role of the flow log does not allow vpc-flow-logs.amazonaws.com to assume it.',
    );
  });

  test('are also the reasons of what it calls, and of nothing that it does not call', () => {
    const { byHand } = limitsOf(controlOf('s3-bucket-tls-required'));
    expect(byHand).toContain('The bucket policy would have … bytes; S3 accepts 20480. Shorten it first.');
    expect(byHand.filter((reason) => /website|principals or subjects/.test(reason))).toEqual([]);
    expect(limitsOf(controlOf('s3-bucket-public-access-blocked')).byHand).toEqual([
      'The bucket hosts a website, which the block would take down.',
    ]);
  });

  test('say what is waited for, and when it is checked again', () => {
    expect(limitsOf(controlOf('rds-instance-multi-az-enabled')).settling).toEqual([
      'MultiAZ is false until the next maintenance window. Checked again after `6h`.',
      'RDS is at work on it: it is … Checked again after `2m`.',
    ]);
  });

  test('name each lasting refusal of the calls that it makes, once', () => {
    const { refusals } = limitsOf(controlOf('iam-user-console-mfa-enabled'));
    expect(refusals.map(({ by }) => by)).toEqual([
      expect.stringContaining('does not accept the policy as it stands'),
      'the limit of the size of all policies of a user',
    ]);
    expect(limitsOf(controlOf('iam-unused-password-removed')).refusals).toEqual([]);
  });
});

describe('the section of a page', () => {
  test('tells whose settings decide, and what is not changed or not undone', () => {
    const flowLogs = controlOf('ec2-vpc-flow-logs-enabled');
    const lines = limitLines({ ...flowLogs, undoCalls: [] }).join('\n');
    expect(lines).toContain('what others own too: `logGroup`, `trustPolicy`');
    expect(lines).toContain('an AWS service created and manages');
    expect(lines).toContain('cannot be undone');
    const overriding = limitLines({ ...flowLogs, overrides: 'ownership' }).join('\n');
    expect(overriding).not.toMatch(/created and manages|cannot be undone|before the drift/);
    expect(limitLines(flowLogs, 'the name')).toContain(
      '- After a remediation something is not as it was before the drift: the name.',
    );
  });

  test('says plainly that none is known, and that `…` stands for something, where it does', () => {
    expect(limitLines(controlOf('iam-unused-password-removed'))).toEqual(['None is known.']);
    const [, , ...rest] = limitLines(controlOf('iam-root-mfa-enabled'));
    expect(rest).toEqual([]);
    expect(limitLines(controlOf('acm-certificate-expiry-monitored')).at(-1)).toMatch(/^`…` stands for/);
  });
});

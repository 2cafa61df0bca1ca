import { describe, expect, test } from '@jest/globals';
import { loadContent } from '../../../scripts/catalogue.ts';
import { controlDoc, detectionDoc } from '../../../scripts/generate/docs.ts';
import type { AnyControl } from '../../../shared/control.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';

const { controls, detections } = await loadContent();
const controlOf = (id: string) => controls.find((one) => one.id === id) as AnyControl;
const ports = controlOf(ADMIN_PORTS);
const sectionOf = (doc: string, title: string) =>
  doc.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';

describe('the page of a control', () => {
  test('says by which events and reads it is found, and that a sweep finds it too', () => {
    expect(sectionOf(controlDoc(ports), 'How it is found')).toMatch(/`AuthorizeSecurityGroupIngress`.*in every sweep/s);
    expect(sectionOf(controlDoc(ports), 'Permissions')).toMatch(/To evaluate:\n\n- `ec2:DescribeSecurityGroup/);
    const flowLogs = controlOf('ec2-vpc-flow-logs-enabled');
    expect(controlDoc(flowLogs)).toContain('what was there when it was last compliant is kept');
    expect(sectionOf(controlDoc(flowLogs), 'Permissions')).toContain('`iam:GetRole`');
  });

  test('says what is called, who decides, and how it is undone', () => {
    expect(sectionOf(controlDoc(ports), 'Remediation')).toMatch(
      /Made without asking.*by `ec2:AuthorizeSecurityGroupIngress`/s,
    );
    expect(controlDoc({ ...ports, recommendedMode: 'approve' })).toContain('Made when a person has approved it');
    expect(controlDoc({ ...ports, recommendedMode: 'detect' })).toContain('- Opt-in: ');
    expect(sectionOf(controlDoc(ports), 'Permissions')).toMatch(
      /To undo a remediation, also; .*:\n\n- `ec2:AuthorizeSecurityGroupIngress` on /,
    );
    const final = controlDoc({ ...ports, undoCalls: [] });
    expect(final).toContain('none: it cannot be undone');
    expect(final).not.toContain('To undo a remediation');
  });

  test('says how long AWS takes, and where it goes past the owner', () => {
    const doc = controlDoc({ ...ports, settles: '10m', deadline: '2h', overrides: 'ownership' });
    for (const text of ['up to `10m`', 'after `2h` has failed', 'that an AWS service manages'])
      expect(doc).toContain(text);
    expect(controlDoc(ports)).not.toMatch(/up to|has failed|service manages/);
  });

  test('says who is asked for a second opinion, and with which permission', () => {
    const doc = controlDoc(controlOf('sqs-queue-public-access-prohibited'));
    expect(sectionOf(doc, 'Remediation')).toContain('IAM Access Analyzer gives a [second opinion]');
    expect(sectionOf(doc, 'Permissions')).toMatch(
      /with `checkNoPublicAccess` only:\n\n- `access-analyzer:CheckNoPublicAccess` on `\*`\n/,
    );
    expect(controlDoc(ports)).not.toMatch(/second opinion|checkNoPublicAccess/);
  });

  test('of a control without a plan says that it writes nothing', () => {
    const { plan: _, ...watching } = { ...ports, permissions: {} };
    const doc = controlDoc(watching as AnyControl);
    expect(sectionOf(doc, 'Remediation')).toContain('None: people are notified');
    expect(sectionOf(doc, 'Permissions')).toContain('It writes nothing.');
  });

  test('names the requirements that it meets, each framework in a row', () => {
    expect(controlDoc(ports)).toMatch(/^\| CIS AWS Foundations Benchmark v5\.0\.0 \| 5\.3, 5\.4 \|$/m);
    expect(controlDoc({ ...ports, relatedRequirements: [] })).not.toContain('CIS');
  });
});

test.each(detections.map((one) => [one.id, one] as const))(
  'the page of %s says that it reads and writes nothing',
  (_id, one) => {
    expect(sectionOf(detectionDoc(one), 'Permissions')).toContain('None: it reads nothing and writes nothing.');
    expect(sectionOf(detectionDoc(one), 'How it is found')).toMatch(/^- /m);
  },
);

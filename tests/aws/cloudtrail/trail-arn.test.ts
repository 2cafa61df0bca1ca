import { expect, test } from '@jest/globals';
import { ownTrailName, parseTrailArn, trailArn, trailNameFor } from '../../../shared/aws/cloudtrail/trail-arn.ts';

const parts = { region: 'eu-west-1', accountId: '111122223333', name: 'audit' };
const ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit';

test("a trail's ARN is made of its home region, owner and name", () => {
  expect(trailArn(parts)).toBe(ARN);
  expect(parseTrailArn(ARN)).toEqual(parts);
  expect(trailArn({ ...parts, region: 'us-gov-west-1' })).toMatch(/^arn:aws-us-gov:/);
});

test.each(['audit', '', 'arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/0c1d2e3f', `${ARN.slice(0, -5)}`])(
  '%j is not the ARN of a trail',
  (text) => {
    expect(parseTrailArn(text)).toBeNull();
  },
);

test('the API is given the name of a trail of ours and the ARN of any other', () => {
  expect(ownTrailName(ARN, '444455556666')).toBeNull();
  expect(trailNameFor(ARN, '111122223333')).toBe('audit');
  expect(trailNameFor(ARN, '444455556666')).toBe(ARN);
});

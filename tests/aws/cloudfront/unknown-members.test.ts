import { expect, test } from '@jest/globals';
import { unknownMembers } from '../../../shared/aws/cloudfront/unknown-members.ts';

const config = {
  Enabled: true,
  Comment: '',
  Origins: { Quantity: 2, Items: [{ Id: 'a' }, { Id: 'b', Shield: { Enabled: false } }] },
};
const xml = (more = '', inOrigin = '') =>
  `<?xml version="1.0"?>\n<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Enabled>true</Enabled><Comment></Comment>${more}<Origins><Quantity>2</Quantity><Items><Origin><Id>a</Id></Origin><Origin><Id>b</Id><Shield><Enabled>false</Enabled></Shield>${inOrigin}</Origin></Items></Origins></DistributionConfig>`;

test('an answer that was read as a whole has none', () => {
  expect(unknownMembers(xml(), config)).toEqual([]);
});

test.each([
  ['a member of its own', xml('<Quantum>on</Quantum>'), ['Quantum']],
  ['a structure, named once', xml('<Quantum><Mode>x</Mode><Level>2</Level></Quantum>'), ['Quantum']],
  ['a member deep in a list', xml('', '<Quantum at="x">on</Quantum>'), ['Origins.Items.Origin.Quantum']],
  ['several', xml('<A>1</A><B>2</B>'), ['A', 'B']],
])('what the SDK did not read is named: %s', (_name, text, expected) => {
  expect(unknownMembers(text, config)).toEqual(expected);
});

test.each([
  ['an empty element', xml('<Quantum></Quantum>')],
  ['one that closes itself', xml('<Quantum/>')],
  ['nothing but empty elements in it', xml('<Quantum><Mode/></Quantum>')],
])('what says nothing takes nothing away: %s', (_name, text) => {
  expect(unknownMembers(text, config)).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { MODES, SEVERITIES } from '../../shared/control.ts';
import { controls } from '../../shared/controls/index.ts';
import { errorsOf, parse } from '../support/policy-errors.ts';

const ADMIN_PORTS = 'ec2-security-group-admin-ports-restricted';

/** Enough of them where thousands of texts are read: a schema is compiled for each. */
const FEW = controls.slice(0, 2);
const few = FEW.map(({ id }) => id);

const day = fc
  .date({ min: new Date('2026-01-01'), max: new Date(Date.now() + 360 * 86_400_000), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const word = fc.string({ minLength: 1, maxLength: 40 });
const mode = fc.constantFrom(...MODES, 'recommended');

/** Any policy.yml that is right, every part of it optional. */
const document = fc.record(
  {
    defaults: fc.record({ mode }, { requiredKeys: [] }),
    controls: fc.dictionary(fc.constantFrom(...few), fc.record({ mode }, { requiredKeys: [] }), {
      noNullPrototype: true,
    }),
    exemptions: fc.array(
      fc.record({ control: fc.constantFrom(...few), resource: word, owner: word, reason: word, expires: day }),
    ),
    limits: fc.record(
      {
        remediationsPerHour: fc.integer({ min: 1, max: 10_000 }),
        flap: fc.record({ times: fc.integer({ min: 1, max: 99 }), within: fc.constantFrom('30m', '1h', '2d') }),
      },
      { requiredKeys: [] },
    ),
    notify: fc.record({ minimumSeverity: fc.constantFrom(...SEVERITIES) }, { requiredKeys: [] }),
    trusted: fc.record(
      { accounts: fc.constant(['111122223333']), organizations: fc.constant(['o-example']) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

describe('a text that is right', () => {
  test('is read as it stands', () => {
    fc.assert(
      fc.property(document, (wanted) => expect(parse(stringify(wanted), FEW)).toEqual(wanted)),
      { numRuns: 50 },
    );
  });

  test.each(['', '\n# nothing yet\n', '{}', '---\n'])('%j sets nothing', (text) => {
    expect(parse(text)).toEqual({});
  });

  test('words that YAML of old took for other things', () => {
    const text = `defaults: { mode: off }\nexemptions:\n  - { control: ${ADMIN_PORTS}, resource: sg-1, owner: no, reason: yes, expires: 2027-01-31 }\n`;
    expect(parse(text)).toEqual({
      defaults: { mode: 'off' },
      exemptions: [{ control: ADMIN_PORTS, resource: 'sg-1', owner: 'no', reason: 'yes', expires: '2027-01-31' }],
    });
  });
});

test('a region that is newer than our data is taken', () => {
  expect(errorsOf('matches: [{ region: eu-west-9, mode: detect }, { region: nz-*, mode: detect }]')).toEqual([]);
});

describe('a text that is wrong', () => {
  test.each([
    [
      'defaults: { mode: detct }',
      '1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended',
    ],
    ['default: { mode: detect }', '1:1 the file: "default" is not known; did you mean defaults?'],
    [
      `controls:\n  ${ADMIN_PORTS}:\n    mode: detect\n  s3-bucket-encripted: {}`,
      '4:3 controls: "s3-bucket-encripted" is not known; did you mean s3-bucket-encrypted?',
    ],
    [
      `controls: { ${ADMIN_PORTS}: { parameters: { ports: 22 } } }`,
      '1:79 controls.ec2-security-group-admin-ports-restricted.parameters.ports: 22 must be array',
    ],
    [
      `controls: { ${ADMIN_PORTS}: { parameters: { prots: [22] } } }`,
      '1:72 controls.ec2-security-group-admin-ports-restricted.parameters: "prots" is not known; allowed: ports, widestIpv4, widestIpv6',
    ],
    [
      `controls: { ${ADMIN_PORTS}: { parameters: { ports: [22, 70000] } } }`,
      '1:84 controls.ec2-security-group-admin-ports-restricted.parameters.ports.1: 70000 must be <= 65535',
    ],
    [
      'controls: { cloudtrail-log-file-validation-enabled: { parameters: { x: 1 } } }',
      '1:69 controls.cloudtrail-log-file-validation-enabled.parameters: "x" is not known; nothing is allowed here',
    ],
    ['limits: { flap: { times: 0, within: 1h } }', '1:26 limits.flap.times: 0 must be >= 1'],
    [
      'limits: { flap: { times: 1, within: 1y } }',
      '1:37 limits.flap.within: "1y" must match pattern "^[1-9][0-9]*[mhd]$"',
    ],
    ['limits: { flap: { times: 1 } }', `1:17 limits.flap: {"times":1} must have required property 'within'`],
    [
      `exemptions: [{ control: s3-bucket-encrypted, resource: x, owner: x, reason: x, expires: 2027-02-30 }]`,
      '1:89 exemptions.0.expires: "2027-02-30" must match format "date"',
    ],
    [
      'matches: [{ region: eu-wst-1, mode: detect }]',
      '1:21 matches.0.region: "eu-wst-1" fits no region; did you mean eu-west-1?',
    ],
    [
      'matches: [{ region: eu-*, mode: detect }, { region: EU-*, mode: detect }]',
      expect.stringMatching(/^policy\.yml:1:53 matches\.1\.region: "EU-\*" fits no region; did you mean eu-/),
    ],
    ['trusted: { accounts: [111122223333] }', '1:23 trusted.accounts.0: 111122223333 must be string'],
    [
      'trusted: { organizations: [example] }',
      '1:28 trusted.organizations.0: "example" must match pattern "^o-[a-z0-9]+$"',
    ],
    [
      '- defaults',
      expect.stringMatching(
        /^policy\.yml:1:1 the file: \["defaults"\] must be object; allowed: an object of defaults, /,
      ),
    ],
    [
      'controls: { s3-bucket-tls-required: remediate }',
      expect.stringMatching(
        /^policy\.yml:1:37 controls\.s3-bucket-tls-required: "remediate" must be object; allowed: an object of mode\b/,
      ),
    ],
    ['controls:', '1:10 controls: null must be object'],
    ['defaults: { mode: detect }\ndefaults: { mode: remediate }', '2:1 Map keys must be unique'],
    ['defaults: *mode', '1:1 Unresolved alias (the anchor must be set before the alias): mode'],
    ['{}\n---\n{}', '2:1 a second document begins here (---): all settings stand in one'],
    [
      'limits: { approval: { within: 99999999999d } }',
      '1:31 limits.approval.within: "99999999999d" is too long; allowed: up to 36500d, a hundred years',
    ],
    [
      'limits: { flap: { times: 3, within: 36501d } }',
      '1:37 limits.flap.within: "36501d" is too long; allowed: up to 36500d, a hundred years',
    ],
    [
      'notify: { reminders: { HIGH: 7d, LOW: 40000d } }',
      '1:39 notify.reminders.LOW: "40000d" is too long; allowed: up to 36500d, a hundred years',
    ],
  ])('%s', (text, trouble) => {
    expect(errorsOf(text)).toEqual([typeof trouble === 'string' ? `policy.yml:${trouble}` : trouble]);
  });

  test('a key that is no name is reported by us alone', () => {
    const warned: unknown[] = [];
    const emit = process.emitWarning;
    process.emitWarning = (warning: unknown) => warned.push(warning);
    try {
      expect(errorsOf('? { a: b }\n: x')).toEqual([
        'policy.yml:1:1 the file: "{ a: b }" is not known; did you mean matches?',
      ]);
    } finally {
      process.emitWarning = emit;
    }
    expect(warned).toEqual([]);
  });

  test('errors stand in the order of the file', () => {
    const at = errorsOf('defaults:\n  mode: x\nfoo: 1\ncontrols:\n  nothing: {}').map((error) => error.split(':')[1]);
    expect(at).toEqual(['2', '3', '5']);
  });

  test('every error is reported, each on a line of its own', () => {
    const errors = errorsOf(
      'defaults: { mode: x }\nlimits: { remediationsPerHour: 0 }\nnotify: { minimumSeverity: URGENT }',
    );
    expect(errors).toEqual([
      expect.stringMatching(/^policy\.yml:1:19 /),
      expect.stringMatching(/^policy\.yml:2:32 .*: 0 must be >= 1$/),
      expect.stringMatching(/^policy\.yml:3:28 .*INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL$/),
    ]);
  });

  test('a name that is not known is refused wherever it stands', () => {
    const places = ['', 'defaults', 'controls', `controls.${few[0]}`, 'limits', 'limits.flap', 'notify', 'trusted'];
    const known = new Set([
      ...few,
      'defaults',
      'controls',
      'exemptions',
      'limits',
      'notify',
      'mode',
      'parameters',
      'trusted',
      'accounts',
    ]);
    const name = fc.stringMatching(/^[a-z]{1,12}$/).filter((text) => !known.has(text));
    fc.assert(
      fc.property(fc.constantFrom(...places), name, (place, unknown) => {
        const path = place === '' ? [] : place.split('.');
        const wrong = [...path, unknown].reduceRight<unknown>((value, key) => ({ [key]: value }), {});
        expect(errorsOf(stringify(wrong), FEW).join('\n')).toContain(
          `${place || 'the file'}: "${unknown}" is not known`,
        );
      }),
    );
  });

  test('whatever a file holds, it is read or refused with a place, never worse', () => {
    const yaml = fc
      .array(fc.constantFrom(...'{}[]:,-#&*!|>\'"%@` \n\tab1~?'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), yaml), (text) => {
        for (const trouble of errorsOf(text, FEW)) expect(trouble).toMatch(/^policy\.yml:\d+:\d+ \S/);
      }),
      { numRuns: 300 },
    );
  });
});

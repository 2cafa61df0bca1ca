import { type AnyControl, MODES, type Parameters, SEVERITIES } from '../control.ts';
import type { Detection } from '../detection.ts';
import type { ModeSetting } from './policy.ts';

const RECOMMENDED: ModeSetting = 'recommended';

/** The JSON Schema of policy.yml for a set of controls and detections: editors complete it, packaging and the command validate with it. Of controls and detections that are not `named` it says only that they may be. */
export function policySchema(
  controls: readonly AnyControl[],
  detections: readonly Detection[] = [],
  named: (id: string) => boolean = () => true,
): object {
  const ids = [...controls, ...detections].map(({ id }) => id);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Evenkeel policy.yml',
    description: 'What Evenkeel may do in this account.',
    ...object({
      defaults: {
        description: 'The default for every control that is not named below. Without it they only detect.',
        ...object({ mode, checkNoPublicAccess }),
      },
      controls: {
        description: 'Settings of one control, or one detection.',
        ...object(
          Object.fromEntries([
            ...controls.map((control) => [control.id, named(control.id) ? controlSchema(control) : {}]),
            ...detections.map((detection) => [detection.id, named(detection.id) ? detectionSchema(detection) : {}]),
          ]),
        ),
      },
      matches: {
        description:
          'Where a control has another mode than elsewhere. The most specific rule wins: a resource before tags, tags before a region, a region before an account; of equals, the lower mode.',
        type: 'array',
        items: object(
          {
            account: { description: 'Only in this account.', type: 'string', pattern: '^[0-9]{12}$' },
            region: text('Only in this region; * matches any characters.'),
            tags: {
              description: 'Only where the resource carries all these tags; * in a value matches any characters.',
              type: 'object',
              minProperties: 1,
              additionalProperties: { type: 'string' },
            },
            resource: text('Only this ARN or id; * matches any characters.'),
            controls: {
              description: 'Only these controls.',
              type: 'array',
              minItems: 1,
              items: { enum: ids },
            },
            mode,
          },
          ['mode'],
        ),
      },
      exemptions: {
        description: 'Dated permissions to stay non-compliant.',
        type: 'array',
        items: object(
          {
            control: { description: 'The control that is exempted from.', enum: ids },
            resource: text('The ARN or id of the resource; * matches any characters.'),
            owner: text('Who answers for it: an e-mail address.'),
            reason: text('Why it is allowed.'),
            expires: {
              description: 'The last day on which it holds, at most a year ahead.',
              type: 'string',
              format: 'date',
            },
          },
          ['control', 'resource', 'owner', 'reason', 'expires'],
        ),
      },
      owners: {
        description: 'Resources that others manage: drift is detected, not remediated.',
        ...object({
          tags: {
            description: 'Resources with one of these tags; * in a value matches any characters.',
            type: 'object',
            additionalProperties: { type: 'string' },
          },
          infrastructureAsCode: {
            description:
              'detect: drift of what CloudFormation, CDK, Terraform or Pulumi provisioned (by its tags) is detected, not remediated.',
            enum: ['detect', 'remediate'],
          },
        }),
      },
      limits: {
        description: 'When Evenkeel stops by itself.',
        ...object({
          remediationsPerHour: {
            description:
              'The most remediations in an hour: one number for both, or one for each control and one for the account.',
            ...object({
              control: { description: 'Of each control.', type: 'integer', minimum: 1 },
              account: { description: 'Of the account, all controls together.', type: 'integer', minimum: 1 },
            }),
            type: ['integer', 'object'],
            minimum: 1,
          },
          flap: {
            description: 'How often the same drift may come back before remediation stops and a person must decide.',
            ...object(
              {
                times: { description: 'This many remediations …', type: 'integer', minimum: 1 },
                within: {
                  description: '… within this time: 30m, 1h, 2d.',
                  type: 'string',
                  pattern: '^[1-9][0-9]*[mhd]$',
                },
              },
              ['times', 'within'],
            ),
          },
          approval: {
            description: 'How long an approval is waited for.',
            ...object(
              { within: { description: 'This time: 12h, 3d.', type: 'string', pattern: '^[1-9][0-9]*[mhd]$' } },
              ['within'],
            ),
          },
        }),
      },
      notify: {
        description: 'What people are notified of.',
        ...object({
          minimumSeverity: { description: 'Nothing below this severity is notified.', enum: SEVERITIES },
          accountAlias: text('How people call the account; shown beside its id.'),
          controlPages: {
            description: "Where your copy of docs/controls is: each finding links its control's page there.",
            type: 'string',
            pattern: '^https://',
          },
          routes: {
            description:
              'Names for the filter policies of subscriptions: a message carries those whose rule fits as its attribute route.',
            type: 'array',
            items: object(
              {
                name: { description: 'The name.', type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
                controls: globs('Only these controls; * matches any characters.'),
                regions: globs('Only in these regions; * matches any characters.'),
                minimumSeverity: { description: 'Nothing below this severity.', enum: SEVERITIES },
              },
              ['name'],
            ),
          },
          quietHours: {
            description: 'When findings wait for a digest that is sent when these hours end.',
            ...object(
              {
                from: { description: 'The first minute: "22:00".', type: 'string', pattern: TIME },
                to: { description: 'The minute after the last: "07:00".', type: 'string', pattern: TIME },
                timeZone: text('Of the IANA database: Europe/Berlin.'),
                minimumSeverity: {
                  description: 'From this severity on findings are sent all the same; CRITICAL by default.',
                  enum: SEVERITIES,
                },
              },
              ['from', 'to', 'timeZone'],
            ),
          },
          reminders: {
            description: 'How often people are reminded of what stays open, by severity. Without it, never.',
            ...object(
              Object.fromEntries(
                SEVERITIES.map((severity) => [
                  severity,
                  { description: 'Every 1d, 7d.', type: 'string', pattern: '^[1-9][0-9]*d$' },
                ]),
              ),
            ),
          },
        }),
      },
      trusted: {
        description:
          'With whom resources may be shared beside the own account. Without it what is shared is only detected.',
        ...object({
          accounts: list('The ids of accounts, quoted: "111122223333".', '^[0-9]{12}$'),
          organizations: list('The ids of organizations: o-example.', '^o-[a-z0-9]+$'),
        }),
      },
      slack: {
        description: 'Who may decide by the buttons in Slack, where deployment.yml switches them on.',
        ...object({
          approvers: list(
            'The ids of users (member ids) who may approve, reject and undo: U0123ABCD. The functions then get the permissions of what they approve, and with the buttons those of what they undo. Without it nobody.',
            '^[UW][A-Z0-9]{6,20}$',
          ),
        }),
      },
    }),
  };
}

const mode = {
  description: "What Evenkeel may do about a finding; recommended is the control's own mode.",
  enum: [...MODES, RECOMMENDED],
};

const checkNoPublicAccess = {
  description:
    'true: IAM Access Analyzer is asked (CheckNoPublicAccess) before a public policy is edited. Where it disagrees, or gives no opinion, the drift is only detected. AWS charges for each call.',
  type: 'boolean',
};

const TIME = '^([01][0-9]|2[0-3]):[0-5][0-9]$';

const globs = (description: string) => ({
  description,
  type: 'array',
  minItems: 1,
  items: { type: 'string', minLength: 1 },
});

const text = (description: string) => ({ description, type: 'string', minLength: 1 });

const list = (description: string, pattern: string) => ({
  description,
  type: 'array',
  items: { type: 'string', pattern },
});

/** An object that has these properties and no others. */
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 ? { required } : {}),
});

function controlSchema({ title, parameters, publicAccessCheck }: AnyControl): object {
  return {
    description: title,
    ...object({
      mode,
      parameters: { description: 'Parameters of the control.', ...object(parameters as Parameters) },
      ...(publicAccessCheck === undefined ? {} : { checkNoPublicAccess }),
    }),
  };
}

/** A detection has nothing to remediate. */
const detectionSchema = ({ title }: Detection): object => ({
  description: title,
  ...object({ mode: { description: 'Whether people are notified of it.', enum: ['off', 'detect', RECOMMENDED] } }),
});

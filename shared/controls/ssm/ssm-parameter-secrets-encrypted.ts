import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { parameter } from '../../resources/ssm/parameter.ts';

export default defineControl({
  id: 'ssm-parameter-secrets-encrypted',
  title: 'Parameters that hold secrets must be encrypted',
  severity: 'HIGH',
  resource: parameter,
  needs: ['content'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'A parameter of Parameter Store that holds a secret must be a SecureString: one whose value is a secret by its form (an access key, a private key, a token, a URL with a password, a long random text), or one with the name of a secret (/prod/db/password) that is no reference (an ARN, a path, a dynamic reference). The value is neither stored nor shown, and no SecureString is decrypted. AWS Config has no such rule. The readers of the parameter have to change with it, and a record of the change would hold the value: it is left to a person.',
  rationale:
    'Every principal that can read parameters can read the secret, without a permission on a key, and it stays in the history of the parameter.',
  guidance:
    'Create a new parameter of type SecureString (or a secret of Secrets Manager), read it with decryption, grant its readers kms:Decrypt, and delete the old one: its history holds the value. Then rotate the secret: consider it disclosed. Name a parameter that is no secret in allowedParameters.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    allowedParameters: {
      description: 'Names of parameters that hold no secrets although they look like it.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [] as readonly string[],
    },
  },
  evaluate({ ref, content: { Type, secret } }, { parameters: { allowedParameters } }) {
    if (Type === 'SecureString') return compliant('The parameter is encrypted.');
    if (secret === null || allowedParameters.includes(ref.resourceId))
      return compliant('The parameter holds no secret.');
    return nonCompliant(`The parameter is a ${Type} and holds ${secret}.`);
  },
});

import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { lambdaFunction } from '../../resources/lambda/function.ts';

export default defineControl({
  id: 'lambda-environment-secrets-prohibited',
  title: 'Environment variables of functions must hold no secrets',
  severity: 'HIGH',
  resource: lambdaFunction,
  needs: ['environmentSecrets'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'No environment variable of a function may hold a secret: a value that is one by its form (an access key, a private key, a token, a URL with a password, a long random text), or any value of a variable with the name of a secret (DB_PASSWORD, apiKey) that is no reference (an ARN, a path, a dynamic reference). The values are neither stored nor shown. Published versions, which cannot be changed, are not evaluated. AWS Config has no such rule. The code has to change with the variable: it is left to a person.',
  rationale:
    'Every principal that can read the configuration of the function can read the secret: many more than have access to secrets, and it stays in templates and logs.',
  guidance:
    'Put the secret into Secrets Manager or a SecureString parameter, read it from there, and grant the permission to the role of the function. Then remove the variable, delete old versions of the function, and rotate the secret: consider it disclosed. Name a variable that is no secret in the parameter allowedVariables.',
  impact: 'none',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {
    allowedVariables: {
      description: 'Names of variables that hold no secrets although they look like it.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [] as readonly string[],
    },
  },
  evaluate({ environmentSecrets }, { parameters: { allowedVariables } }) {
    const found = environmentSecrets.filter(({ name }) => !allowedVariables.includes(name));
    if (found.length === 0) return compliant('No environment variable of the function holds a secret.');
    return nonCompliant(
      `Environment variables hold secrets: ${found.map(({ name, what }) => `${name} (${what})`).join(', ')}.`,
    );
  },
});

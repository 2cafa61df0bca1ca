import type { Deployment, StackResource } from '../../shared/doctor/deployment.ts';
import type { Check, DoctorContext } from '../../shared/doctor/diagnosis.ts';
import type { Aws } from '../../shared/resource.ts';
import { testEngine } from './engine.ts';

type Input = Readonly<Record<string, unknown>>;

/** How AWS answers, by the name of the command; an answer that is an Error is thrown, and a call without an answer is denied. */
export type Answers = Readonly<Record<string, (input: Input, region: string) => object>>;

/** An error as the SDK throws it. */
export const awsError = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** The SDK's own clients, which answer instead of calling. */
export const answeringAws =
  (answers: Answers) =>
  (home: string): Aws =>
    ((Client: new (settings: object) => object, region = home) => {
      const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) => {
        const answer = answers[command.constructor.name.replace(/Command$/, '')]?.(command.input, region);
        if (answer === undefined) throw awsError('AccessDenied', 'Not you.');
        if (answer instanceof Error) throw answer;
        return answer;
      };
      return Object.assign(new Client({ region }), { send });
    }) as unknown as Aws;

export const deploymentWith = (
  resources: readonly StackResource[] = [],
  change: Partial<Deployment> = {},
): Deployment => ({
  stack: 'evenkeel-prod',
  home: 'eu-west-1',
  accountId: '111122223333',
  status: 'CREATE_COMPLETE',
  since: 0,
  outputs: {},
  regions: ['eu-west-1', 'us-east-1'],
  leftOut: [],
  resources,
  ...change,
});

/** Resources of the stack, of one type. */
export const stackResources = (type: string, ...physicalIds: string[]): readonly StackResource[] =>
  physicalIds.map((physicalId) => ({ logicalId: physicalId, type, physicalId }));

export const contextWith = (answers: Answers, change: Partial<DoctorContext> = {}): DoctorContext => ({
  engine: testEngine(answeringAws(answers), 'detect'),
  home: 'eu-west-1',
  deployment: deploymentWith(),
  table: 'ledger',
  topicArn: undefined,
  ...change,
});

/** What a check finds, always as a list. */
export const resultsOf = async (check: Check, context: DoctorContext) => [await check.run(context)].flat();

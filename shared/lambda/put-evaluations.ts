import { ConfigServiceClient, type Evaluation, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import type { Aws } from '../resource.ts';
import type { Clock } from '../time.ts';

/** PutEvaluations takes so many at once. */
export const EVALUATIONS_BATCH = 100;
/** So often an evaluation is sent that Config refuses for the moment. */
const MOST_TRIES = 4;
/** The first wait before it is sent again, in milliseconds; each one after is twice as long. */
const FIRST_WAIT = 200;
/** The token by which somebody who tries a rule out says that nothing is to be stored. */
const TEST_TOKEN = 'TESTMODE';

/** Reports a batch of evaluations to AWS Config, the refused ones again a few times. Gives those that it goes on refusing; throws the SDK's own error where the call fails. */
export async function putEvaluations(
  aws: Aws,
  resultToken: string,
  evaluations: readonly Evaluation[],
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<readonly Evaluation[]> {
  let left = evaluations;
  for (let tries = 0; left.length > 0 && tries < MOST_TRIES; tries += 1) {
    if (tries > 0) await sleep(FIRST_WAIT * 2 ** (tries - 1));
    const { FailedEvaluations = [] } = await aws(ConfigServiceClient).send(
      new PutEvaluationsCommand({
        ResultToken: resultToken,
        Evaluations: [...left],
        TestMode: resultToken === TEST_TOKEN,
      }),
    );
    const refused = new Set(FailedEvaluations.map(({ ComplianceResourceId }) => ComplianceResourceId));
    left = left.filter(({ ComplianceResourceId }) => refused.has(ComplianceResourceId));
  }
  return left;
}

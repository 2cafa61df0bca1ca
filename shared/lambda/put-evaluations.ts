import { ConfigServiceClient, type Evaluation, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { sendBatch } from '../aws/partial-batch.ts';
import type { Aws } from '../resource.ts';
import { delays } from '../retry.ts';
import type { Clock } from '../time.ts';

/** The most that PutEvaluations takes. */
export const EVALUATIONS_BATCH = 100;
const RETRY_DELAYS_MS = [200, 400, 800];
/** The token of a trial invocation: nothing is to be stored. */
const TEST_TOKEN = 'TESTMODE';

/** Reports a batch of evaluations to AWS Config, the refused ones again a few times. Gives those that are still refused; throws the SDK's own error where the call fails. */
export async function putEvaluations(
  aws: Aws,
  resultToken: string,
  evaluations: readonly Evaluation[],
  clock: Pick<Clock, 'sleep'>,
): Promise<readonly Evaluation[]> {
  const send = async (left: readonly Evaluation[]) => {
    const { FailedEvaluations = [] } = await aws(ConfigServiceClient).send(
      new PutEvaluationsCommand({
        ResultToken: resultToken,
        Evaluations: [...left],
        TestMode: resultToken === TEST_TOKEN,
      }),
    );
    const refused = new Set(FailedEvaluations.map(({ ComplianceResourceId }) => ComplianceResourceId));
    return left.filter(({ ComplianceResourceId }) => refused.has(ComplianceResourceId));
  };
  return sendBatch(evaluations, send, { clock, backoff: delays(...RETRY_DELAYS_MS) });
}

import { randomUUID } from 'node:crypto';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { messageOf } from '../aws/error-message.ts';
import { outputsOf, stackNamed } from '../doctor/deployment.ts';
import { type AnchorLog, anchorLine } from '../ledger/anchors.ts';
import type { Aws } from '../resource.ts';
import { visible } from '../text.ts';
import { systemClock } from '../time.ts';

/** The output of the stack that names the log group of the command's anchors. */
export const ANCHOR_LOG_OUTPUT = 'AnchorLogGroup';

/** The clients of the deployment's home region. */
interface RegionClients {
  readonly aws: Aws;
  readonly lookUps: Aws;
}

interface Stream {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Keeps the command's anchors in the log group that the deployment has for them; the first one looks that up. A ledger of no deployment has none. What could not be logged is reported on stderr: what was done stays done. */
export function commandAnchorLog({ aws, lookUps }: RegionClients, stack: string, table: string): AnchorLog {
  let opened: Promise<Stream | null> | undefined;
  return async (anchors) => {
    try {
      opened ??= openStream({ aws, lookUps }, stack, table);
      const stream = await opened;
      if (stream === null) return;
      const timestamp = systemClock.now().getTime();
      const logEvents = anchors.map((anchor) => ({ timestamp, message: anchorLine(anchor) }));
      const put = new PutLogEventsCommand({ ...stream, logEvents });
      const { rejectedLogEventsInfo } = await aws(CloudWatchLogsClient).send(put);
      // CloudWatch Logs answers 200 to events that it drops.
      if (rejectedLogEventsInfo !== undefined)
        throw new Error("this machine's clock is wrong: the log rejects its time");
    } catch (error) {
      opened = undefined;
      for (const { remediationId, phase } of anchors)
        process.stderr.write(
          `evenkeel: ${remediationId} has ${phase}, and that is not in the logs: ${visible(messageOf(error))}\n`,
        );
    }
  };
}

/** A log stream of this run's own; null where the table is no deployment's. Throws where that cannot be read, or it has no such log group. */
async function openStream({ aws, lookUps }: RegionClients, stack: string, table: string): Promise<Stream | null> {
  const outputs = outputsOf(await stackNamed(lookUps, stack));
  if (outputs.LedgerTable !== table) return null;
  const logGroupName = outputs[ANCHOR_LOG_OUTPUT];
  if (!logGroupName) throw new Error(`the stack ${stack} has no output ${ANCHOR_LOG_OUTPUT}: deploy it again`);
  const stream = { logGroupName, logStreamName: randomUUID() };
  await aws(CloudWatchLogsClient).send(new CreateLogStreamCommand(stream));
  return stream;
}

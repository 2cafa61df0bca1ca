import { buffer } from 'node:stream/consumers';
import {
  CloudFrontClient,
  type DistributionConfig,
  GetDistributionConfigCommand,
  type GetDistributionConfigResult,
} from '@aws-sdk/client-cloudfront';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';
import { unknownMembers } from './unknown-members.ts';

/** A distribution's configuration as it has to be sent back: whole, under its ETag. */
export interface WholeConfig {
  readonly etag: string;
  readonly config: DistributionConfig;
  /** Members that this version of the SDK does not know, and would take away. */
  readonly unknown: readonly string[];
}

interface WithBody extends GetDistributionConfigResult {
  readonly body?: string;
}

/** The answer keeps its body: what is not in the SDK's model is nowhere else. */
function keepingBody(command: GetDistributionConfigCommand): GetDistributionConfigCommand {
  let body = '';
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: NodeJS.ReadableStream | Uint8Array };
      const bytes = response.body instanceof Uint8Array ? response.body : await buffer(response.body);
      body = Buffer.from(bytes).toString();
      response.body = new Uint8Array(bytes);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'bodyReader' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      return { ...result, output: { ...result.output, body } };
    },
    { step: 'initialize', priority: 'high', name: 'bodyKeeper' },
  );
  return command;
}

/** Reads the configuration of a distribution with all that it holds, secrets in the headers of its origins too. */
export async function readWholeConfig(aws: Aws, Id: string): Promise<WholeConfig> {
  const answer: WithBody = await aws(CloudFrontClient).send(keepingBody(new GetDistributionConfigCommand({ Id })));
  const config = carried('GetDistributionConfig', 'DistributionConfig', answer.DistributionConfig);
  const etag = carried('GetDistributionConfig', 'ETag', answer.ETag);
  const body = carried('GetDistributionConfig', 'a body', answer.body || null);
  return { etag, config, unknown: unknownMembers(body, config) };
}

import { loadServices } from '../../../scripts/catalogue.ts';
import type { Operation } from '../../../scripts/scaffold/record-style.ts';
import { type CommandClass, operationOf } from '../../../scripts/scaffold/sample-event.ts';

/** The SDKs whose calls an event source records, by the short names of our services, where it is called otherwise or stands for several. */
const SDKS_OF: Readonly<Record<string, readonly string[]>> = {
  'access-analyzer': ['accessanalyzer'],
  apigateway: ['apigateway', 'apigatewayv2'],
  elasticfilesystem: ['efs'],
  elasticloadbalancing: ['elasticloadbalancingv2'],
  logs: ['cloudwatchlogs'],
  monitoring: ['cloudwatch'],
  s3: ['s3', 's3control'],
  's3-control': ['s3control'],
};

/** Operations of the API that CloudTrail records by another name. */
const OPERATION_OF: Readonly<Record<string, string>> = {
  's3 PutBucketPublicAccessBlock': 'PutPublicAccessBlock',
  's3 DeleteBucketPublicAccessBlock': 'DeletePublicAccessBlock',
  's3control PutAccountPublicAccessBlock': 'PutPublicAccessBlock',
  's3control DeleteAccountPublicAccessBlock': 'DeletePublicAccessBlock',
};

/** The date that Lambda's older operations carry in their event names: `AddPermission20150331v2`. */
const VERSION = /\d{8}(v\d+)?$/;

const loadOf = new Map([
  ...(await loadServices()).flatMap(({ sdks }) => Object.entries(sdks)),
  // What resources of several services are backed up by.
  ['backup', () => import('@aws-sdk/client-backup')] as const,
]);
const modules = new Map<string, Promise<object>>();
const moduleOf = (sdk: string): Promise<object> => {
  const known = modules.get(sdk) ?? loadOf.get(sdk)?.() ?? Promise.resolve({});
  modules.set(sdk, known);
  return known;
};

/** An operation, and the SDK that has it. */
export interface Modelled {
  readonly sdk: string;
  readonly operation: Operation;
}

/** The operations that an event can be the record of: of two APIs that share a source, both may have one of the name. */
export async function operationsOf(eventSource: string, eventName: string): Promise<readonly Modelled[]> {
  const source = eventSource.replace('.amazonaws.com', '');
  const found: Modelled[] = [];
  for (const sdk of SDKS_OF[source] ?? [source]) {
    const name = OPERATION_OF[`${sdk} ${eventName}`] ?? eventName.replace(VERSION, '');
    const command = ((await moduleOf(sdk)) as Readonly<Record<string, CommandClass>>)[`${name}Command`];
    if (command !== undefined) found.push({ sdk, operation: operationOf(command) });
  }
  return found;
}

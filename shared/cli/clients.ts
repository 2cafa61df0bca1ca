import { cachingReads } from '../aws/caching-clients.ts';
import { awsClients } from '../aws/clients.ts';
import type { Aws } from '../resource.ts';

type Clients = (region: string) => Aws;

/** The clients of a run of the command. */
export interface RunClients {
  readonly aws: Clients;
  /** For what no run changes (who the caller is, the stack, its outputs): each is asked once. Also for all reads of a dry run. */
  readonly lookUps: Clients;
}

/** Clients for one run. */
export function runClients(): RunClients {
  const aws = awsClients();
  return { aws, lookUps: cachingReads(aws) };
}

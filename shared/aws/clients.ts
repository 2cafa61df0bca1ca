import type { Aws, ClientClass } from '../resource.ts';

/** Milliseconds. A call with all its retries must end before half of a lease has: no run writes after another has taken over. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 9_000, throwOnRequestTimeout: true };

/** An event may name another region than a bucket's own: S3 says which it is. */
const REGIONLESS: Readonly<Record<string, object>> = { S3Client: { followRegionRedirects: true } };

/** Makes clients and keeps them: one for each class and region. Credentials, endpoint and retries are the SDK's own (`AWS_PROFILE`, `AWS_ENDPOINT_URL`, …). */
export function awsClients(timeouts: object = TIMEOUTS): (region: string) => Aws {
  const made = new Map<string, unknown>();
  return (home) =>
    <C>(client: ClientClass<C>, region = home): C => {
      const key = `${client.name}|${region}`;
      if (!made.has(key))
        made.set(
          key,
          new client({
            region,
            requestHandler: timeouts,
            ...REGIONLESS[client.name],
            ...localOptions(client.name, region),
          } as never),
        );
      return made.get(key) as C;
    };
}

/** A local endpoint has no host names of its own: buckets go into the path, a queue's URL does not say where to go, and S3 Control must not put the account id before the host. */
function localOptions(name: string, region: string): object {
  // biome-ignore lint/style/noProcessEnv: the SDK reads it too; only here is it known what it means for each client.
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint === undefined || endpoint === '') return {};
  if (name === 'S3Client') return { forcePathStyle: true };
  if (name === 'SQSClient') return { useQueueUrlAsEndpoint: false };
  if (name !== 'S3ControlClient') return {};
  const authScheme = { name: 'sigv4', signingName: 's3', signingRegion: region, disableDoubleEncoding: true };
  return {
    endpointProvider: () => ({ url: new URL(endpoint), properties: { authSchemes: [authScheme] }, headers: {} }),
  };
}

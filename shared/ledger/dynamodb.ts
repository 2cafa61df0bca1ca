import { gunzipSync, gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Aws } from '../resource.ts';
import type { Finding, Ledger, Remediation } from './ledger.ts';

/** Documents above this many bytes are kept compressed: an item may have 400 KB, a large security group's two states more. */
const PLAIN_LIMIT = 100_000;

const pack = (value: unknown): string | Uint8Array => {
  const text = JSON.stringify(value);
  return text.length <= PLAIN_LIMIT ? text : gzipSync(text);
};
const unpack = <T>(stored: string | Uint8Array): T =>
  JSON.parse(typeof stored === 'string' ? stored : gunzipSync(stored).toString());

const FINDING = 'FINDING#';
const LAST_KNOWN = 'LASTKNOWN';
const REMEDIATION = 'REMEDIATION';
const resourceItem = (key: string) => `RESOURCE#${key}`;
const remediationItem = (id: string) => ({ pk: `REMEDIATION#${id}`, sk: REMEDIATION });

/** The ledger in its DynamoDB table (keys `pk` and `sk`, see resources/ledger.yml). Everything about a resource's present is one query; a remediation is one item, found by its id, its resource or its month. */
export function dynamoLedger(aws: Aws, table: string): Ledger {
  const client = DynamoDBDocumentClient.from(aws(DynamoDBClient), { marshallOptions: { removeUndefinedValues: true } });
  const put = async (item: Record<string, unknown>) => {
    await client.send(new PutCommand({ TableName: table, Item: item }));
  };
  return {
    async recall(key) {
      const findings: Finding[] = [];
      let lastKnown: unknown = null;
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': resourceItem(key) },
        ConsistentRead: true,
      };
      for await (const page of paginateQuery({ client }, query)) {
        for (const { sk, document } of page.Items ?? []) {
          if (sk === LAST_KNOWN) lastKnown = unpack(document);
          else if (String(sk).startsWith(FINDING)) findings.push(unpack(document));
        }
      }
      return { findings, lastKnown };
    },
    async saveFinding(key, finding) {
      const { controlId, status, severity, outcome, lastSeen } = finding;
      const shown = { controlId, status, severity, outcome, lastSeen };
      await put({ pk: resourceItem(key), sk: `${FINDING}${controlId}`, ...shown, document: pack(finding) });
    },
    async remember(key, state) {
      await put({ pk: resourceItem(key), sk: LAST_KNOWN, document: pack(state) });
    },
    async saveRemediation(key, remediation) {
      const { id, controlId, status, times } = remediation;
      const shown = { id, controlId, status, resource: key, month: times.decided.slice(0, 7) };
      await put({ ...remediationItem(id), ...shown, document: pack(remediation) });
    },
    async remediation(id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: remediationItem(id), ConsistentRead: true }),
      );
      return Item === undefined ? null : unpack<Remediation>(Item.document);
    },
  };
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../shared/event.ts';

/** The catalogue that controls are built from. It is read where it lies, and none of it is copied into the repository. */
const FOLDER = path.resolve(import.meta.dirname, '../../../shared/catalogue');
export const isThere = existsSync(FOLDER);

/** A row of the catalogue, as far as its events go. */
export interface Row {
  readonly id: string;
  readonly tier: number;
  readonly cloudtrail_triggers: readonly { readonly event_source: string; readonly event_names: readonly string[] }[];
}

/** How a call is recorded, with an example of the catalogue's own making. */
export interface Shape {
  readonly eventSource: string | null;
  readonly eventName: string;
  readonly example: JsonObject;
}

const read = (name: string) => (isThere ? JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) : []);
/** The first part of the catalogue: tiers 1 and 2. */
export const ROWS = (read('controls.json') as readonly Row[]).filter(({ tier }) => tier <= 2);
export const SHAPES = read('event-shapes.json') as readonly Shape[];

/** Rows that are about several resource types or settings, each of which has a control of its own. */
export const ANSWERED_BY_SEVERAL: Readonly<Record<string, readonly string[]>> = {
  'apigateway-stage-logging-enabled': ['apigateway-stage-logging-enabled', 'apigateway-http-stage-logging-enabled'],
  'dynamodb-table-pitr-enabled': ['dynamodb-table-pitr-enabled', 'dynamodb-table-deletion-protection-enabled'],
  'iam-administrator-access-restricted': [
    'iam-administrator-access-restricted',
    'iam-group-administrator-access-restricted',
    'iam-role-administrator-access-restricted',
  ],
  'rds-instance-backup-enabled': ['rds-instance-backup-enabled', 'rds-cluster-backup-enabled'],
  'rds-instance-deletion-protection-enabled': [
    'rds-instance-deletion-protection-enabled',
    'rds-cluster-deletion-protection-enabled',
  ],
  'rds-instance-minor-upgrade-enabled': ['rds-instance-minor-upgrade-enabled', 'rds-cluster-minor-upgrade-enabled'],
  'rds-snapshot-public-access-prohibited': [
    'rds-snapshot-public-access-prohibited',
    'rds-cluster-snapshot-public-access-prohibited',
  ],
  'rds-storage-encrypted': ['rds-storage-encrypted', 'rds-cluster-storage-encrypted'],
  'ssm-document-public-access-prohibited': [
    'ssm-document-public-access-prohibited',
    'ssm-document-public-sharing-blocked',
  ],
};

/** Events that the catalogue's corrections add to a row. */
export const CORRECTED: Readonly<Record<string, readonly string[]>> = {
  // An administrator by membership of a group.
  'iam-administrator-access-restricted': ['iam.amazonaws.com AddUserToGroup'],
  // Recorded without the version.
  'lambda-function-url-auth-required': [
    'lambda.amazonaws.com CreateFunctionUrlConfig',
    'lambda.amazonaws.com UpdateFunctionUrlConfig',
  ],
  // Security Hub evaluates Aurora's clusters too.
  'rds-instance-minor-upgrade-enabled': ['rds.amazonaws.com CreateDBCluster', 'rds.amazonaws.com ModifyDBCluster'],
};

/** Rows, and events of rows, that no control hears of; with the reason. */
export const UNANSWERED: Readonly<Record<string, string>> = {};

const ELSEWHERE = 'nothing of the account that is looked up here uses the one that it names';
/** Examples that lead to no resource, with the reason. */
export const NAMING_NONE_OF_OURS: Readonly<Record<string, string>> = {
  'ec2.amazonaws.com ModifyManagedPrefixList': ELSEWHERE,
  'ec2.amazonaws.com RestoreManagedPrefixListVersion': ELSEWHERE,
  'iam.amazonaws.com CreateVirtualMFADevice': 'a person’s device, of which the call does not say whose it will be',
  'rds.amazonaws.com ModifyDBParameterGroup': ELSEWHERE,
  'rds.amazonaws.com ModifyDBSubnetGroup': ELSEWHERE,
  'rds.amazonaws.com ResetDBParameterGroup': ELSEWHERE,
  'redshift.amazonaws.com ModifyClusterParameterGroup': ELSEWHERE,
  'signin.amazonaws.com ConsoleLogin': 'the root user’s, which is no user of IAM: a detection reads it',
};

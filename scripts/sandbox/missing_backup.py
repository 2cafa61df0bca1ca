"""What moto's AWS Backup does not know: selections by tag, and what was backed up. A plan of the local account backs up at once what it selects."""

import json
import time
from urllib.parse import unquote

from moto.backup.responses import BackupResponse
from moto.backup.urls import url_paths
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.efs.models import efs_backends
from moto.rds.models import rds_backends

TYPES = {"rds": "RDS", "ec2": "EBS", "dynamodb": "DynamoDB", "elasticfilesystem": "EFS"}
OPTED_IN = {kind: True for kind in TYPES.values()}


def state_of(self):
    """What this module keeps of a backend, beside moto's own."""
    backend = self.backup_backend
    if not hasattr(backend, "selections"):
        backend.selections, backend.backed_up, backend.opted_in = {}, {}, dict(OPTED_IN)
    return backend


def tagged_resources(account_id, region):
    """Of each kind of resource, its ARN and its tags."""
    ec2 = ec2_backends[account_id][region]
    for volume in ec2.volumes.values():
        arn = f"arn:aws:ec2:{region}:{account_id}:volume/{volume.id}"
        yield arn, {tag["key"]: tag["value"] for tag in volume.get_tags()}
    for database in rds_backends[account_id][region].databases.values():
        yield database.arn, {tag["Key"]: tag["Value"] for tag in database.tags}
    for table in dynamodb_backends[account_id][region].tables.values():
        yield table.table_arn, {tag["Key"]: tag["Value"] for tag in table.tags}
    efs = efs_backends[account_id][region]
    for system in efs.file_systems_by_id.values():
        tags = efs.list_tags_for_resource(system.file_system_id)
        yield system.file_system_arn, {tag["Key"]: tag["Value"] for tag in tags}


def list_protected_resources(self):
    backend = state_of(self)
    conditions = [one for selection in backend.selections.values() for one in selection.get("ListOfTags") or []]
    found = dict(backend.backed_up)
    for arn, tags in tagged_resources(self.current_account, self.region):
        if any(tags.get(one["ConditionKey"]) == one["ConditionValue"] for one in conditions):
            found.setdefault(arn, time.time())
    results = [
        {"ResourceArn": arn, "ResourceType": TYPES.get(arn.split(":")[2]), "LastBackupTime": when}
        for arn, when in found.items()
    ]
    return json.dumps({"Results": results})


def start_backup_job(self):
    arn = json.loads(self.body)["ResourceArn"]
    state_of(self).backed_up[arn] = time.time()
    return json.dumps({"BackupJobId": "job-1", "CreationDate": time.time()})


def create_backup_selection(self):
    plan_id = self.path.split("/")[3]
    selections = state_of(self).selections
    selection_id = f"selection-{len(selections) + 1}"
    selections[selection_id] = json.loads(self.body)["BackupSelection"]
    return json.dumps({"SelectionId": selection_id, "BackupPlanId": plan_id, "CreationDate": time.time()})


def delete_backup_selection(self):
    state_of(self).selections.pop(unquote(self.path.split("/")[-1]), None)
    return "{}"


def describe_region_settings(self):
    opted_in = state_of(self).opted_in
    return json.dumps({"ResourceTypeOptInPreference": opted_in, "ResourceTypeManagementPreference": {}})


def update_region_settings(self):
    state_of(self).opted_in.update(json.loads(self.body).get("ResourceTypeOptInPreference", {}))
    return "{}"


for operation in (
    list_protected_resources,
    start_backup_job,
    create_backup_selection,
    delete_backup_selection,
    describe_region_settings,
    update_region_settings,
):
    setattr(BackupResponse, operation.__name__, operation)
# Before the path of a plan, whose name would take all that follows.
paths = {
    "{0}/resources/?$": BackupResponse.dispatch,
    "{0}/backup-jobs/?$": BackupResponse.dispatch,
    "{0}/account-settings$": BackupResponse.dispatch,
    "{0}/backup/plans/(?P<plan_id>[^/]+)/selections/?$": BackupResponse.dispatch,
    "{0}/backup/plans/(?P<plan_id>[^/]+)/selections/(?P<selection_id>[^/]+)$": BackupResponse.dispatch,
    **url_paths,
}
url_paths.clear()
url_paths.update(paths)

"""What moto does not know and controls need: the operations are added to its own, so that they speak the service's protocol."""

import json

import moto.ec2.models
from moto.apigateway.responses import APIGatewayResponse
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.apigatewayv2.urls import url_paths
from moto.athena.responses import AthenaResponse
from moto.cloudtrail.models import CloudTrailBackend, cloudtrail_backends
from moto.core.responses import ActionResult
from moto.ec2.responses.settings import Settings
from moto.logs.responses import LogsResponse
from moto.rds.models import DBCluster, FilterDef
from moto.redshift.models import RedshiftBackend
from moto.redshift.responses import RedshiftResponse
from moto.shield.responses import ShieldResponse
from moto.ssm.responses import SimpleSystemManagerResponse

UNBLOCKED = "unblocked"


def get_snapshot_block_public_access_state(self):
    state = getattr(self.ec2_backend, "snapshot_block_public_access", UNBLOCKED)
    return ActionResult({"State": state, "ManagedBy": "account"})


def enable_snapshot_block_public_access(self):
    self.ec2_backend.snapshot_block_public_access = self._get_param("State")
    return ActionResult({"State": self.ec2_backend.snapshot_block_public_access})


def disable_snapshot_block_public_access(self):
    self.ec2_backend.snapshot_block_public_access = UNBLOCKED
    return ActionResult({"State": UNBLOCKED})


Settings.get_snapshot_block_public_access_state = get_snapshot_block_public_access_state
Settings.enable_snapshot_block_public_access = enable_snapshot_block_public_access
Settings.disable_snapshot_block_public_access = disable_snapshot_block_public_access


def describe_instance_information(self):
    """An instance reports to Systems Manager where it runs with an instance profile: the local account has no agents."""
    backend = self.ssm_backend
    ec2 = moto.ec2.models.ec2_backends[backend.account_id][backend.region_name]
    filters = {one["Key"]: one["Values"] for one in self._get_param("Filters", [])}
    asked = filters.get("InstanceIds")
    reporting = [
        association.instance.id
        for association in ec2.iam_instance_profile_associations.values()
        if association.instance.state == "running"
    ]
    return ActionResult(
        {
            "InstanceInformationList": [
                {"InstanceId": instance_id, "PingStatus": "Online", "ResourceType": "EC2Instance"}
                for instance_id in reporting
                if asked is None or instance_id in asked
            ]
        }
    )


SimpleSystemManagerResponse.describe_instance_information = describe_instance_information


def service_setting(self, change=None):
    """Public sharing of documents is enabled until somebody sets it; of other settings the local account knows nothing."""
    setting_id = self._get_param("SettingId").split(":servicesetting")[-1]
    settings = self.ssm_backend.__dict__.setdefault("service_settings", {})
    if change is not None:
        change(settings, setting_id)
    value = settings.get(setting_id)
    return {
        "SettingId": setting_id,
        "SettingValue": value or "Enable",
        "Status": "Default" if value is None else "Customized",
    }


def get_service_setting(self):
    return ActionResult({"ServiceSetting": service_setting(self)})


def update_service_setting(self):
    value = self._get_param("SettingValue")
    service_setting(self, lambda settings, setting_id: settings.update({setting_id: value}))
    return ActionResult({})


def reset_service_setting(self):
    return ActionResult({"ServiceSetting": service_setting(self, lambda settings, name: settings.pop(name, None))})


SimpleSystemManagerResponse.get_service_setting = get_service_setting
SimpleSystemManagerResponse.update_service_setting = update_service_setting
SimpleSystemManagerResponse.reset_service_setting = reset_service_setting


def associate_kms_key(self):
    self.logs_backend.groups[self._get_param("logGroupName")].kms_key_id = self._get_param("kmsKeyId")
    return ""


def disassociate_kms_key(self):
    self.logs_backend.groups[self._get_param("logGroupName")].kms_key_id = None
    return ""


LogsResponse.associate_kms_key = associate_kms_key
LogsResponse.disassociate_kms_key = disassociate_kms_key


def modify_cluster_parameter_group(self):
    """The parameters of a group are those of the engine, but for what was set in it."""
    name = self._get_param("ParameterGroupName")
    group = self.redshift_backend.parameter_groups[name]
    given = {one["ParameterName"]: one["ParameterValue"] for one in self._get_param("Parameters", [])}
    group.values = {**getattr(group, "values", {}), **given}
    return ActionResult({"ParameterGroupName": name})


def describe_cluster_parameters(self, parameter_group_name):
    defaults = known_cluster_parameters(self, parameter_group_name)
    values = getattr(self.parameter_groups[parameter_group_name], "values", {})
    return [{**one, "ParameterValue": values.get(one["ParameterName"], one["ParameterValue"])} for one in defaults]


RedshiftResponse.modify_cluster_parameter_group = modify_cluster_parameter_group
known_cluster_parameters = RedshiftBackend.describe_cluster_parameters
RedshiftBackend.describe_cluster_parameters = describe_cluster_parameters


def update_work_group(self):
    work_group = self.athena_backend.work_groups[self._get_param("WorkGroup")]
    updates = self._get_param("ConfigurationUpdates", {})
    result = {**updates.pop("ResultConfigurationUpdates", {})}
    kept = {**work_group.configuration.get("ResultConfiguration", {})}
    for name in [name for name in result if name.startswith("Remove")]:
        if result.pop(name):
            kept.pop(name.removeprefix("Remove"), None)
    work_group.configuration = {**work_group.configuration, **updates, "ResultConfiguration": {**kept, **result}}
    return "{}"


AthenaResponse.update_work_group = update_work_group


def get_subscription_state(self):
    return json.dumps({"SubscriptionState": "ACTIVE" if self.shield_backend.subscription else "INACTIVE"})


def describe_subscription(self):
    """Without the dates, which moto writes as no SDK reads them."""
    subscription = self.shield_backend.describe_subscription().to_dict()
    return json.dumps({"Subscription": {k: v for k, v in subscription.items() if not k.endswith("Time")}})


def update_subscription(self):
    self.shield_backend.describe_subscription().auto_renew = self._get_param("AutoRenew")
    return "{}"


ShieldResponse.get_subscription_state = get_subscription_state
ShieldResponse.describe_subscription = describe_subscription
ShieldResponse.update_subscription = update_subscription


def list_trails(self):
    """The trails of all regions, as AWS lists them."""
    return [trail for backend in cloudtrail_backends[self.account_id].values() for trail in backend.trails.values()]


CloudTrailBackend.list_trails = list_trails


def update_domain_name(self):
    domain = self.backend.get_domain_name(self.path.split("/")[2])
    for operation in self._get_param("patchOperations", []):
        if operation["path"] == "/securityPolicy":
            domain.security_policy = operation["value"]
    return json.dumps(domain.to_json())


APIGatewayResponse.update_domain_name = update_domain_name


def update_stage(self):
    stage = self.apigatewayv2_backend.get_stage(self.path.split("/")[-3], self.path.split("/")[-1])
    stage.access_log_settings = json.loads(self.body).get("accessLogSettings", stage.access_log_settings)
    return 200, {}, json.dumps(stage.to_json())


def delete_access_log_settings(self):
    stage = self.apigatewayv2_backend.get_stage(self.path.split("/")[-4], self.path.split("/")[-2])
    stage.access_log_settings = None
    return 204, {}, ""


ApiGatewayV2Response.update_stage = update_stage
ApiGatewayV2Response.delete_access_log_settings = delete_access_log_settings
url_paths["{0}/v2/apis/(?P<api_id>[^/]+)/stages/(?P<stage_name>[^/]+)/accesslogsettings$"] = ApiGatewayV2Response.dispatch

# As `dbi-resource-id` of instances: AWS Config names clusters so.
DBCluster.SUPPORTED_FILTERS["db-cluster-resource-id"] = FilterDef(["db_cluster_resource_id"], "DB Cluster Resource Ids")

"""IAM Access Analyzer, which moto does not know: its analyzers, and its check for public access, as a service of moto's own making."""

import json
import re
import sys

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

NAME = "accessanalyzer"

PASSED = "The resource policy does not grant public access for the given resource type."
FAILED = "The resource policy grants public access for the given resource type."

# What the check takes, of the kinds of resources that controls ask about.
CHECKED_TYPES = {
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}

# Keys that callers cannot choose: a fixed value of one says who, or from where.
NARROWING = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "kms:calleraccount",
}
MATCHING = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"}


def members(value):
    return value if isinstance(value, list) else [value]


def is_fixed(value):
    """A pattern is fixed where it names an account, or has no wildcard."""
    return "*" not in value or re.search(r":\d{12}:", value) is not None


def narrows(condition):
    return any(
        operator.lower() in MATCHING and key.lower() in NARROWING and all(map(is_fixed, members(values)))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def is_public(statement):
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and "*" in members(principal.get("AWS", [])))
    return statement["Effect"] == "Allow" and everybody and not narrows(statement.get("Condition", {}))


def public_access(document):
    """Reasons, as the check gives them: by its Sid a statement is named, else by its place."""
    reasons = []
    for index, statement in enumerate(members(json.loads(document)["Statement"])):
        if is_public(statement):
            sid = statement.get("Sid")
            named = f"index: {index}" if sid is None else f"sid: {sid}"
            description = f"Public access granted in the following statement with {named}."
            reason = {"description": description, "statementIndex": index}
            reasons.append(reason if sid is None else {**reason, "statementId": sid})
    return reasons


class AccessAnalyzerBackend(BaseBackend):
    def __init__(self, region_name, account_id):
        super().__init__(region_name, account_id)
        self.analyzers = {}

    @property
    def flask_paths(self):
        dispatch = AccessAnalyzerResponse.dispatch
        paths = ["/analyzer", "/analyzer/<name>", "/policy/check-no-public-access"]
        return {path: dispatch for path in paths}


class AccessAnalyzerResponse(BaseResponse):
    def __init__(self):
        super().__init__(service_name=NAME)

    @property
    def backend(self):
        return accessanalyzer_backends[self.current_account][self.region]

    def list_analyzers(self):
        return ActionResult({"analyzers": list(self.backend.analyzers.values())})

    def create_analyzer(self):
        asked = json.loads(self.body)
        name, kind = asked["analyzerName"], asked["type"]
        if any(one["type"] == kind for one in self.backend.analyzers.values()):
            raise JsonRESTError("ServiceQuotaExceededException", "One analyzer of a type in a region.")
        arn = f"arn:aws:access-analyzer:{self.region}:{self.current_account}:analyzer/{name}"
        self.backend.analyzers[name] = {
            "arn": arn,
            "name": name,
            "type": kind,
            "createdAt": "2026-01-01T00:00:00Z",
            "tags": asked.get("tags", {}),
            "status": "ACTIVE",
        }
        return ActionResult({"arn": arn})

    def delete_analyzer(self):
        self.backend.analyzers.pop(self.path.split("/")[-1], None)
        return EmptyResult()

    def check_no_public_access(self):
        asked = json.loads(self.body)
        if asked["resourceType"] not in CHECKED_TYPES:
            raise JsonRESTError("ValidationException", f"{asked['resourceType']} cannot be checked.")
        try:
            reasons = public_access(asked["policyDocument"])
        except (AttributeError, KeyError, TypeError, ValueError):
            raise JsonRESTError("InvalidParameterException", "The policy document is invalid.") from None
        if reasons:
            return ActionResult({"result": "FAIL", "message": FAILED, "reasons": reasons})
        return ActionResult({"result": "PASS", "message": PASSED})


accessanalyzer_backends = BackendDict(AccessAnalyzerBackend, NAME)
sys.modules[f"moto.{NAME}"] = sys.modules[__name__]
backend_index.backend_url_patterns.append((NAME, re.compile(r"https?://access-analyzer\.(.+)\.amazonaws\.com")))

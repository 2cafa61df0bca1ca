"""IAM Access Analyzer, which moto does not know: its analyzers, as a service of moto's own making."""

import json
import re
import sys

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

NAME = "accessanalyzer"


class AccessAnalyzerBackend(BaseBackend):
    def __init__(self, region_name, account_id):
        super().__init__(region_name, account_id)
        self.analyzers = {}

    @property
    def flask_paths(self):
        dispatch = AccessAnalyzerResponse.dispatch
        return {"/analyzer": dispatch, "/analyzer/<name>": dispatch}


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


accessanalyzer_backends = BackendDict(AccessAnalyzerBackend, NAME)
sys.modules[f"moto.{NAME}"] = sys.modules[__name__]
backend_index.backend_url_patterns.append((NAME, re.compile(r"https?://access-analyzer\.(.+)\.amazonaws\.com")))

"""The root user of the local account, which moto does not know: its access key and its MFA device, by the calls with which the root user itself makes them."""

from types import SimpleNamespace

from additions import theirs
from moto.core.responses import ActionResult, EmptyResult
from moto.iam.models import AccessKey
from moto.iam.responses import IamResponse

ROOT_USER = "AWS ROOT USER"


def with_root_keys(own):
    own = theirs(own)

    def call(self):
        keys = self.backend.get_all_access_keys_for_all_users()
        is_user = any(key.access_key_id == self.get_access_key() for key in keys)
        return own(self) if is_user or self._get_param("UserName") else root_key(self)

    return call


def root_key(self):
    """Whoever names no user, and is none, acts for the root user here."""
    summary = self.backend.account_summary
    if self._get_action() == "DeleteAccessKey":
        summary._account_access_keys_present = 0
        return EmptyResult()
    summary._account_access_keys_present = 1
    return ActionResult({"AccessKey": AccessKey(None, "AKIA", self.current_account)})


def with_root_device(own, enabled):
    own = theirs(own)

    def call(self):
        if self._get_param("UserName") != ROOT_USER:
            return own(self)
        backend = self.backend
        backend.account_summary._account_mfa_enabled = enabled
        device = backend.virtual_mfa_devices.get(self._get_param("SerialNumber"))
        if device:
            device.enable_date = "2026-01-01T00:00:00Z" if enabled else None
            arn = f"arn:aws:iam::{self.current_account}:root"
            device.user = SimpleNamespace(arn=arn) if enabled else None
        return EmptyResult()

    return call


for name in ("create_access_key", "delete_access_key"):
    setattr(IamResponse, name, with_root_keys(getattr(IamResponse, name)))
IamResponse.enable_mfa_device = with_root_device(IamResponse.enable_mfa_device, 1)
IamResponse.deactivate_mfa_device = with_root_device(IamResponse.deactivate_mfa_device, 0)

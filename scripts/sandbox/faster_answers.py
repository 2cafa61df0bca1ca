"""Makes moto answer sooner: what it works out anew for each member of each answer is the same each time."""

import random
import string
import threading
from functools import cache, wraps

import moto.sqs.models
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.core.base_backend import BackendDict
from moto.core.serialize import (
    MISSING,
    AttributePickerContext,
    JSONSerializer,
    ResponseSerializer,
    XFormedAttributePicker,
)
from moto.core.utils import get_value
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_NAMES = {}


def _names_of(serializer, value, key, shape):
    """The names under which moto looks for a member, in their order: they follow from the kinds of the things, and not from the things."""
    parent = getattr(shape, "parent", None)
    service = serializer.operation_model.service_model.service_name
    kind = (service, type(value), key, shape.name, shape.serialization.get("name"), parent and parent.name)
    names = _NAMES.get(kind)
    if names is None:
        context = AttributePickerContext(obj=value, key=key, shape=shape)
        names = _NAMES[kind] = tuple(dict.fromkeys(serializer._value_picker.get_possible_keys(context)))
    return names


def _member_found_sooner(of_moto):
    @wraps(of_moto)
    def get_member(self, value, key, shape):
        picker = self._value_picker
        if type(picker) is not XFormedAttributePicker:
            return of_moto(self, value, key, shape)
        found = (get_value(value, name, MISSING) for name in _names_of(self, value, key, shape))
        member = next((one for one in found if one is not MISSING), None)
        changes = picker.response_transformers
        if not any(key.endswith(path.rpartition(".")[2]) for path in changes):
            return member
        whole = ".".join([*self.path, key])
        change = next((change for path, change in changes.items() if whole.endswith(path)), None)
        return member if change is None else change(member)

    return get_member


ResponseSerializer.get_value = _member_found_sooner(ResponseSerializer.get_value)


def _only_its_type(of_moto):
    """An attribute of an item says by its one key of which type it is; moto looks for each of the ten."""

    def structure(self, serialized, value, shape, key):
        if shape.name != "AttributeValue" or type(value) is not dict or len(value) != 1:
            return of_moto(self, serialized, value, shape, key)
        [(member, content)] = value.items()
        if member not in shape.members or content is None:
            return of_moto(self, serialized, value, shape, key)
        attribute = self.MAP_TYPE()
        self._serialize(attribute, content, shape.members[member], member)
        self._default_serialize(serialized, attribute, shape, key)

    return structure


JSONSerializer._serialize_type_structure = _only_its_type(JSONSerializer._serialize_type_structure)

_SEEN = threading.local()


def _of_one_key(query):
    """A query of moto's looks through the whole table; of one key it only has to see the items under it."""

    @wraps(query)
    def narrowed(table, hash_key, *args, **kwargs):
        index_name = args[6] if len(args) > 6 else kwargs.get("index_name")
        if index_name is None and table.range_key_attr:
            _SEEN.items = list(table.items.get(hash_key, {}).values())
        try:
            return query(table, hash_key, *args, **kwargs)
        finally:
            _SEEN.items = None

    return narrowed


def _only_seen(all_items):
    def seen(table):
        items = getattr(_SEEN, "items", None)
        return all_items(table) if items is None else items

    return seen


Table.query = _of_one_key(Table.query)
Table.all_items = _only_seen(Table.all_items)


def _is_equal(one, other):
    """Before it compares two texts, as keys are, moto asks whether they are numbers or sets."""
    if one.type != other.type:
        return False
    return one.value == other.value if one.type == "S" else one.cast_value == other.cast_value


DynamoType.__eq__ = _is_equal

# Of its 185 characters each was drawn by a call of its own.
moto.sqs.models.generate_receipt_handle = lambda: "".join(random.choices(string.ascii_lowercase, k=185))

# Every table, volume and topic of an account asks for keys, which nobody here can tell apart: they are worked out once.
rsa.generate_private_key = cache(rsa.generate_private_key)


def _known_account(of_moto):
    """Each request asks several times for its account, and waited for all others meanwhile that it be looked for among all accounts and services."""

    def get(self, account_id):
        found = dict.get(self, account_id)
        return of_moto(self, account_id) if found is None else found

    return get


BackendDict.__getitem__ = _known_account(BackendDict.__getitem__)

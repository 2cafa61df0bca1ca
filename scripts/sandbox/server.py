"""The local account: serves until its standard input closes, so that it never outlives the process that started it."""

import collections
import copy
import functools
import logging
import os
import sys
import threading
import time

import jsonpath_ng.ext
import moto.awslambda.models
import moto.cloudformation.models
import moto.core.utils
import moto.sqs.models
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import main


def ends_with_its_parent():
    sys.stdin.read()
    os._exit(0)


def copy_of_table(table, _memo):
    """A transaction keeps a copy of each table, to go back to. Items are replaced and not changed in place, so that they need no copies of their own; otherwise each transaction takes as long as the table is large."""
    twin = copy.copy(table)
    twin.items = collections.defaultdict(dict)
    for key, value in table.items.items():
        twin.items[key] = dict(value) if isinstance(value, dict) else value
    return twin


Table.__deepcopy__ = copy_of_table
# The same few paths are parsed anew for each event that a rule passes on, which takes longer than all else.
jsonpath_ng.ext.parse = functools.lru_cache(maxsize=1000)(jsonpath_ng.ext.parse)

# Each request lists moto's folder to find out whose it is, and the others wait for that.
DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(maxsize=10000)(
    DomainDispatcherApplication.get_backend_for_host
)

# Each service's model is looked for among all of botocore's; one loader lists them once.
moto.core.utils.create_loader = functools.cache(moto.core.utils.create_loader)

# For each message moto looks for Docker, to invoke the function itself: functions are invoked by our own runtime, and the message stays in the queue.
moto.awslambda.models.LambdaBackend.send_sqs_batch = lambda *_: False

# Each deployment would wait for a linter, which takes longer than all else of it; the tests of the template run it themselves.
moto.cloudformation.models.validate_template_cfn_lint = lambda _template: []

# Nobody reads a line for each request.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

# Each call to a queue asks each message in it for the time, several times.
moto.sqs.models.unix_time_millis = lambda: time.time() * 1000

threading.Thread(target=ends_with_its_parent, daemon=True).start()
main(["-H", "127.0.0.1", "-p", sys.argv[1]])

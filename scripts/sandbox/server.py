"""The local account: serves until its standard input closes, so that it never outlives the process that started it."""

import collections
import copy
import functools
import gc
import io
import logging
import os
import string
import sys
import threading
import time

import additions
import faster_answers  # noqa: F401
import jsonpath_ng.ext
import missing_operations  # noqa: F401
import moto.cloudformation.models
import moto.cloudtrail.models
import moto.core.responses
import moto.core.utils
import moto.dynamodb.models
import moto.server
import moto.sqs.models
from moto.dynamodb.models.table import Table
from moto.moto_api._internal.moto_random import MotoRandom
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler

import missing_access_analyzer  # noqa: F401, E402
import missing_backup  # noqa: F401, E402
import missing_identity  # noqa: F401, E402

additions.mark_all()


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


def one_at_a_time(backend, names):
    """A condition and the write that hangs on it are one in DynamoDB. In moto another request may write in between, and a transaction that fails puts back its copy of the table, with which that write is lost."""
    lock = threading.RLock()

    def locked(method):
        @functools.wraps(method)
        def call(*args, **kwargs):
            with lock:
                return method(*args, **kwargs)

        return call

    for name in names:
        setattr(backend, name, locked(getattr(backend, name)))


one_at_a_time(
    moto.dynamodb.models.DynamoDBBackend, ["put_item", "update_item", "delete_item", "transact_write_items"]
)
# The same few paths are parsed anew for each event that a rule passes on, which takes longer than all else.
jsonpath_ng.ext.parse = functools.lru_cache(maxsize=1000)(jsonpath_ng.ext.parse)

# Each request lists moto's folder to find out whose it is, and the others wait for that.
DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(maxsize=10000)(
    DomainDispatcherApplication.get_backend_for_host
)


def cache_everywhere(function):
    """Keeps what a function of moto answers, also for the modules that have taken it by its name."""
    cached = functools.cache(function)
    for module in [module for name, module in sys.modules.items() if name.startswith("moto.")]:
        for name, value in list(vars(module).items()):
            if value is function:
                setattr(module, name, cached)


# The methods of a service's class, and the names of its members, are worked out anew for each request.
cache_everywhere(moto.core.utils.method_names_from_class)
cache_everywhere(moto.core.utils.camelcase_to_underscores)


def random_string(random, length=20, include_digits=True, lower_case=False):
    """Each answer has a number of 52 characters, and each character was drawn by a call of its own."""
    pool = string.ascii_letters + (string.digits if include_digits else "")
    drawn = "".join(random.choices(pool, k=length))
    return drawn.lower() if lower_case else drawn


MotoRandom.get_random_string = random_string

# Each service's model is looked for among all of botocore's; one loader lists them once.
moto.core.utils.create_loader = functools.cache(moto.core.utils.create_loader)

# For each message moto receives what is in the queue and looks for Docker, to invoke the function itself: functions are invoked by our own runtime, so no queue of moto's knows of them.
moto.sqs.models.Queue.lambda_event_source_mappings = property(lambda _queue: {}, lambda _queue, _mappings: None)

# Each deployment would wait for a linter, which takes longer than all else of it; the tests of the template run it themselves.
moto.cloudformation.models.validate_template_cfn_lint = lambda _template: []

# AWS replaces a trail's insight selectors, so that a call may be made again; moto adds to them.
moto.cloudtrail.models.Trail.put_insight_selectors = lambda trail, selectors: setattr(
    trail, "insight_selectors", list(selectors)
)

# Nobody reads where it serves, either.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

# Each call to a queue asks each message in it for the time, several times.
moto.sqs.models.unix_time_millis = lambda: time.time() * 1000



def is_retained(backend, queue_name, message):
    """Each message that is received asks for all attributes of its queue, which count its messages."""
    return message.sent_timestamp / 1000 + backend.get_queue(queue_name).message_retention_period > time.time()


moto.sqs.models.SQSBackend.is_message_valid_based_on_retention_period = is_retained


class KeepAliveHandler(MotoRequestHandler):
    """Answers one request of a connection after the other: Werkzeug makes a thread and a connection for each. The SDK closes a connection that it has not used for as long as the header says; the server waits longer, so that none is closed while a request is on its way."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    timeout = 120

    def log_request(self, *_):
        """Nobody reads a line for each request."""

    def run_wsgi(self):
        additions.begin()
        environ = self.make_environ()
        if "wsgi.input_terminated" not in environ:
            environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        answer = []
        try:
            parts = self.server.app(environ, lambda status, headers, _exc_info=None: answer.extend([status, headers]))
            body = b"".join(parts)
            parts.close()
            status, headers = answer
        except Exception as error:  # what goes wrong in a service is an answer, not a lost connection
            status, headers, body = "500 Internal Server Error", [], repr(error).encode()
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        if additions.is_added():
            self.send_header(additions.HEADER, "1")
        self.send_header("Keep-Alive", "timeout=5")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


moto.server.MotoRequestHandler = KeepAliveHandler

# What is loaded stays: a collection of garbage need not go through it each time.
gc.freeze()
gc.set_threshold(100_000, 20, 100)

threading.Thread(target=ends_with_its_parent, daemon=True).start()
moto.server.main(["-H", "127.0.0.1", "-p", sys.argv[1]])

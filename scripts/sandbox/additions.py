"""Which answers are not moto's own: each says so in a header, so that a test knows what it was proven on."""

import functools
import inspect
import sys
import threading

HEADER = "x-evenkeel-addition"
_answer = threading.local()


def begin():
    _answer.is_added = False


def is_added():
    return getattr(_answer, "is_added", False)


def _marking(function, added):
    @functools.wraps(function)
    def call(*args, **kwargs):
        _answer.is_added = added
        return function(*args, **kwargs)

    return call


def theirs(function):
    """An operation of moto's own that an addition calls, so that the answer is moto's again."""
    return _marking(function, False)


def _is_ours(value):
    return inspect.isfunction(value) and value.__module__.startswith("missing_")


def mark_all():
    """Marks every function that a module `missing_*` has put into a class, of moto or of its own."""
    modules = [module for name, module in sys.modules.items() if name.startswith(("moto.", "missing_"))]
    classes = {value for module in modules for value in list(vars(module).values()) if inspect.isclass(value)}
    for one in classes:
        for name, value in list(vars(one).items()):
            if _is_ours(value) and not name.startswith("_"):
                setattr(one, name, _marking(value, True))

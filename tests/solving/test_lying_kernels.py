"""Compiled kernels that return something else: nothing wrong comes of it on tiny instances."""

from __future__ import annotations

import math
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.solving.test_lying import SUBJECTS, Subject, honest, solved
from wnpopt.backends.compiled import Inner, Kernel
from wnpopt.core import registry

METHODS = {
    "wnp": ("rtfs", "pacs", "lbbd", "auto"),
    "slide": ("greedy", "dp", "cover", "auto"),
    "intradp": ("min-cut", "layer-cut", "search", "enumerate"),
}
SECONDS = 20
"""A kernel that never ends its caller's loop is no success either."""


def changed(value: Any, lie: str) -> Any:
    """What a kernel returns, as it is not."""
    if isinstance(value, tuple):
        return tuple(changed(part, lie) for part in value)
    if isinstance(value, bool):
        return not value if lie == "other" else value
    if isinstance(value, int):
        return {"nan": value, "more": value + 3, "less": value - 3, "other": value}[lie]
    if isinstance(value, float):
        return {"nan": math.nan, "more": value * 1.5 + 1, "less": value * 0.5 - 1, "other": value}[lie]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return changed_array(value, lie)
    return value


def changed_array(value: Any, lie: str) -> Any:
    factor, more = {"nan": (math.nan, 0.0), "more": (1.5, 1.0), "less": (0.5, -1.0), "other": (-1.0, 0.0)}[lie]
    return value * factor + more


LIES = ("nan", "more", "less", "other")


def kernels_of(family: str) -> dict[str, list[tuple[Any, str]]]:
    """The kernels that Python calls, and the modules in which each has a name."""
    places: dict[str, list[tuple[Any, str]]] = {}
    for module in [m for n, m in sys.modules.items() if n.startswith(f"wnpopt.problems.{family}.") and m is not None]:
        for name, value in list(vars(module).items()):
            if isinstance(value, Kernel) and not isinstance(value, Inner):
                places.setdefault(f"{value.py_func.__module__}.{name}", []).append((module, name))
    return places


def lied_to(subject: Subject, method: str, places: list[tuple[Any, str]], lie: str) -> None:
    """Solve with the kernel replaced; raises where something wrong comes out."""
    for module, name in places:
        genuine: Callable[..., Any] = getattr(module, name)

        def lying(*args: Any, kernel: Callable[..., Any] = genuine, **kwargs: Any) -> Any:
            return changed(kernel(*args, **kwargs), lie)

        setattr(module, name, lying)
    honest(subject, solved(subject, method, "none"))


def in_a_fork(work: Callable[[], None]) -> str:
    """What ``work`` raised in a child process; empty where it did not, was too slow, or ended the process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.alarm(SECONDS)
        told = ""
        try:
            work()
        except AssertionError:
            told = traceback.format_exc(limit=-2)
        except BaseException:
            told = ""
        os.write(write, told.encode()[:4000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        told = stream.read().decode()
    os.waitpid(child, 0)
    return told


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each lie is told in a process that is forked for it")
@pytest.mark.parametrize("family", METHODS)
def test_no_lie_of_a_kernel_is_believed(family: str) -> None:
    subject = SUBJECTS[family]()
    for method in METHODS[family]:
        honest(subject, solved(subject, method, "none"))
        assert registry.method(family, method)
    told, wrong = 0, []
    for kernel, places in sorted(kernels_of(family).items()):
        for method in METHODS[family]:
            for lie in LIES:
                told += 1
                said = in_a_fork(lambda m=method, p=places, s=lie: lied_to(subject, m, p, s))  # type: ignore[misc]
                if said:
                    wrong.append(f"{kernel}, {method}, {lie}: {said}")
    assert told >= 100
    assert wrong == [], f"{len(wrong)} of {told}"

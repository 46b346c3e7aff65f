"""The stop flag as compiled kernels read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import config, types
from numba.extending import intrinsic

from wnpopt.backends.stopping import Flag


def _raised(_typing: Any, flag: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        # Atomic, because an ordinary load may be moved out of the loop that waits for it to change.
        value = builder.load_atomic(array.data, "monotonic", 8)
        return builder.icmp_signed("!=", value, value.type(0))

    return types.boolean(flag), code


def _looked_at(flag: Flag) -> bool:
    return bool(flag[0])


raised = _looked_at if config.DISABLE_JIT else cast(Callable[[Flag], bool], intrinsic(_raised))
"""``raised(flag)`` in compiled code: True once another thread has raised the flag, even within a loop."""

"""The solution of an intradp instance: which rows of every operator the device and the server compute."""

from __future__ import annotations

from typing import Literal

from wnpopt.core.document import Count, Solution


class IntradpSolution(Solution):
    """Decisions alone, one entry an operator in the instance's order.

    The device computes rows [0, ``device_end``), the server rows [``server_begin``, units).
    """

    kind: Literal["intradp-solution"] = "intradp-solution"
    device_end: tuple[Count, ...]
    server_begin: tuple[Count, ...]

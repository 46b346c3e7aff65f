"""``wnpopt warmup``."""

from __future__ import annotations

import sys
import time

from wnpopt.cli.arguments import Json
from wnpopt.cli.terminal import print_json


def warmup(json: Json = False) -> int:
    """Compile everything once, so that no later run has to wait for it."""
    from dataclasses import asdict

    from wnpopt.backends.warmup import Warmed
    from wnpopt.backends.warmup import warmup as warm_all

    def tell(row: Warmed) -> None:
        if row.missing:
            told = f"passed over: {', '.join(row.missing)} is not installed"
        elif row.error is not None:
            told = f"failed: {row.error}"
        else:
            told = f"{row.seconds:7.2f} s, {row.compiled} functions compiled"
        print(f"{row.family:8} {row.method:14} {told}", file=sys.stderr if json else sys.stdout, flush=True)

    began = time.perf_counter()
    rows = warm_all(tell)
    seconds = time.perf_counter() - began
    if json:
        print_json({"seconds": seconds, "methods": [asdict(row) for row in rows]})
    else:
        print(f"{'all':23} {seconds:7.2f} s, {sum(row.compiled for row in rows)} functions compiled")
    return 3 if any(row.error is not None for row in rows) else 0

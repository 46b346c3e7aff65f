"""Time limits that count processor time: on a machine that does other work too, wall time measures that work.

Called before wnpopt is imported. Only for runs in this process (``isolate=False``) with one thread: the time of all
threads counts.
"""

from __future__ import annotations

import time

OPTION = "--processor-time"


def count_processor_time() -> None:
    """Make the clock of budgets that of this process' processor time, from now on."""
    time.perf_counter = time.process_time

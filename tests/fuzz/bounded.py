"""In a process of its own: every bomb of some readers, within a gigabyte and a time. A line for each that goes off.

    python -m tests.fuzz.bounded TARGET ...

The limits are those of the system: memory beyond what the process begins with cannot be had, processor time ends it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

MEMORY = 1 << 30
HANG_S = 30.0
"""Of processor time for an input; the slowest takes some three."""


class HangError(BaseException):
    """An input took too long; no reader's ``except Exception`` swallows it."""


def _expired(_signal: int, _frame: object) -> None:
    raise HangError


def main(names: list[str]) -> None:
    from tests.fuzz.bombs import bombs
    from tests.fuzz.harness import MOST, FaultError, check, empty_folder
    from tests.fuzz.targets import TARGETS

    signal.signal(signal.SIGVTALRM, _expired)
    with empty_folder() as folder:
        for name in names:
            target = TARGETS[name]
            for seed in target.seeds():
                check(target, seed, folder)
            inputs = list(bombs(target))
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))
            for what, data in inputs:
                assert len(data) <= 4 * MOST, (name, what, len(data))
                print(json.dumps(["begins", name, what]), flush=True)
                start = time.process_time()
                fault = ""
                signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)
                try:
                    check(target, data, folder)
                except FaultError as error:
                    fault = str(error)
                except (HangError, MemoryError) as error:
                    fault = f"{name}: {type(error).__name__}"
                finally:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                spent = round(time.process_time() - start, 2)
                print(json.dumps(["ends", name, what, len(data), spent, fault]), flush=True)
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main(sys.argv[1:])

"""Both roles on this machine: the server in a process of its own that ends with this one.

Run as a module, this file is that process: its task comes as a line of JSON on stdin, the port goes to stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from wnpopt.core.errors import InputError, WnpoptError
from wnpopt.core.text import one_line

START_S = 120.0


@contextmanager
def server_process(
    instance: Mapping[str, Any],
    model: Path,
    dims: Mapping[str, int],
    values: Mapping[str, Sequence[float]],
    key: bytes,
    threads: int,
) -> Iterator[int]:
    """The port of a server in a process of its own, on another core than this one where there are two.

    Raises :class:`InputError` where it does not begin.
    """
    cores = sorted(os.sched_getaffinity(0))
    task = {
        "instance": instance, "model": str(model), "dims": dict(dims),
        "values": {name: list(numbers) for name, numbers in values.items()}, "key": key.decode(),
        "threads": threads, "core": cores[-1] if len(cores) > 1 else None,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    watch = threading.Timer(START_S, process.kill)
    watch.start()
    try:
        with suppress(OSError):  # where it has ended already, it says nothing
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
        line = process.stdout.readline()
        watch.cancel()
        told = json.loads(line) if line.startswith("{") else {"error": "it ended"}
        if "port" not in told:
            raise InputError(f"the server's process did not begin: {told.get('error')}", where="--emulate")
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[0]})
        yield int(told["port"])
    finally:
        watch.cancel()
        os.sched_setaffinity(0, cores)
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _main() -> int:
    from wnpopt.problems.intradp.execution.network import ExecutableNetwork
    from wnpopt.problems.intradp.execution.remote.job import SplitModel
    from wnpopt.problems.intradp.execution.remote.server import PlanServer
    from wnpopt.problems.intradp.instance import IntradpInstance

    task = json.loads(sys.stdin.readline())
    if task["core"] is not None:
        with suppress(OSError):
            os.sched_setaffinity(0, {task["core"]})
    try:
        network = ExecutableNetwork.read(task["model"], dims=task["dims"], values=task["values"])
        model = SplitModel(IntradpInstance.from_data(task["instance"]), network)
        server = PlanServer(model, task["key"].encode(), emulated=True, threads=task["threads"])
    except WnpoptError as error:
        print(json.dumps({"error": one_line(str(error))}), flush=True)
        return 2
    threading.Thread(target=server.run, daemon=True).start()
    print(json.dumps({"port": server.port}), flush=True)
    sys.stdin.read()  # until the other process closes it or is gone
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(_main())

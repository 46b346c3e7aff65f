"""Processes of their own that start at once: forked from one that has imported what each of them would import first.

That one does nothing else, so a child is as a new process is after these imports: no test has left anything in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """
import atexit, json, os, selectors, sys, traceback
exec(sys.argv[1])

def become(asked, ends):
    for number, end in enumerate((os.open(os.devnull, os.O_RDONLY), *ends)):
        os.dup2(end, number)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in os.environ
    sys.path[1:1] = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    first, sys.argv = sys.argv[2], ["-c", *asked["arguments"]]
    code = 1
    try:
        exec(first)
        exec(compile(asked["program"], "<program>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    # As a process ends, but that nothing is taken apart: that takes longer than most programs here.
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)

def hear(child, ends):
    said, waiting = {end: b"" for end in ends}, selectors.DefaultSelector()
    for end in ends:
        waiting.register(end, selectors.EVENT_READ)
    while waiting.get_map():
        for key, _ in waiting.select():
            part = os.read(key.fd, 65536)
            said[key.fd] += part
            if not part:
                waiting.unregister(key.fd)
                os.close(key.fd)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, *(text.decode() for text in said.values())]), flush=True)

while line := sys.stdin.readline():
    pipes = [os.pipe(), os.pipe()]
    child = os.fork()
    if child == 0:
        become(json.loads(line), [write for _, write in pipes])
    for _, write in pipes:
        os.close(write)
    hear(child, [read for read, _ in pipes])
"""


@dataclass(frozen=True)
class Done:
    """How a process ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Zygote:
    """The process that others are forked from, which ends with its block.

    ``imports`` is what it does first, and ``again`` what each of the others does before its program: what an import
    has read of the environment is read again.
    """

    def __init__(self, imports: str, again: str = "") -> None:
        command = [sys.executable, "-c", _PROGRAM, imports, again]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(
        self,
        program: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Done:
        """Run ``program`` in a process of its own, and wait for it and for whoever has its streams."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        variables = os.environ if environment is None else environment
        where = Path.cwd() if folder is None else folder
        asked = {"program": program, "arguments": arguments, "environment": dict(variables), "folder": str(where)}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Done(*json.loads(self._process.stdout.readline()))

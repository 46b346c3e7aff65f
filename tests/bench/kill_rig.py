"""Starts a batch as a user does, finds its processes, kills some of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from wnpopt.bench.store.store import Store

Answer = tuple[str, str, float | None, float | None, str | None, str | None]


class Rig:
    """``wnpopt batch`` in a process of its own; its whole offspring is found by a mark in the environment."""

    def __init__(self, sources: Path, out: Path, methods: str, site: Path, *options: str) -> None:
        self.mark = uuid.uuid4().hex
        self.arguments = [
            sys.executable, "-m", "wnpopt", "batch", str(sources), "--methods", methods, "--out", str(out),
            "--time-limit", "20", "--workers", "2", *options,
        ]  # fmt: skip
        self.environment = os.environ | {"PYTHONPATH": str(site), "WNPOPT_TEST_MARK": self.mark}
        self.process = subprocess.Popen(
            self.arguments, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def offspring(self) -> dict[int, str]:
        """Living processes that the batch started, by id: "server" or "worker"."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == self.process.pid:
                continue
            try:
                if self.mark.encode() not in (entry / "environ").read_bytes():
                    continue
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except (OSError, ValueError):
                continue
            if state not in "ZX":
                found[int(entry.name)] = "server" if int(parent) == self.process.pid else "worker"
        return found

    def workers(self) -> list[int]:
        """Ids of the living workers."""
        return [pid for pid, role in self.offspring().items() if role == "worker"]

    def finish(self, timeout: float = 300) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out, err

    def wait_for(self, records: int, out: Path, timeout: float = 300) -> None:
        """Wait until the store has so many whole lines, or the batch is over."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.process.poll() is None:
            lines = sum(file.read_bytes().count(b"\n") for file in (out / "runs").glob("*.jsonl"))
            if lines >= records:
                return
            time.sleep(0.01)

    def all_gone(self, timeout: float = 60) -> bool:
        """True once nothing that the batch started is alive."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if not self.offspring():
                return True
            time.sleep(0.05)
        return False

    def kill(self) -> None:
        """SIGKILL for the batch itself, and for nothing else."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def kill(pid: int) -> None:
    """SIGKILL, also if the process has just ended."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def answers(out: Path) -> dict[tuple[str, str, int], Answer]:
    """What the store says of each run, without what depends on the clock."""
    return {
        (key.instance_hash, key.method, key.seed): (
            r.result.instance, r.result.status, r.result.objective, r.result.bound, r.solution,
            None if r.failure is None else str(r.failure),
        )
        for key, r in Store.open(out).latest().items()
    }  # fmt: skip

"""Commands that are stopped at random moments: nothing half-written, nothing lost, nothing twice, nobody left behind.

    python scripts/stop_and_go.py --rounds 100 --seed 7
    python scripts/stop_and_go.py --commands batch --signals KILL --rounds 10

Each round starts a command as a user does, sends it SIGINT, SIGTERM or SIGKILL after a random part of the time that it
takes undisturbed, and looks at what is left: files are whole or absent, messages are lines, a batch goes on from where
it was and ends with each run once, and no process is alive that it started. Exit code 1 if anything is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INSTANCES = ROOT / "instances"
COMMANDS = ("solve", "batch", "simulate", "sweep")
SIGNALS = ("INT", "TERM", "KILL")
LONGEST_S = 300.0


@dataclass(frozen=True)
class Trial:
    """What a command is given, and where it writes."""

    arguments: list[str]
    out: Path


def trial(command: str, folder: Path) -> Trial:
    """The command with work for about a second, that writes into ``folder``."""
    tiny = sorted((INSTANCES / "wnp" / "tiny").glob("tiny-*.json"))
    if command == "solve":
        out = folder / "plan.json"
        instance = sorted((INSTANCES / "wnp" / "medium").glob("medium-*.json"))[0]
        return Trial(["solve", str(instance), "--time-limit", "2", "--threads", "1", "--out", str(out), "--json"], out)
    if command == "batch":
        names = [str(file) for file in tiny[:3]]
        return Trial(
            ["batch", *names, "--methods", "rtfs,pacs,cpsat", "--out", str(folder / "store")], folder / "store"
        )
    if command == "sweep":
        out = folder / "store"
        return Trial(
            ["sweep", str(tiny[0]), "--set", "chip.hop_ticks=0,1,2", "--methods", "rtfs,cpsat", "-o", str(out)], out
        )
    out = folder / "runs.json"
    return Trial(["simulate", str(tiny[0]), "-o", str(out)], out)


def started(arguments: list[str], mark: str) -> subprocess.Popen[str]:
    """``wnpopt`` in a process group of its own; all that it starts has the mark in its environment."""
    environment = {**os.environ, "WNPOPT_TEST_MARK": mark, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "wnpopt", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment, start_new_session=True,
    )  # fmt: skip


def alive(mark: str) -> list[int]:
    """Processes that have the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                marked = mark.encode() in (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except (OSError, ValueError):
                continue
            if marked and state not in "ZX":
                found.append(int(entry.name))
    return found


def stopped(command: str, number: str, after_s: float, folder: Path) -> list[str]:
    """What is not as it should be after a command was stopped."""
    work, mark = trial(command, folder), uuid.uuid4().hex
    process = started(work.arguments, mark)
    wrong = []
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(getattr(signal, f"SIG{number}"))
    try:
        out, err = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return [f"does not end {LONGEST_S:g} s after SIG{number}"]
    killed = process.returncode == -signal.SIGKILL
    if "Traceback" in err or "Error:" in err:
        wrong.append(f"tells {err.strip()[-300:]!r}")
    # Before Python runs our code a signal ends the process as it ends any.
    if not killed and process.returncode not in (0, 1, 130, 143, -signal.SIGINT, -signal.SIGTERM):
        wrong.append(f"ends with {process.returncode} after SIG{number}: {err.strip()[-200:]!r}")
    end = time.monotonic() + 60
    while alive(mark) and time.monotonic() < end:
        time.sleep(0.05)
    if alive(mark):
        wrong.append(f"leaves processes behind after SIG{number}")
    wrong += whole(command, work, out, killed)
    if command in ("batch", "sweep"):
        wrong += goes_on(work, command)
    return wrong


def whole(command: str, work: Trial, out: str, killed: bool) -> list[str]:
    """Files that are neither absent nor whole, and what a command left beside them."""
    import wnpopt

    wrong = []
    if command == "solve" and work.out.exists():
        instance = wnpopt.load(work.arguments[1])
        if not wnpopt.verify(instance, wnpopt.load_solution(work.out)).accepted:
            wrong.append("the plan is not accepted")
    if command == "solve" and out and not killed:
        told = json.loads(out)
        if (told["objective"] is not None) != work.out.exists():
            wrong.append("the result and the file disagree")
    if command == "simulate" and work.out.exists():
        json.loads(work.out.read_text())
    if not killed:
        left = [str(f) for f in work.out.parent.iterdir() if f != work.out]
        if left:
            wrong.append(f"leaves {left}")
    return wrong


def goes_on(work: Trial, command: str) -> list[str]:
    """A batch that was stopped goes on, and has each run once."""
    from wnpopt.bench.store.store import Store

    mark = uuid.uuid4().hex
    process = started(work.arguments, mark)
    try:
        _, err = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return ["does not end when it goes on"]
    if process.returncode != 0:
        return [f"does not go on: {process.returncode} {err.strip()[-200:]!r}"]
    records = list(Store(work.out).latest().items())
    wanted = 9 if command == "batch" else 6
    wrong = []
    if len(records) != wanted:
        wrong.append(f"has {len(records)} runs, {wanted} are needed")
    if any(record.failure is not None for _, record in records):
        wrong.append("a run has failed")
    return wrong


def undisturbed(command: str) -> float:
    """Seconds that a command takes."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        process = started(trial(command, Path(folder)).arguments, uuid.uuid4().hex)
        process.communicate(timeout=LONGEST_S)
        return time.monotonic() - began


def rounds(
    count: int, seed: int, commands: tuple[str, ...], signals: tuple[str, ...]
) -> tuple[Counter[str], list[str]]:
    """How often each command was stopped how, and everything that was not as it should be."""
    rng, counts, wrong = random.Random(seed), Counter[str](), []
    lasts = {command: undisturbed(command) for command in commands}
    for number in range(count):
        command, how = commands[number % len(commands)], rng.choice(signals)
        after = rng.uniform(0.0, 1.1) * lasts[command]
        with tempfile.TemporaryDirectory() as folder:
            seen = stopped(command, how, after, Path(folder))
        counts[f"{command} SIG{how}"] += 1
        wrong += [f"round {number}, {command}, SIG{how} after {after:.2f} s: {what}" for what in seen]
        for what in wrong[-len(seen) :] if seen else ():
            print(what, flush=True)
    return counts, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commands", default=",".join(COMMANDS))
    parser.add_argument("--signals", default=",".join(SIGNALS))
    args = parser.parse_args()
    counts, wrong = rounds(args.rounds, args.seed, tuple(args.commands.split(",")), tuple(args.signals.split(",")))
    print(", ".join(f"{name} {number}" for name, number in sorted(counts.items())) + f": {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Commands that are stopped at random moments: nothing half-written, nothing lost, nothing twice, nobody left behind.

    python scripts/stop_and_go.py --rounds 100 --seed 7
    python scripts/stop_and_go.py --commands batch,served --signals KILL --rounds 10

Each round starts a command as a user does, sends it SIGINT, SIGTERM or SIGKILL after a random part of the time that it
takes undisturbed, and looks at what is left: files are whole or absent, messages are lines, a batch goes on from where
it was and ends with each run once, temporary folders are gone, and no process is alive that it started. ``served``
stops a server in the middle of a device's inferences, which that finishes alone; ``device`` stops a device, and the
server takes the next one. Exit code 1 if anything is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from tests.hardening.inputs import Inputs
    from tests.hardening.trials import Trial

PAIRS = ("served", "device")
SIGNALS = ("INT", "TERM", "KILL")
OF_OTHERS = (".ses",)
"""Files that libraries keep among temporary ones: onnxruntime's."""
LONGEST_S = 300.0
INFERENCES = 1500


def commands() -> tuple[str, ...]:
    """Everything that is stopped."""
    from tests.hardening.trials import TRIALS

    return (*TRIALS, *PAIRS)


class Started:
    """``wnpopt`` in a process group of its own, with a folder for temporary files of its own.

    All that it starts has a mark in its environment, by which it is known.
    """

    def __init__(self, arguments: Sequence[object], folder: Path) -> None:
        self.mark, self.temporary = uuid.uuid4().hex, folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        environment = {
            **os.environ, "WNPOPT_TEST_MARK": self.mark, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wnpopt", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment, start_new_session=True,
        )  # fmt: skip

    def send(self, how: str) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(getattr(signal, f"SIG{how}"))

    def finish(self) -> tuple[int | None, str, str]:
        """Exit code, stdout, stderr; the code is None where it does not end."""
        try:
            out, err = self.process.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None, *self.process.communicate()
        return self.process.returncode, out, err

    def line(self) -> str:
        """The first line of stdout."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def left(self) -> list[str]:
        """What it left behind: processes; temporary files too, unless it was killed."""
        end = time.monotonic() + 60
        while alive(self.mark) and time.monotonic() < end:
            time.sleep(0.05)
        wrong = ["leaves processes behind"] if alive(self.mark) else []
        files = sorted(file.name for file in self.temporary.iterdir() if file.name not in OF_OTHERS)
        if self.process.returncode != -signal.SIGKILL and files:
            wrong.append(f"leaves {files} behind")
        return wrong


def alive(mark: str) -> list[int]:
    """Processes that have the mark."""
    living = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                marked = mark.encode() in (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except (OSError, ValueError):
                continue
            if marked and state not in "ZX":
                living.append(int(entry.name))
    return living


def ending(code: int | None, err: str, also: Sequence[int] = ()) -> list[str]:
    """What is wrong with how a command ended that was stopped."""
    wrong = []
    # Ctrl-C while Python and the package begin, before the command line is there to hear it, has Python's traceback.
    before = err.rstrip().endswith("KeyboardInterrupt") and "/wnpopt/__main__.py" not in err
    if not before and ("Traceback" in err or "Error:" in err or "Exception ignored" in err):
        wrong.append(f"tells {err.strip()[-300:]!r}")
    # Before Python runs our code, and after the work is done, a signal ends the process as it ends any.
    if code not in (0, 1, -signal.SIGINT, -signal.SIGTERM, -signal.SIGKILL, *also):
        wrong.append(f"ends with {code}: {err.strip()[-200:]!r}")
    return wrong


def stopped(command: str, how: str, after_s: float, given: Inputs, folder: Path) -> list[str]:
    """What is not as it should be after a command was stopped."""
    from tests.hardening.trials import STORES, TRIALS

    out = folder / "out"
    out.mkdir()
    work = TRIALS[command](given, out)
    started = Started(work.arguments, folder)
    with suppress(subprocess.TimeoutExpired):
        started.process.wait(after_s)
    started.send(how)
    code, _, err = started.finish()
    wrong = ending(code, err) + started.left() + work.faults(killed=code == -signal.SIGKILL)
    if code == 0:
        wrong += [f"{path.name} is missing" for path in work.writes if not path.exists()]
    return wrong + goes_on(work, command, folder) if command in STORES else wrong


def goes_on(work: Trial, command: str, folder: Path) -> list[str]:
    """A batch that was stopped goes on, and has each run once."""
    from tests.hardening.trials import RUNS
    from wnpopt.bench.store.store import Store, StoreWarning

    code, _, err = Started(work.arguments, folder).finish()
    if code != 0:
        return [f"does not go on: {code} {err.strip()[-200:]!r}"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)  # a line that a kill has cut
        records = list(Store(work.writes[0]).records())
    wrong = []
    if len(records) != RUNS[command] or len({record.key for record in records}) != RUNS[command]:
        wrong.append(f"has {len(records)} runs, {RUNS[command]} are needed")
    if any(record.failure is not None for record in records):
        wrong.append("a run has failed")
    return wrong + [f"{file.name} stays behind" for file in sorted(work.writes[0].rglob(".*.tmp"))]


def paired(command: str, how: str, after_s: float, given: Inputs, folder: Path) -> list[str]:
    """A server and a device, one of which is stopped."""
    instance, plan = given.shared
    common = ["--model", given.network, "--key", given.key]
    server = Started(["serve", instance, *common, "--listen", "127.0.0.1:0"], folder)
    listening = re.fullmatch(r"listening on (\S+)\n", server.line())
    if listening is None:
        return [f"does not listen: {server.finish()}"]
    asked = ["run", instance, plan, *common, "--connect", listening[1], "--json", "--repeat"]
    device = Started([*asked, INFERENCES], folder)
    with suppress(subprocess.TimeoutExpired):
        device.process.wait(after_s)
    if command == "served":
        server.send(how)
        code, out, err = device.finish()
        # A server that is gone before the device has reached it is an argument that is not right.
        wrong = ending(code, err, also=(2,) if "wnpopt: --connect: " in err else ())
        if code == 0 and len(json.loads(out)["latencies_s"]) != INFERENCES:
            wrong.append("the device does not finish")
    else:
        device.send(how)
        code, out, err = device.finish()
        wrong = ending(code, err)
        code, out, err = Started([*asked, 3, "--grace", 100], folder).finish()
        if code != 0 or json.loads(out)["alone"]:
            wrong.append(f"the next device is not served: {code} {out} {err}")
        server.send("TERM")
    code, _, err = server.finish()
    return wrong + ending(code, err) + server.left() + device.left()


def undisturbed(command: str, given: Inputs) -> float:
    """Seconds that a command takes; of a pair, the device's."""
    from tests.hardening.trials import TRIALS

    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        if command in PAIRS:
            wrong = paired("device", "INT", LONGEST_S, given, Path(folder))
        else:
            out = Path(folder) / "out"
            out.mkdir()
            code, _, err = Started(TRIALS[command](given, out).arguments, Path(folder)).finish()
            wrong = [err] if code != 0 else []
        assert not wrong, (command, wrong)
        return time.monotonic() - began


def rounds(
    count: int,
    seed: int,
    chosen: Sequence[str] = (),
    signals: Sequence[str] = SIGNALS,
    lasts: Mapping[str, float] | None = None,
) -> tuple[Counter[str], list[str]]:
    """How often each command was stopped how, and everything that was not as it should be.

    ``lasts``: seconds that commands take; None has them measured.
    """
    from tests.hardening.inputs import Inputs

    rng, counts, wrong = random.Random(seed), Counter[str](), []
    chosen = chosen or commands()
    with tempfile.TemporaryDirectory() as common:
        given = Inputs(Path(common))
        lasts = {command: undisturbed(command, given) for command in chosen} if lasts is None else lasts
        for number in range(count):
            command, how = chosen[number % len(chosen)], rng.choice(list(signals))
            after = rng.uniform(0.0, 1.1) * lasts[command]
            with tempfile.TemporaryDirectory() as folder:
                seen = (paired if command in PAIRS else stopped)(command, how, after, given, Path(folder))
            counts[f"{command} SIG{how}"] += 1
            told = [f"round {number}, {command}, SIG{how} after {after:.2f} s: {what}" for what in seen]
            wrong += told
            for line in told:
                print(line, flush=True)
    return counts, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commands", default="", help="all unless told otherwise")
    parser.add_argument("--signals", default=",".join(SIGNALS))
    args = parser.parse_args()
    counts, wrong = rounds(
        args.rounds, args.seed, tuple(filter(None, args.commands.split(","))), args.signals.split(",")
    )
    print(", ".join(f"{name} {number}" for name, number in sorted(counts.items())) + f": {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

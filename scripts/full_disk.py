"""Commands that write to a disk that is full, fills up, or can only be read: one clear line, nothing half-written.

    python scripts/full_disk.py
    python scripts/full_disk.py --commands solve,batch --states "full,4 KiB,read-only"

Each command runs with its files (and, in the states that say so, its temporary ones, or its compiled code) on a small
file system in memory, mounted in a name space of its own, which needs Linux and the right to make one. It has to end
with its answer, or with a line that says what is wrong; what it writes is whole or not there; once there is space a
batch goes on and has each run once. Exit code 1 if anything is not so.
"""

from __future__ import annotations

import argparse
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from tests.hardening.inputs import Inputs

STATES = {"full": 0, "4 KiB": 4, "40 KiB": 40, "read-only": 0, "temporary": 0, "compiled": 0}
"""KiB that are free. ``temporary``: the folder of temporary files is full; ``compiled``: that of machine code."""
WORDS = ("No space left on device", "Read-only file system", "No usable temporary directory")
_INSIDE = "WNPOPT_FULL_DISK_INSIDE"


def possible() -> bool:
    """True if file systems can be mounted in a name space of one's own."""
    try:
        done = subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def disk(folder: Path, state: str) -> Iterator[Path]:
    """A file system that is in this state, mounted on ``folder``."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], check=True)
    try:
        (folder / "out").mkdir()
        fill(folder, STATES[state])
        if state == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, free_kib: int) -> None:
    """Leave so much space."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError:
            filler.truncate(max(0, filler.tell() - 1024 * free_kib))


def tried(command: str, state: str, given: Inputs, folder: Path) -> list[str]:
    """What is not as it should be."""
    from tests.hardening.trials import STORES, TRIALS

    shared = runpy.run_path(str(Path(__file__).with_name("stop_and_go.py")))
    with disk(folder / "disk", state) as small:
        elsewhere = folder / "out"
        elsewhere.mkdir()
        on_disk = state not in ("temporary", "compiled")
        work = TRIALS[command](given, small / "out" if on_disk else elsewhere)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        if state == "temporary":
            environment["TMPDIR"] = str(small / "out")
        if state == "compiled":
            environment |= {"NUMBA_CACHE_DIR": str(small / "out"), "XDG_CACHE_HOME": str(small / "out")}
        done = subprocess.run(
            [sys.executable, "-m", "wnpopt", *work.arguments], capture_output=True, text=True, env=environment,
            timeout=300, check=False,
        )  # fmt: skip
        wrong = work.faults()
        if "Traceback" in done.stderr or "internal error" in done.stderr or "Exception ignored" in done.stderr:
            wrong.append(f"tells {done.stderr.strip()[-400:]!r}")
        if done.returncode == 0:
            wrong += [f"{path.name} is missing" for path in work.writes if not path.exists()]
        elif done.returncode not in (1, 2, 3) or not any(word in done.stderr for word in WORDS):
            wrong.append(f"ends with {done.returncode}: {done.stderr.strip()[-300:]!r}")
        if not on_disk and done.returncode != 0 and command != "export":  # its model has to be somewhere for a moment
            wrong.append(f"needs the disk: {done.stderr.strip()[-300:]!r}")
        if command in STORES and state != "read-only":
            (small / "filler").unlink()
            subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
            wrong += shared["goes_on"](work, command, folder)
    return wrong


def attacks(commands: Sequence[str], states: Sequence[str]) -> list[str]:
    """Every command in every state."""
    from tests.hardening.inputs import Inputs

    wrong = []
    with tempfile.TemporaryDirectory() as common:
        given = Inputs(Path(common))
        for command in commands:
            for state in states:
                with tempfile.TemporaryDirectory() as folder:
                    seen = tried(command, state, given, Path(folder))
                told = [f"{command}, {state}: {what}" for what in seen]
                wrong += told
                for line in told:
                    print(line, file=sys.stderr, flush=True)
    return wrong


def main() -> int:
    from tests.hardening.trials import TRIALS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", default=",".join(TRIALS))
    parser.add_argument("--states", default=",".join(STATES))
    args = parser.parse_args()
    if not os.environ.get(_INSIDE):
        inside = {**os.environ, _INSIDE: "1"}
        return subprocess.run(["unshare", "-rm", sys.executable, *sys.argv], env=inside, check=False).returncode
    commands, states = args.commands.split(","), args.states.split(",")
    wrong = attacks(commands, states)
    print(f"{len(commands)} commands, {len(states)} states of the disk: {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

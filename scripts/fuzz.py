"""Coverage-guided fuzzing of every reader by atheris (the extra ``fuzz``): one target, several, or all.

    python scripts/fuzz.py --list
    python scripts/fuzz.py onnx --seconds 600
    python scripts/fuzz.py --all --seconds 120 --journal out/fuzz.jsonl

Each target runs in a process of its own, ``--seconds`` long, with the changes of
``tests/fuzz/mutate.py``, beginning with valid inputs and the kept corpus. libFuzzer follows the branches of wnpopt's
own modules (not those of compiled kernels). An input that a reader does not take as it should, that takes more than
10 s or more than a gigabyte, is kept in ``out/fuzz/TARGET``: exit code 1 then. What is come upon lies in
``out/fuzz/TARGET/corpus``, from where ``--keep N`` copies up to N small inputs that are answered in different words to
``tests/fuzz/corpus``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
OUT = ROOT / "out" / "fuzz"
HANG_S = 10
MEMORY_MIB = 1024
"""What reading may take beyond what the process has when it begins."""


def uninstrumented() -> list[str]:
    """Modules with functions that are compiled: their byte code has to stay as it is."""
    compiled = []
    for file in (ROOT / "wnpopt").rglob("*.py"):
        if re.search(r"numba|backends\.compiled|machine_code", file.read_text(encoding="utf-8")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            compiled.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return compiled


def attack(name: str, seconds: float, more: list[str]) -> None:
    """In a process of its own: fuzz one target; never returns."""
    import random

    import atheris

    with atheris.instrument_imports(include=["wnpopt"], exclude=uninstrumented(), enable_loader_override=False):
        from tests.fuzz.harness import MOST, check, empty_folder
        from tests.fuzz.mutate import MUTATORS
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
        corpus = OUT / name / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = list(target.seeds())
        with empty_folder() as folder:
            for seed in seeds:
                check(target, seed, folder)  # imports and compiles whatever reading needs

    mutate = MUTATORS[target.form]

    def changed(data: bytes, most: int, seed: int) -> bytes:
        return mutate(data, random.Random(seed), most)

    limit = _used_bytes() + (MEMORY_MIB << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with empty_folder() as folder:

        def one(data: bytes) -> None:
            check(target, data, folder)

        options = [
            f"-max_len={MOST}", "-len_control=0", f"-timeout={HANG_S}", "-rss_limit_mb=0",
            f"-artifact_prefix={OUT / name}/",
            "-print_final_stats=1", f"-max_total_time={max(1, round(seconds))}", *more,
        ]  # fmt: skip
        atheris.Setup(["fuzz", *options, str(corpus)], one, custom_mutator=changed)
        atheris.Fuzz()


def _used_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def begin(name: str) -> int:
    """Write what is known of a target to where libFuzzer reads it; how many inputs that are."""
    from tests.fuzz.drive import known_inputs
    from tests.fuzz.targets import TARGETS

    corpus = OUT / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    known = known_inputs(TARGETS[name])
    for number, data in enumerate(known):
        (corpus / f"known-{number:03d}").write_bytes(data)
    return len(known)


def run(name: str, seconds: float, more: list[str]) -> dict[str, Any]:
    """Fuzz a target in a child process; what came of it."""
    begin(name)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    command = [sys.executable, str(Path(__file__)), name, "--inside", "--seconds", str(seconds), *more]
    log = OUT / name / "log.txt"
    with log.open("w") as stream:
        code = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, check=False, cwd=ROOT).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = log.read_text(errors="replace")
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    reached = re.findall(r"cov: (\d+)", text)
    fault = re.search(r"FaultError: (.*)|ERROR: libFuzzer: (.*)", text)
    return {
        "target": name,
        "executions": int(executions[1])
        if executions
        else int((re.findall(r"^#(\d+)", text, re.MULTILINE) or ["0"])[-1]),
        "branches": int(reached[-1]) if reached else 0,
        "corpus": len(list((OUT / name / "corpus").iterdir())),
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "wall_s": round(time.monotonic() - start, 1),
        "fault": None if code == 0 else (next(filter(None, fault.groups())) if fault else f"exit code {code}"),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="see --list")
    parser.add_argument("--all", action="store_true", help="every target, one after the other")
    parser.add_argument("--list", action="store_true", help="print the targets")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each target (600)")
    parser.add_argument("--journal", type=Path, help="a line of JSON a target is appended to it")
    parser.add_argument("--keep", type=int, metavar="N", help="keep N inputs of each corpus in tests/fuzz/corpus")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked, more = parser.parse_known_args()
    if asked.inside:  # what is imported before is not followed
        attack(asked.targets[0], asked.seconds, more)
    from tests.fuzz.targets import TARGETS

    if asked.list:
        for target in TARGETS.values():
            print(f"{target.name:18} {target.what}")
        return 0
    names = list(TARGETS) if asked.all else asked.targets
    unknown = [name for name in names if name not in TARGETS]
    if unknown or not names:
        parser.error(f"no target called {unknown[0]}; see --list" if unknown else "a target, --all or --list is needed")
    code = 0
    for name in names:
        if asked.keep is not None:
            print(f"{name}: {keep(name, asked.keep)} kept")
            continue
        told = run(name, asked.seconds, more)
        code = code or int(told["fault"] is not None)
        print(json.dumps(told), flush=True)
        if asked.journal is not None:
            asked.journal.parent.mkdir(parents=True, exist_ok=True)
            with asked.journal.open("a") as journal:
                journal.write(json.dumps(told) + "\n")
    return code


def keep(name: str, most: int) -> int:
    """Copy inputs to the kept corpus: small ones, of which each is answered otherwise than those before."""
    from tests.fuzz.drive import CORPUS
    from tests.fuzz.harness import FaultError, check, empty_folder
    from tests.fuzz.targets import TARGETS

    target, answers, kept = TARGETS[name], set[str](), 0
    folder = CORPUS / name
    with empty_folder() as place:
        for file in sorted((OUT / name / "corpus").iterdir(), key=lambda file: (file.stat().st_size, file.name)):
            data = file.read_bytes()
            try:
                said = re.sub(r"[^a-z]+", "", check(target, data, place).rpartition("given")[2])[:50]
            except FaultError:
                continue
            if file.name.startswith("known") or said in answers or not 0 < len(data) <= 4096:
                continue
            answers.add(said)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{kept:02d}").write_bytes(data)
            kept += 1
            if kept == most:
                break
    return kept


if __name__ == "__main__":
    os.environ.setdefault("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "upb")
    sys.exit(main())

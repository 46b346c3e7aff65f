"""Inputs at random: changed from what is known already, whatever finds faults kept; without coverage."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.fuzz.harness import MOST, FaultError, Target, check, empty_folder
from tests.fuzz.mutate import MUTATORS

CORPUS = Path(__file__).parent / "corpus"


def kept_inputs(folder: Path) -> list[bytes]:
    """The inputs in a folder, by the names of their files."""
    return [file.read_bytes() for file in sorted(folder.glob("*"))] if folder.is_dir() else []


def known_inputs(target: Target) -> list[bytes]:
    """Valid inputs, the kept corpus."""
    return [*target.seeds(), *kept_inputs(CORPUS / target.name)]


def attack(
    target: Target, rng: random.Random, more: Callable[[int], bool], known: Sequence[bytes] = ()
) -> list[tuple[str, bytes]]:
    """Faults and their inputs, one a kind, after inputs at random as long as ``more`` of them are wanted.

    An input that was taken, or refused in words that are new, is changed further.
    """
    pool = list(known or known_inputs(target))
    told: set[str] = set()
    faults: dict[str, bytes] = {}
    with empty_folder() as folder:
        number = 0
        while more(number):
            data = MUTATORS[target.form](rng.choice(pool), rng, MOST)
            number += 1
            try:
                said = check(target, data, folder)
            except FaultError as error:
                kind = str(error).rpartition("(")[2] or str(error)[:80]
                if kind not in faults or len(data) < len(faults[kind]):
                    faults[kind] = data
                told.add(str(error))
                continue
            shape = "".join(c for c in said.replace(str(folder), "") if c.isalpha())[:60]
            if (not said or shape not in told) and len(pool) < 2000:
                told.add(shape)
                pool.append(data)
        return [(_again(target, data, folder), data) for data in faults.values()]


def _again(target: Target, data: bytes, folder: Path) -> str:
    try:
        check(target, data, folder)
    except FaultError as error:
        return str(error)
    return f"{target.name}: a fault that does not come again"

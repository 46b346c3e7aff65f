"""The families' mutations for the conformance kit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def replaced(entries: Sequence[T], index: int, entry: T) -> tuple[T, ...]:
    """``entries`` with another one at ``index``."""
    return (*entries[:index], entry, *entries[index + 1 :])

"""What reading an ONNX file did to it: told beside the graph, since the graph shows only what is left."""

from __future__ import annotations

from dataclasses import dataclass

Values = tuple[int | float, ...]
"""The elements of an input that is given a value: one for all of them, or each."""


@dataclass(frozen=True, slots=True)
class ImportNotes:
    """What became of a file's operators, and what the caller gave.

    ``opsets`` are (domain, version), the standard one's domain being ``ai.onnx``. ``dims`` and ``values`` are those
    that were given. ``folded`` counts, by type, the operators that depend on constants and shapes alone, and the
    (de)quantisations that were merged into others; ``unneeded`` those that no output needs. ``branches`` are (If, the
    branch taken), ``loops`` (Loop or Scan, its trips), by name; ``functions`` counts the functions of the file's own
    that were expanded. ``opaque`` are the operators of the graph whose arithmetic is not known, by name: nothing but
    the bytes that they move is costed unless times are given.
    """

    opsets: tuple[tuple[str, int], ...] = ()
    dims: tuple[tuple[str, int], ...] = ()
    values: tuple[tuple[str, tuple[float, ...]], ...] = ()
    folded: tuple[tuple[str, int], ...] = ()
    unneeded: int = 0
    branches: tuple[tuple[str, str], ...] = ()
    loops: tuple[tuple[str, int], ...] = ()
    functions: int = 0
    opaque: tuple[str, ...] = ()

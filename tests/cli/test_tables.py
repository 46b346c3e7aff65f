"""Tables at every width: numbers are whole, names are as they are, whatever they look like."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from wnpopt.bench.batch.snapshot import Running, Snapshot
from wnpopt.cli.batch.progress import BatchProgress
from wnpopt.cli.tables import Heading, draw, fitted
from wnpopt.cli.terminal import UNBOUNDED, ProgressLine
from wnpopt.core.text import one_line
from wnpopt.core.trace import TracePoint

HEADINGS = (
    Heading("instance"),
    Heading("best value", "number"),
    Heading("bound", "number"),
    Heading("message", "prose"),
)
NUMBERS = st.sampled_from(["20000016", "-", "9007199254740992", "2.0000116679610818", "15.38 %", "1.04 ms"])
NAMES = st.text("ab[]/$\\ %é模😀\n\x1b\u202e", max_size=40)


def drawn(rows: list[list[str]], width: int, groups: list[str]) -> str:
    stream = io.StringIO()
    draw(Console(file=stream, width=width, highlight=False, markup=False, emoji=False), HEADINGS, rows, groups)
    return stream.getvalue()


@given(st.lists(st.tuples(NAMES, NUMBERS, NUMBERS, NAMES), max_size=4), st.integers(2, 130) | st.just(UNBOUNDED), NAMES)
@settings(deadline=None)
def test_no_number_is_cut_or_broken_at_any_width(rows: list[tuple[str, ...]], width: int, group: str) -> None:
    text = drawn([list(row) for row in rows], width, [group] * len(rows))
    assert "…" not in text
    assert text.replace("\n", "").isprintable()
    for number in {cell for row in rows for cell in row[1:3]}:
        assert text.count(number) >= sum(row[1:3].count(number) for row in rows)
    # Nothing of a name is lost either, whether folded or not.
    letters = [character for character in text if character in "模😀é"]
    wanted = [c for row in rows for cell in (row[0], row[3]) for c in cell if c in "模😀é"]
    wanted += [c for c in (group if rows else "") if c in "模😀é"]
    assert sorted(letters) == sorted(wanted)


@given(st.lists(st.tuples(NAMES, NUMBERS, NUMBERS, NAMES), min_size=1, max_size=4), st.integers(2, 130))
@settings(deadline=None)
def test_columns_fit_or_there_are_none(rows: list[tuple[str, ...]], width: int) -> None:
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = fitted(HEADINGS, cells, width)
    lines = drawn([list(row) for row in rows], width, []).splitlines()
    if widths is None:
        assert "instance: " + cells[0][0] == lines[0]
        assert f"bound: {cells[0][2]}" in lines
    else:
        assert sum(widths) + 2 * (len(widths) - 1) <= width
        assert lines[0].split()[0] == "instance" or "instance" in "".join(lines[:3])


def test_prose_gives_way_first_then_headings_then_names() -> None:
    row = ["a name of thirty characters...", "26", "22", "a message " * 20]
    whole = fitted(HEADINGS, [row], UNBOUNDED)
    assert whole == [30, 10, 5, 200]
    assert fitted(HEADINGS, [row], 100) == [30, 10, 5, 49]
    assert fitted(HEADINGS, [row], 68) == [30, 7, 5, 20]
    assert fitted(HEADINGS, [row], 52) == [16, 5, 5, 20]
    assert fitted(HEADINGS, [row], 47) is None


@pytest.mark.parametrize("name", ["[/red]x", "[bold]b[/]", r"\[x]", ":smile:", "$x$ %d {y}", "http://a.b"])
def test_names_are_not_read_as_mark_up(name: str) -> None:
    for width in (10, UNBOUNDED):
        assert name in drawn([[name, "1", "2", name]], width, [name])


def test_a_pipe_gets_no_trailing_blanks() -> None:
    text = drawn([["a", "1", "2", "m" * 3000], ["b", "1", "2", "m"]], UNBOUNDED, [])
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_the_live_views_cut_names_alone(width: int) -> None:
    """What a batch and a solve show as they go; the names are long, and none is mark-up."""
    runs = (Running("[/red]" + "x" * 190, "lbbd", 1, 61.0, 0.1234), Running("模型", "pacs", 0, 1.0, 6e-7))
    batch = BatchProgress(quiet=True)
    batch.update(Snapshot(done=3, stored=2, failed=1, total=10, exact=False, elapsed_s=61.0, eta_s=None, running=runs))
    solve = ProgressLine("[/red]" + "x" * 190, "min", enabled=False)
    solve.update(TracePoint(1.0, 20000016.0, 20000004.0))
    for view, facts in (
        (batch, ("5/~10 runs", "1 failed", "1:01", "seed 1", "best gap 12.34 %", "best gap 6.0e-05 %", "pacs")),
        (solve, ("incumbent 20000016", "bound 20000004", "gap 6.0e-05 %", "[/red]xxxx")),
    ):
        stream = io.StringIO()
        Console(file=stream, width=width, highlight=False, markup=False, emoji=False).print(view)
        lines = stream.getvalue().splitlines()
        assert max(map(cell_len, lines)) <= width
        for fact in facts:
            assert any(fact in line for line in lines), fact

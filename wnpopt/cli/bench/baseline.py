"""``wnpopt bench NEW --baseline OLD``: what has changed between two stores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from wnpopt.cli.bench.tables import check_formats, draw_table
from wnpopt.cli.terminal import console, plain_warnings, print_json, say, styled, warn


def show_baseline(new: Path, old: Path, *, out: Path | None, formats: Sequence[str], json: bool) -> int:
    """Print what changed from the store ``old`` to ``new``, and write it to ``out``; returns the exit code.

    Raises :class:`InputError` where one of the two is no store.
    """
    from wnpopt.bench.analysis.baseline import compare_stores
    from wnpopt.bench.analysis.table import write_tables
    from wnpopt.bench.store.store import Store

    check_formats(formats)
    with plain_warnings() as told:
        compared = compare_stores(Store.open(new), Store.open(old))
    files = write_tables([compared.table, *compared.views()], out, formats) if out is not None else []
    if json:
        data: dict[str, object] = {"new": os.fspath(new), "old": os.fspath(old), "warnings": list(told)}
        print_json(data | compared.to_data() | {"files": [os.fspath(file) for file in files]})
    else:
        screen = console()
        if not compared.table.rows:
            screen.print("the two stores have no run in common: same instance, method, seed and settings")
        else:
            for view in compared.views():
                draw_table(screen, view)
            screen.print(styled(compared.table.note, "dim"))
        say(f"{compared.only_new} runs are only in {new}, {compared.only_old} only in {old}")
        for line in compared.contradictions:
            screen.print(styled(f"CONTRADICTION in {line}", "bold red"), soft_wrap=True)
        if files:
            say(f"{out}: {len(files)} files")
    if compared.contradictions:
        warn(f"{len(compared.contradictions)} instance(s) with answers that contradict each other")
    return 0

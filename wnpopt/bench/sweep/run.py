"""A sweep from its axes to its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wnpopt.bench.analysis.table import Table, to_csv, to_markdown
from wnpopt.bench.batch.request import HOOKS, checked_request
from wnpopt.bench.batch.run import Summary, batch
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store
from wnpopt.bench.sweep.axes import Axis
from wnpopt.bench.sweep.outcome import sweep_runs
from wnpopt.bench.sweep.points import points, write_points
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic

PICTURES = (".svg", ".pdf", ".png")


@dataclass(frozen=True)
class Swept:
    """What a sweep did: the batch's summary, its table (a row a run), and the files beside the store."""

    summary: Summary
    table: Table
    files: tuple[Path, ...]


def sweep(
    instance: Instance,
    axes: Sequence[Axis],
    methods: Sequence[str],
    out: Path,
    *,
    seeds: Sequence[int] = (0,),
    run: Callable[..., Summary] = batch,
    **options: Any,
) -> Swept:
    """Run ``methods`` on every combination of the axes' values, into the store ``out``; then write table and picture.

    What the store has is not run again. ``options`` are those of :func:`wnpopt.batch`, for which ``run`` stands in for
    those who watch it. The table is ``out``/sweep.csv and sweep.md, the picture sweep.svg, .pdf and .png. Raises
    :class:`InputError` for axes that do not fit and what the batch raises, :class:`MissingDependencyError` without
    matplotlib.
    """
    need("matplotlib.figure", "plot")
    if not axes:
        raise InputError("is missing; FIELD=GRID is needed at least once", where="--set")
    made = points(instance, axes)
    checked_request(methods, out, seeds=seeds, **{name: options[name] for name in options if name not in HOOKS})
    with Store.create(out).lock():
        files = write_points(made, out)
    known: dict[str, dict[tuple[str, int], Record]] = {}
    summary = run([str(file) for file in files], methods, out, seeds=seeds, **options)
    wanted = {point.instance.instance_hash for point in made}
    for key, record in Store(out).latest().items():
        if key.instance_hash in wanted and _is_of(record, options):
            known.setdefault(key.instance_hash, {})[key.method, key.seed] = record
    runs = sweep_runs(made, methods, seeds, known)
    table = runs.table(instance, axes)
    written = [out / "sweep.csv", out / "sweep.md"]
    write_atomic(written[0], to_csv(table).encode())
    write_atomic(written[1], to_markdown(table).encode())
    if runs.has_values:
        from wnpopt.bench.sweep.picture import sweep_chart
        from wnpopt.plotting.lines import line_figure
        from wnpopt.plotting.save import save_image

        unit = registry.family(instance.kind).unit_of(instance)
        figure = line_figure(sweep_chart(instance.name, axes, runs, unit))
        for ending in PICTURES:
            written.append(out / f"sweep{ending}")
            save_image(figure, written[-1])
    return Swept(summary, table, tuple(written))


def _is_of(record: Record, options: dict[str, Any]) -> bool:
    """True if the record is of a run under these limits: a store may hold those of other sweeps."""
    key, asked = record.key, record.key.parameters
    own = {
        "time_limit": key.time_limit_s, "threads": key.threads, "warm_start": asked.warm_start,
        "deterministic": asked.deterministic, "gap": asked.gap, "target": asked.target,
        "no_improvement": asked.no_improvement, "solver": asked.solver,
        "solver_options": dict(asked.solver_options) or None,
    }  # fmt: skip
    defaults = {"time_limit": 60.0, "threads": 1, "warm_start": "auto", "deterministic": False}
    given = {**options, "solver_options": options.get("solver_options") or None}
    return all(value == given.get(name, defaults.get(name)) for name, value in own.items())

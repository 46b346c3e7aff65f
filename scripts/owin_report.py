"""Tables (Markdown, on stdout) and a figure from the rows of scripts/owin_sweeps.py.

    python scripts/owin_report.py results/owin --figure owin.png

Values are means over seeds with 95 % intervals (Student's t; instances of a seed share network, channel and chip, so a
seed's values are averaged before the interval is taken). Differences are paired: same instance, same world.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from owin_sweeps import POLICIES, SCENARIOS, SUITES, read
from scipy.stats import t as student

from wnpopt.plotting.palette import colour
from wnpopt.plotting.save import drawing, save_image

Row = dict[str, Any]
SHORT = {suite.name: suite.parameter for suite in SUITES}


def interval(values: Iterable[float]) -> tuple[float, float]:
    """(mean, half of the 95 % interval); nan for the interval of fewer than two."""
    numbers = np.array(list(values), dtype=np.float64)
    if numbers.size < 2:
        return float(numbers.mean()) if numbers.size else np.nan, np.nan
    half = student.ppf(0.975, numbers.size - 1) * numbers.std(ddof=1) / np.sqrt(numbers.size)
    return float(numbers.mean()), float(half)


def shown(values: Iterable[float], digits: int = 1) -> str:
    """Mean ± half interval."""
    mean, half = interval(values)
    return "-" if np.isnan(mean) else f"{mean:.{digits}f}" + ("" if np.isnan(half) else f" ± {half:.{digits}f}")


def by_seed(rows: Iterable[Row], value: Callable[[Row], float]) -> list[float]:
    """The mean over each seed's rows."""
    of: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        of[row["seed"]].append(value(row))
    return [float(np.mean(numbers)) for numbers in of.values()]


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for line in lines:
        print("| " + " | ".join(line) + " |")
    print()


def saved(row: Row, method: str) -> float:
    """Per cent of rtfs's makespan that ``method`` saves."""
    return 100 * (1 - row["methods"][method]["makespan_ms"] / row["methods"]["rtfs"]["makespan_ms"])


def most(row: Row) -> float:
    """Per cent of rtfs's makespan that anybody can save at most, by the root bound."""
    return 100 * (1 - row["bound_ms"] / row["methods"]["rtfs"]["makespan_ms"])


def change(row: Row, name: str, scale: float = 100.0) -> float:
    """What pacs has more of ``name`` than rtfs."""
    return scale * (row["methods"]["pacs"][name] - row["methods"]["rtfs"][name])


def mean_of(rows: Sequence[Row], method: str, name: str, scale: float = 1.0) -> float:
    """The mean of a measure of a method."""
    return scale * float(np.mean([row["methods"][method][name] for row in rows]))


def plans(rows: Sequence[Row]) -> None:
    """rtfs and pacs as planned, a table a sweep."""
    for suite in SUITES:
        chosen = [row for row in rows if row["suite"] == suite.name]
        lines = []
        for x in sorted({row["x"] for row in chosen}):
            at = [row for row in chosen if row["x"] == x]
            pair = [
                f"{mean_of(at, 'rtfs', name, scale):.{digits}f} → {mean_of(at, 'pacs', name, scale):.{digits}f}"
                for name, scale, digits in (
                    ("core_utilisation", 100, 0),
                    ("noc_utilisation", 100, 1),
                    ("rb_utilisation", 100, 0),
                    ("idle_ms", 1, 1),
                )
            ]
            masked = f"{mean_of(at, 'pacs', 'masked_share', 100):.0f}"
            ms = f"{mean_of(at, 'rtfs', 'makespan_ms'):.1f}"
            lines.append([f"{x:g}", ms, shown(saved(r, "pacs") for r in at), shown(map(most, at)), *pair, masked])
        print(f"### {suite.parameter} ({len({row['seed'] for row in chosen})} seeds)\n")
        head = [
            "rtfs, ms",
            "pacs saves, %",
            "at most, %",
            "cores, %",
            "NoC, %",
            "RBs, %",
            "idle, ms a core",
            "masked, %",
        ]
        table([suite.parameter, *head], lines)


def paired(rows: Sequence[Row]) -> None:
    """What pacs has more than rtfs, over each whole sweep."""
    kinds: list[tuple[str, Callable[[Row], float]]] = [
        ("makespan saved, %", lambda row: saved(row, "pacs")),
        ("core utilisation, points", lambda row: change(row, "core_utilisation")),
        ("NoC utilisation, points", lambda row: change(row, "noc_utilisation")),
        ("RB utilisation, points", lambda row: change(row, "rb_utilisation")),
        ("idle time a core, ms", lambda row: change(row, "idle_ms", 1.0)),
        ("idle gaps", lambda row: change(row, "gaps", 1.0)),
        ("longest gap, ms", lambda row: change(row, "longest_gap_ms", 1.0)),
        ("masked transmission, points", lambda row: change(row, "masked_share")),
    ]
    of = {name: [row for row in rows if row["suite"] == name] for name in SHORT}
    table(["pacs against rtfs", *SHORT.values()], [along(name, rows, value) for name, value in kinds])
    for suite, chosen in of.items():
        ends = sorted({row["x"] for row in chosen})
        low, high = ({r["seed"]: saved(r, "pacs") for r in chosen if r["x"] == x} for x in (ends[0], ends[-1]))
        steps = [high[seed] - low[seed] for seed in low if seed in high]
        print(f"- {SHORT[suite]} {ends[0]:g} to {ends[-1]:g}: saving changes by {shown(steps)} points")
    print()


def searches(rows: Sequence[Row], heuristics: Sequence[Row]) -> None:
    """pacs-ls and auto against rtfs and the best bound."""
    known = {(row["suite"], row["x"], row["seed"]): row for row in heuristics}
    lines = []
    for suite in SUITES:
        for x in suite.presets["quick"].x:
            at = [row for row in rows if (row["suite"], row["x"]) == (suite.name, x)]
            joined = [(row, known[row["suite"], row["x"], row["seed"]]) for row in at if row["bound_ms"]]
            if not joined:
                continue
            cells = []
            for method in ("rtfs", "pacs", "pacs-ls", "auto"):
                above = []
                for row, other in joined:
                    of = row if method in row["methods"] else other
                    bound = max(row["bound_ms"], other["bound_ms"])
                    above.append(100 * (1 - bound / of["methods"][method]["makespan_ms"]))
                cells.append(shown(above) + (f" ({max(above):.1f})" if method == "auto" else ""))
            lines.append([suite.parameter, f"{x:g}", *cells])
    table(["sweep", "x", "rtfs: gap, %", "pacs", "pacs-ls", "auto (worst)"], lines)


def ended(row: Row) -> list[int]:
    """The worlds in which everybody ended."""
    values = [row["policies"][name]["makespan_ms"] for name in POLICIES]
    return [w for w in range(len(values[0])) if all(line[w] is not None for line in values)]


def against(name: str, other: str, row: Row) -> float:
    """Per cent that policy ``name`` is below ``other``, mean over the worlds."""
    of, reference = row["policies"][name]["makespan_ms"], row["policies"][other]["makespan_ms"]
    return float(np.mean([100 * (1 - of[w] / reference[w]) for w in ended(row)]))


def above_bound(name: str, row: Row) -> float:
    """Per cent that policy ``name`` is above the bound of each world, mean over the worlds."""
    of, bound = row["policies"][name]["makespan_ms"], row["policies"]["oracle"]["bound_ms"]
    return float(np.mean([100 * (of[w] / bound[w] - 1) for w in ended(row)]))


def in_world(name: str, key: str, row: Row) -> float:
    """A share in %, mean over the worlds."""
    return float(np.mean([100 * row["policies"][name][key][w] for w in ended(row)]))


def along(label: str, rows: Sequence[Row], value: Callable[[Row], float]) -> list[str]:
    """A line of a table: a value for each sweep."""
    return [label, *(shown(by_seed((row for row in rows if row["suite"] == suite), value)) for suite in SHORT)]


def beyond_rtfs(name: str, key: str, row: Row) -> float:
    """How much more of a share a policy has than rtfs, in points."""
    return in_world(name, key, row) - in_world("rtfs", key, row)


def beside_plan(name: str, known: Mapping[tuple[object, ...], Row], row: Row) -> float:
    """What a policy saves over rtfs in worlds, less what pacs saves as planned, in points."""
    planned = known.get((row["suite"], row["x"], row["seed"]))
    return against(name, "rtfs", row) - (np.nan if planned is None else saved(planned, "pacs"))


def worlds(rows: Sequence[Row], heuristics: Sequence[Row]) -> None:
    """Policies under deviation."""
    known = {(row["suite"], row["x"], row["seed"]): row for row in heuristics}
    for scenario in SCENARIOS:
        chosen = [row for row in rows if row["variant"].startswith(scenario)]
        count = sum(len(row["policies"]["static"]["makespan_ms"]) for row in chosen)
        left = count - sum(len(ended(row)) for row in chosen)
        print(f"### {scenario}: {len(chosen)} instances, {count} worlds, {left} in which a policy never ended\n")
        others = [name for name in POLICIES if name != "rtfs"]
        lines = [along(f"{name} saves over rtfs, %", chosen, partial(against, name, "rtfs")) for name in others]
        lines += [along(f"{name} above the bound, %", chosen, partial(above_bound, name)) for name in POLICIES]
        for name, other in (("order", "static"), ("pacs-online", "static"), ("oracle", "pacs-online")):
            lines.append(along(f"{name} below {other}, %", chosen, partial(against, name, other)))
        for name in ("static", "pacs-online"):
            label = f"{name} saves over rtfs, less what pacs saves as planned, points"
            lines.append(along(label, chosen, partial(beside_plan, name, known)))
        for key in ("core_utilisation", "noc_utilisation", "rb_utilisation", "masked_share"):
            for name in ("static", "pacs-online"):
                label = f"{name} less rtfs: {key.replace('_', ' ')}, points"
                lines.append(along(label, chosen, partial(beyond_rtfs, name, key)))
        table([scenario, *SHORT.values()], lines)
        for suite in SUITES:
            line = []
            for x in suite.presets["quick"].x:
                at = [row for row in chosen if (row["suite"], row["x"]) == (suite.name, x)]
                line.append(f"{x:g}: {shown(against('pacs-online', 'rtfs', row) for row in at)}")
            print(f"- pacs-online saves over rtfs, {suite.parameter} {'; '.join(line)} %")
        print()


def figure(rows: Sequence[Row], path: Path) -> None:
    """Makespan saved, utilisation and masked transmission along the four sweeps."""
    from matplotlib.figure import Figure

    with drawing():
        picture = Figure(figsize=(10.0, 6.2), layout="constrained")
        axes = picture.subplots(2, 4, sharey="row")
        for column, suite in enumerate(SUITES):
            chosen = [row for row in rows if row["suite"] == suite.name]
            xs = sorted({row["x"] for row in chosen})
            at = [[row for row in chosen if row["x"] == x] for x in xs]
            top, bottom = axes[0][column], axes[1][column]
            for index, (label, value) in enumerate((("pacs", lambda r: saved(r, "pacs")), ("at most (bound)", most))):
                spans = [interval(map(value, some)) for some in at]
                middle = np.array([mean for mean, _ in spans])
                half = np.nan_to_num([half for _, half in spans])
                top.plot(xs, middle, color=colour(index), label=label, marker=".")
                top.fill_between(xs, middle - half, middle + half, color=colour(index), alpha=0.2, linewidth=0)
            for index, (name, label) in enumerate(
                (("core_utilisation", "cores"), ("noc_utilisation", "NoC"), ("masked_share", "masked"))
            ):
                for method, style in (("rtfs", "--"), ("pacs", "-")):
                    if (name, method) == ("masked_share", "rtfs"):
                        continue  # none, by construction
                    values = [mean_of(some, method, name, 100) for some in at]
                    bottom.plot(xs, values, style, color=colour(index + 2), label=f"{label}, {method}")
            top.set_title(suite.name.removeprefix("owin-").replace("-", " "))
            bottom.set_xlabel(suite.parameter)
            for axis in (top, bottom):
                axis.spines[["top", "right"]].set_visible(False)
        axes[0][0].set_ylabel("makespan saved over rtfs [%]")
        axes[1][0].set_ylabel("share [%]")
        axes[0][0].set_ylim(bottom=0)
        axes[1][0].set_ylim(0, 100)
        axes[0][0].legend(loc="lower right", fontsize="small")
        picture.legend(*axes[1][0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize="small")
    save_image(picture, path)


def main() -> None:
    """Print the tables, draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--figure", type=Path, help="file of the figure: .png, .svg or .pdf")
    arguments = parser.parse_args()
    rows: list[Row] = read(arguments.folder / "rows.jsonl")
    of = {part: [row for row in rows if row["part"] == part] for part in ("plans", "searches", "worlds")}
    if of["plans"]:
        print("## As planned\n")
        plans(of["plans"])
        paired(of["plans"])
        cpu = [[1000 * row["measured"][f"{name}_cpu_s"] for row in of["plans"]] for name in ("rtfs", "pacs")]
        print("CPU ms, median: rtfs {:.1f}, pacs {:.1f}\n".format(*map(np.median, cpu)))
    if of["searches"]:
        print("## Searches: gap to the best bound\n")
        searches(of["searches"], of["plans"])
    if of["worlds"]:
        print("## Under deviation\n")
        worlds(of["worlds"], of["plans"])
    if arguments.figure is not None and of["plans"]:
        figure(of["plans"], arguments.figure)


if __name__ == "__main__":
    main()

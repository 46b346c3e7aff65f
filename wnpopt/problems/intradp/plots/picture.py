"""The picture of an intradp instance: seconds of each operator on either side, and the bytes that it puts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.extras import need
from wnpopt.core.facts import counted
from wnpopt.core.text import in_image
from wnpopt.plotting.palette import LINK, colour
from wnpopt.plotting.save import drawing
from wnpopt.problems.intradp.instance import IntradpInstance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMED = 30
"""So many operators have their names along the axis; of more their numbers."""


def picture(instance: IntradpInstance) -> Figure:
    """Along the operators in their order: times on device and server, and the output beside that of the input."""
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    operators = instance.operators
    place = list(range(len(operators)))
    with drawing():
        figure = Figure(figsize=(11, 6.5), layout="constrained")
        times, sizes = figure.subplots(2, 1, sharex=True)
        for index, (side, costs) in enumerate(
            (("device", [o.device.full_s for o in operators]), ("server", [o.server.full_s for o in operators]))
        ):
            shift = -0.2 if index == 0 else 0.2
            label = f"{side}, {1e3 * sum(costs):.4g} ms in all"
            times.bar([x + shift for x in place], [1e3 * cost for cost in costs], 0.4, color=colour(index), label=label)
        times.set_ylabel("all rows [ms]")
        times.legend(frameon=False, fontsize=8)
        sizes.bar(place, [o.output_bytes / 1e3 for o in operators], 0.8, color=colour(2), label="output")
        sizes.axhline(instance.input_bytes / 1e3, color=LINK, linestyle="dashed", linewidth=1, label="input")
        sizes.set(ylabel="output [kB]", xlabel="operators in their order")
        sizes.legend(frameon=False, fontsize=8)
        if len(operators) <= _NAMED:
            names = [in_image(operator.name, 18) for operator in operators]
            sizes.set_xticks(place, names, rotation=60, ha="right", fontsize=7)
        for axes in (times, sizes):
            axes.spines[["top", "right"]].set_visible(False)
        link = instance.link
        rates = f"{link.uplink_bytes_per_s / 1e6:.4g} and {link.downlink_bytes_per_s / 1e6:.4g} MB/s"
        title = f"{instance.name}: {counted(len(operators), 'operator')}, {rates} up and down"
        figure.suptitle(in_image(title, 150), fontsize=11)
    return figure

"""Inferences whose plan follows the link: its rate comes from the messages themselves, or from probes without any."""

from __future__ import annotations

import time
from collections.abc import Mapping

from wnpopt.execution.network import Array
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner, RunInference
from wnpopt.problems.intradp.execution.remote.link import Echo
from wnpopt.problems.intradp.execution.remote.pace import goodput
from wnpopt.problems.intradp.online.adaptive import Controller

PROBE_BYTES = 65_536
"""There and back. What a probe takes of a slow link it takes beside an inference of the device alone."""

PROBE_S = 0.5
"""After so many seconds without a message that tells the rate, the server is probed."""

FIRST_ANSWER_S = 5.0


class AdaptiveRunner:
    """Switches between a runner's plans from inference to inference, as the controller says.

    ``place`` says which of the runner's plans is that of a bandwidth of the controller's table, None for the device
    alone. The link's rate is asked for once, before the first inference.
    """

    def __init__(
        self, runner: DeviceRunner, controller: Controller, place: Mapping[float, int | None], probe_s: float = PROBE_S
    ) -> None:
        self.runner, self.controller, self._place, self._probe_s = runner, controller, place, probe_s
        self._efficiency = runner.model.instance.link.efficiency
        self.switches = 0
        self._before: float | None = None
        self._heard = float("-inf")
        runner.probe(PROBE_BYTES, PROBE_BYTES)
        self._learn(runner.echo(FIRST_ANSWER_S))

    def infer(self, inputs: Mapping[str, Array]) -> tuple[RunInference, float]:
        """One inference, and the bandwidth (MB/s) that its plan was made for; 0 for the device alone."""
        self._learn(self.runner.echo())
        if time.perf_counter() - self._heard >= self._probe_s:
            self.runner.probe(PROBE_BYTES, PROBE_BYTES)
        # While the device is alone a probe holds the link for as long as it likes: what it says comes first.
        waits = self.runner.probing and (self._before is None or self._place[self._before] is None)
        chosen = 0.0 if waits else self.controller.plan().megabytes_per_s
        self.switches += self._before is not None and self._place[chosen] != self._place[self._before]
        self._before = chosen
        made = self.runner.infer(inputs, self._place[chosen])
        if made.bytes_per_s is not None:
            self._observe(made.bytes_per_s)
        return made, chosen

    def _learn(self, echo: Echo | None) -> None:
        rate = None if echo is None else goodput([echo.up, echo.down])
        if rate is not None:
            self._observe(rate)

    def _observe(self, bytes_per_s: float) -> None:
        """A table is of nominal rates, of which ``efficiency`` carries tensors."""
        self._heard = time.perf_counter()
        self.controller.observe(bytes_per_s / self._efficiency / 1e6)

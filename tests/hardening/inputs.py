"""What commands are given when they are attacked: small instances, networks, plans and results, made once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import wnpopt
from wnpopt.cli.main import main

LIBRARY = Path(__file__).resolve().parents[2] / "instances"


def command(*arguments: object) -> None:
    """Run a command in this process; it has to succeed."""
    assert main([str(argument) for argument in arguments]) == 0, arguments


class Inputs:
    """Files in a folder, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def tiny(self) -> list[Path]:
        """Tiny wnp instances of the library."""
        return sorted((LIBRARY / "wnp" / "tiny").glob("tiny-*.json"))

    @cached_property
    def medium(self) -> Path:
        return sorted((LIBRARY / "wnp" / "medium").glob("medium-*.json"))[0]

    @cached_property
    def split(self) -> Path:
        """A tiny intradp instance."""
        return sorted(path for path in (LIBRARY / "intradp" / "tiny").glob("*.json") if path.name != "index.json")[0]

    @cached_property
    def plan(self) -> Path:
        """A plan of the first tiny wnp instance."""
        file = self.folder / "plan.json"
        command("solve", self.tiny[0], "--method", "rtfs", "--out", file)
        return file

    @cached_property
    def store(self) -> Path:
        """Results of two methods on two instances."""
        folder = self.folder / "store"
        command("batch", *self.tiny[:2], "--methods", "rtfs,pacs", "--out", folder, "--workers", 1)
        return folder

    @cached_property
    def network(self) -> Path:
        """An ONNX file of eight operators."""
        from tests.intradp.test_run import network_file

        return network_file(self.folder)

    @cached_property
    def shared(self) -> tuple[Path, Path]:
        """An intradp instance of the network, and a plan that uses both sides."""
        from tests.intradp.test_run import exchange, instance_for
        from wnpopt.problems.intradp.execution.network import ExecutableNetwork

        made = instance_for(ExecutableNetwork.read(self.network))
        instance, plan = self.folder / "small.json", self.folder / "small-plan.json"
        wnpopt.save(made, instance)
        wnpopt.save(exchange(made), plan)
        return instance, plan

    @cached_property
    def key(self) -> Path:
        file = self.folder / "key"
        file.write_text("0123456789abcdef" * 4)
        return file

    @cached_property
    def streamed(self) -> tuple[Path, Path, Path]:
        """A slide instance, a plan of it, and its network."""
        from tests.slide.test_stream import network_file, prepared

        folder = self.folder / "slide"
        folder.mkdir()
        file = network_file(folder)
        return (*prepared(file, folder, 2), file)

    @cached_property
    def chip(self) -> tuple[Path, Path, Path]:
        """A wnp instance, a plan of it, and its composition of networks."""
        from tests.wnp.test_run_chip import prepared, site

        folder = self.folder / "chip"
        folder.mkdir()
        site(folder)
        return (*prepared(folder, "mid"), folder / "mid.json")

    @cached_property
    def table(self) -> Path:
        file = self.folder / "table.json"
        command("table", self.shared[0], "--bandwidths", "1,10", "--method", "layer-cut", "-o", file)
        return file

    @cached_property
    def trace(self) -> Path:
        file = self.folder / "trace.csv"
        file.write_text("seconds,rate\n0,5\n1,2\n2,9\n")
        return file

    @cached_property
    def measured(self) -> Path:
        """Latencies of the shared instance at some rates."""
        from wnpopt.problems.intradp.execution.costs.plans import named_plan
        from wnpopt.problems.intradp.online.table import at_bandwidth
        from wnpopt.problems.intradp.verify import replay

        instance = wnpopt.load(self.shared[0])
        rows = ["strategy,bandwidth,latency_ms"]
        for rate in (1.0, 2.0, 5.0, 10.0):
            for name in ("device-only", "layer-cut", "server-only"):
                there = at_bandwidth(instance, rate)  # type: ignore[arg-type]
                rows.append(f"{name},{rate},{1e3 * 1.1 * replay(there, named_plan(there, name)).latency_s!r}")
        file = self.folder / "measured.csv"
        file.write_text("\n".join(rows) + "\n")
        return file

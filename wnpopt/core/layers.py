"""From an instance's parts back to the layers of the network that it was made of: a document beside the instance.

The map is no part of the instance: methods do not see it, and an instance without one means the same. It names its
instance by hash, so that it is never read with another one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from wnpopt.core.document import Document, Instance, Name, SchemaVersion
from wnpopt.core.errors import InputError
from wnpopt.core.facts import Fact, Facts, FactTable

Label = Annotated[str, Field(strict=True, min_length=1)]
"""A name as the network's file has it."""

Hash = Annotated[str, Field(strict=True, pattern="^[0-9a-f]{64}$")]
"""A hash of an instance."""


class LayerMap(Document):
    """Base of the maps: ``instance`` and ``instance_hash`` say which instance, ``network`` what it was made of."""

    kind: str
    schema_version: SchemaVersion = 1
    instance: Name
    instance_hash: Hash
    network: Label

    def check(self, instance: Instance) -> None:
        """Raise :class:`InputError` unless this is the map of ``instance``."""
        if self.instance_hash != instance.instance_hash:
            raise InputError(
                f"the map is of the instance {self.instance} with the hash {self.instance_hash[:12]}..., not of "
                f"{instance.name} ({instance.instance_hash[:12]}...)",
                where="instance_hash",
            )

    @abstractmethod
    def by_part(self) -> Mapping[str, tuple[str, ...]]:
        """The layers of each part of the instance (a subgraph, an operator), in their order."""

    def facts(self) -> Facts:
        """What ``wnpopt show`` tells: how many layers there are, and those of each part."""
        parts = self.by_part()
        rows = tuple((part, len(layers), layers[0], layers[-1]) for part, layers in parts.items())
        table = FactTable("layer_list", ("part", "layers", "first_layer", "last_layer"), rows)
        count = sum(map(len, parts.values()))
        return Facts((Fact("network", self.network), Fact("layers", count)), (table,))

    @abstractmethod
    def schedule(self, instance: Any, solution: Any) -> FactTable:
        """When and where each layer runs, and what is sent, for a solution that the verifier accepts.

        A row an event, in the order of their starts. Within a part its layers follow each other in the
        order of the network, each for the time that the instance was made with: an estimate.
        """


def told_of(layers: tuple[str, ...], most: int = 6) -> str:
    """The layers of a part in a few words."""
    if len(layers) <= most:
        return ", ".join(layers)
    return f"{', '.join(layers[: most - 1])}, and {len(layers) - most + 1} more up to {layers[-1]}"

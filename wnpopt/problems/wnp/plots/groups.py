"""What subgraphs are coloured by: the modality that they depend on, without modalities their branch or their layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.plotting.gantt import Group
from wnpopt.plotting.palette import COLOURS, colour
from wnpopt.problems.wnp.instance import WnpInstance

IntVector = np.ndarray[tuple[int], np.dtype[np.int64]]

_BANDS = 7
"""Layers are told apart in so many steps of the depth, at most."""


@dataclass(frozen=True, slots=True)
class SubgraphGroups:
    """Groups for the legend, and the place in them of each subgraph's, shape (I,)."""

    groups: tuple[Group, ...]
    of: tuple[int, ...]


def subgraph_groups(instance: WnpInstance) -> SubgraphGroups:
    """By the one modality that a subgraph depends on, grey where there are several or none.

    Of a chip-only instance by the part of the names before the last dot where that makes a few groups, else by depth.
    """
    if instance.modalities:
        groups = [Group(modality.name, colour(k)) for k, modality in enumerate(instance.modalities)]
        several = len(groups)
        of = [several if k < 0 else k for k in branches(instance).tolist()]
        if several in of:
            groups.append(Group("several modalities", colour(None)))
        return SubgraphGroups(tuple(groups), tuple(of))
    heads = [subgraph.name.rpartition(".")[0] for subgraph in instance.subgraphs]
    names = list(dict.fromkeys(heads))
    if "" not in names and 1 < len(names) <= len(COLOURS):
        place = {name: k for k, name in enumerate(names)}
        return SubgraphGroups(
            tuple(Group(name, colour(k)) for k, name in enumerate(names)), tuple(place[head] for head in heads)
        )
    return _by_depth(instance)


def _by_depth(instance: WnpInstance) -> SubgraphGroups:
    deep = depths(instance)
    levels = int(deep.max(initial=0)) + 1
    if levels == 1:
        return SubgraphGroups((Group("subgraph", colour(None)),), (0,) * deep.size)
    bands = min(_BANDS, levels)
    band = deep * bands // levels
    groups = []
    for k in range(bands):
        own = deep[band == k]
        first, last = int(own.min()), int(own.max())
        groups.append(Group(f"depth {first}" if first == last else f"depth {first} to {last}", colour(k)))
    return SubgraphGroups(tuple(groups), tuple(band.tolist()))


def branches(instance: WnpInstance) -> IntVector:
    """The one modality that a subgraph depends on, shape (I,); -1 where it is none, or several."""
    needs: list[set[int]] = [set() for _ in instance.subgraphs]
    modality = instance.modality_index.tolist()
    before = _before(instance)
    for i in instance.order.tolist():
        needs[i] = set().union(*(needs[j] for j in before[i]), {modality[i]} if modality[i] >= 0 else set())
    return np.array([next(iter(reads)) if len(reads) == 1 else -1 for reads in needs], dtype=np.int64)


def depths(instance: WnpInstance) -> IntVector:
    """Subgraphs before each on the longest path to it, shape (I,)."""
    deep = np.zeros(len(instance.subgraphs), dtype=np.int64)
    before = _before(instance)
    for i in instance.order.tolist():
        deep[i] = max((deep[j] + 1 for j in before[i]), default=0)
    return deep


def _before(instance: WnpInstance) -> list[list[int]]:
    before: list[list[int]] = [[] for _ in instance.subgraphs]
    for source, target in instance.edge_index.tolist():
        before[target].append(source)
    return before

"""Composition files: graphs found, payloads set, errors at their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.files.composition import load_composition
from wnpopt.domain.files.graph import save_graph
from wnpopt.domain.network.fusion import fuse
from wnpopt.domain.network.zoo import build_network


def written(folder: Path, **changes: object) -> Path:
    data: dict[str, object] = {
        "kind": "composition",
        "schema_version": 1,
        "name": "pair",
        "branches": [
            {"modality": "camera", "graph": "graphs/mobilenet.json", "payload_bits": 5},
            {"modality": "speech", "graph": "network:bert-base", "dims": {"tokens": 16}},
        ],
        "fusion": {"kind": "mid", "classes": 3},
    }
    (folder / "graphs").mkdir(exist_ok=True)
    save_graph(build_network("mobilenet-v2", {"image": 64}), folder / "graphs/mobilenet.json")
    path = folder / "pair.json"
    path.write_text(json.dumps(data | changes), encoding="utf-8")
    return path


def test_graphs_are_found_and_payloads_set(tmp_path: Path) -> None:
    composition = load_composition(written(tmp_path))
    camera, speech = composition.branches
    assert camera.graph.name == "mobilenet-v2"
    assert camera.payload_bits == 5
    # Two inputs of 16 tokens, 8 bits each.
    assert speech.payload_bits == 2 * 16 * 8
    graph = fuse(composition)
    assert {operator.modality for operator in graph.operators} == {"camera", "speech", None}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"branches": []}, "branches"),
        ({"branches": [{"modality": "a", "graph": "network:none"}]}, "branches[0].graph"),
        ({"branches": [{"modality": "a", "graph": "network:gpt2", "dims": {"x": 1}}]}, "branches[0].dims.x"),
        ({"branches": [{"modality": "a", "graph": "network:gpt2", "dims": {"tokens": 0}}]}, "branches[0].dims.tokens"),
        ({"branches": [{"modality": "a", "graph": "picture.png"}]}, "branches[0].graph"),
        ({"branches": [{"modality": "a->b", "graph": "network:gpt2"}]}, "branches[0].modality"),
        ({"branches": [{"modality": "a", "graph": "graphs/mobilenet.json", "dims": {"x": 1}}]}, "branches[0].dims"),
        ({"branches": [{"modality": "a", "graph": "network:gpt2", "payload_bits": -1}]}, "branches[0].payload_bits"),
        ({"branches": [{"modality": "a", "graph": "network:gpt2", "tap": "no"}]}, ""),
        ({"fusion": {"kind": "early", "classes": 3}}, "fusion.kind"),
        ({"fusion": {"kind": "mid", "classes": 0}}, "fusion.classes"),
        ({"extra": 1}, "extra"),
    ],
)
def test_wrong_files_are_refused_at_their_place(tmp_path: Path, changes: dict[str, object], where: str) -> None:
    path = written(tmp_path, **changes)
    if not where:
        composition = load_composition(path)
        with pytest.raises(InputError, match="'no'"):
            fuse(composition)
        return
    with pytest.raises(InputError) as caught:
        load_composition(path)
    assert caught.value.where == where
    assert str(path) in str(caught.value)


def test_a_missing_graph_names_its_own_file(tmp_path: Path) -> None:
    path = written(tmp_path, branches=[{"modality": "a", "graph": "graphs/none.json"}])
    with pytest.raises(InputError, match=r"none\.json: no such file"):
        load_composition(path)

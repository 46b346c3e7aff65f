"""What is wrong with a document is told at once, the first ten, and misspelt names are answered with near ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.core import explain, registry
from wnpopt.core.errors import InputError
from wnpopt.core.explain import MOST


def data(family: str) -> dict[str, Any]:
    case = registry.family(family).doctor
    assert case is not None
    copied: dict[str, Any] = json.loads(json.dumps(case.instance))
    return copied


def refused(family: str, document: dict[str, Any]) -> InputError:
    with pytest.raises(InputError) as error:
        registry.family(family).instance_type.from_data(document)
    return error.value


def test_errors_at_several_paths_come_together() -> None:
    document = data("wnp")
    document["radio"]["slots"] = "5"
    document["modalities"][0]["payload_bits"] = -1
    del document["subgraphs"][1]["name"]
    error = refused("wnp", document)
    told = {entry.where: entry.what for entry in (error, *error.others)}
    assert told == {
        "radio.slots": 'found "5"; an integer is needed',
        "modalities[0].payload_bits": "found -1; a number of at least 0 is needed",
        "subgraphs[1].name": "missing field",
    }
    assert [entry.others for entry in error.others] == [(), ()]


def test_one_fault_is_one_error() -> None:
    for change in ({"deadline_s": "soon"}, {"energy_j": [1]}, {"link": 3}, {"models": 7}, {"frequency_hz": [1]}):
        document = data("slide")
        document["users"][0] |= change
        assert refused("slide", document).others == ()


def test_a_misspelt_field_is_one_error_that_names_the_right_one() -> None:
    document = data("slide")
    document["users"][1]["deadlines"] = document["users"][1].pop("deadline_s")
    error = refused("slide", document)
    assert error.where == "users[1].deadlines"
    assert error.what.endswith('did you mean "deadline_s"?')
    assert error.others == ()


def test_no_more_than_ten() -> None:
    document = data("slide")
    for user in document["users"]:
        user |= {"deadline_s": "a", "receive_w": "b", "weight": "c"}
    error = refused("slide", document)
    assert len((error, *error.others)) == MOST < 3 * len(document["users"])


def test_the_command_tells_each_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = data("intradp")
    document["link"]["latency_s"] = -1
    document["power_w"]["compute"] = "13"
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document))
    assert main(["show", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"wnpopt: {file}: link.latency_s: found -1; a number of at least 0.0 is needed\n"
        f'wnpopt: {file}: power_w.compute: found "13"; a number is needed\n'
    )


def test_near_names_of_methods_families_options_and_suites(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wnpopt.save(registry.family("wnp").instance_type.from_data(data("wnp")), tmp_path / "i.json")
    for words, meant in (
        (["solve", str(tmp_path / "i.json"), "--method", "pac"], "pacs"),
        (["generate", "slid"], "slide"),
        (["generate", "slide", "--user", "3"], "--users"),
    ):
        assert main(words) == 2
        assert f'did you mean "{meant}"?' in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["solve"], ["import"], ["import", "onnx"], ["simulate"], ["bench"], ["sweep"]])
def test_help_has_a_short_flag(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "-h"]) == 0
    short = capsys.readouterr().out
    assert main([*words, "--help"]) == 0
    assert capsys.readouterr().out == short
    assert short.startswith("Usage: ")


def test_the_list_of_commands_has_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert "..." not in told.replace("[ARGS]...", "")
    assert "Solve an instance, verify the answer, show its value," in told


def test_what_is_wrong_inside_a_list_is_not_told_of_the_list() -> None:
    """pydantic leaves out entries that are wrong, and then finds the list too short."""
    broken = data("wnp")
    broken["modalities"] = [{**broken["modalities"][0], "payload_bits": "many"}]
    with pytest.raises(InputError) as raised:
        registry.family("wnp").instance_type.from_data(broken)
    told = [raised.value.where, *(other.where for other in raised.value.others)]
    assert any(where.startswith("modalities[0].") for where in told)
    assert "modalities" not in told


def test_a_document_of_another_kind_is_one_error() -> None:
    with pytest.raises(InputError) as raised:
        registry.family("slide").instance_type.from_data(data("wnp"))
    assert (raised.value.where, raised.value.others) == ("kind", ())


def test_what_the_fields_are_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For ten unknown fields in ten users: the schema of a document takes ten milliseconds or more."""
    made: list[object] = []
    kind = registry.family("slide").instance_type
    genuine = kind.model_json_schema

    def counted(*arguments: object, **more: Any) -> dict[str, Any]:
        made.append(arguments)
        return genuine(**more)

    monkeypatch.setattr(kind, "model_json_schema", counted)
    explain._schema.cache_clear()
    document = data("slide")
    document["users"] = [{**document["users"][0], "name": f"u{i}", "deadlin_s": 1} for i in range(MOST)]
    error = refused("slide", document)
    assert len(error.others) == MOST - 1
    assert all('did you mean "deadline_s"' in entry.what for entry in (error, *error.others))
    assert len(made) == 1

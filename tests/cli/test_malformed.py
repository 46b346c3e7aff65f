"""Bad files end in exit code 2 and one clear line: the file, the path inside it, what, and what would be right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutations import Data, append, drop, put

# name -> (change of a valid instance, words that the message must hold)
BAD_DATA: dict[str, tuple[Callable[[Data], None], list[str]]] = {
    "kind missing": (drop("kind"), ["kind", "missing", "wnp"]),
    "kind unknown": (put("kind", value="wmp"), ["kind", '"wmp"', "wnp"]),
    "kind a number": (put("kind", value=3), ["kind", "3"]),
    "kind of a solution": (put("kind", value="wnp-solution"), ["kind"]),
    "version missing": (drop("schema_version"), ["schema_version", "missing"]),
    "version 2": (put("schema_version", value=2), ["schema_version", "2", "1 is needed"]),
    "version true": (put("schema_version", value=True), ["schema_version", "true"]),
    "version 1.0": (put("schema_version", value=1.0), ["schema_version", "1.0"]),
    "name empty": (put("name", value=""), ["name", "at least 1 character"]),
    "name too long": (put("name", value="n" * 201), ["name", "at most 200"]),
    "name with an arrow": (put("subgraphs", 0, "name", value="a->b"), ["subgraphs[0].name", "->"]),
    "name with a line break": (put("name", value="a\nb"), ["name", "printable"]),
    "unknown field": (put("radio", "slot_tick", value=3), ["radio.slot_tick", "unknown field", "slot_ticks"]),
    "unknown field at the top": (put("colour", value="red"), ["colour", "unknown field", "modalities"]),
    "missing field": (drop("radio", "slots"), ["radio.slots", "missing"]),
    "float for an integer": (put("radio", "slots", value=5.0), ["radio.slots", "5.0", "integer"]),
    "true for an integer": (put("radio", "slots", value=True), ["radio.slots", "true", "integer"]),
    "text for an integer": (put("radio", "slots", value="5"), ["radio.slots", '"5"', "integer"]),
    "1e308 for an integer": (put("radio", "slots", value=1e308), ["radio.slots", "1e+308", "integer"]),
    "zero slots": (put("radio", "slots", value=0), ["radio.slots", "0", "at least 1"]),
    "zero slot_ticks": (put("radio", "slot_ticks", value=0), ["radio.slot_ticks", "at least 1"]),
    "zero block_slots": (put("radio", "block_slots", value=0), ["radio.block_slots", "at least 1"]),
    "zero bytes_per_tick": (put("chip", "bytes_per_tick", value=0), ["chip.bytes_per_tick", "at least 1"]),
    "zero tick_s": (put("tick_s", value=0), ["tick_s", "above 0"]),
    "negative ticks": (put("subgraphs", 0, "ticks", 0, value=-1), ["subgraphs[0].ticks[0]", "-1", "at least 0"]),
    "negative payload": (put("modalities", 0, "payload_bits", value=-5), ["modalities[0].payload_bits", "-5"]),
    "negative bits": (put("radio", "bits_per_slot", 0, 1, 2, value=-5), ["radio.bits_per_slot[0][1][2]", "-5"]),
    "beyond 2^53": (put("subgraphs", 0, "ticks", 0, value=2**53 + 1), ["subgraphs[0].ticks[0]", "2^53"]),
    "sum beyond 2^53": (put("subgraphs", 0, "ticks", value=[2**53, 2**53]), ["sum", "2^53"]),
    "slots overflow": (put("radio", "slot_ticks", value=2**52), ["radio.slots", "2^53"]),
    "bits overflow": (put("radio", "bits_per_slot", 0, 0, 0, value=2**52), ["radio.bits_per_slot[0]", "2^53"]),
    "infinite horizon": (put("tick_s", value=1e308), ["tick_s", "overflow"]),
    "no cores": (put("chip", "cores", value=[]), ["chip.cores", "at least 1 entry"]),
    "no subgraphs": (put("subgraphs", value=[]), ["subgraphs", "at least 1 entry"]),
    "no resource blocks": (put("radio", "bits_per_slot", value=[[], []]), ["radio.bits_per_slot[0]", "resource block"]),
    "a modality too few": (put("radio", "bits_per_slot", value=[[[1, 1, 1]]]), ["radio.bits_per_slot", "1", "2"]),
    "ragged resource blocks": (
        put("radio", "bits_per_slot", value=[[[1, 1, 1]], [[1, 1, 1], [1, 1, 1]]]),
        ["radio.bits_per_slot[1]", "2 entries", "1 are needed"],
    ),
    "a block too many": (
        put("radio", "bits_per_slot", 1, 0, value=[1, 2, 3, 4]),
        ["radio.bits_per_slot[1][0]", "4 entries", "3 are needed", "coherence block"],
    ),
    "no core runs it": (put("subgraphs", 1, "ticks", value=[None, None]), ["subgraphs[1].ticks", "null", "core"]),
    "ticks too short": (put("subgraphs", 1, "ticks", value=[1]), ["subgraphs[1].ticks", "1 entries", "2 are needed"]),
    "unknown modality": (put("subgraphs", 0, "modality", value="mx"), ["subgraphs[0].modality", '"mx"', '"m0"']),
    "duplicate subgraph": (put("subgraphs", 1, "name", value="m0.0"), ["subgraphs[1].name", "subgraphs[0]"]),
    "duplicate core": (put("chip", "cores", 1, "name", value="c0"), ["chip.cores[1].name", "chip.cores[0]"]),
    "duplicate modality": (put("modalities", 1, "name", value="m0"), ["modalities[1].name", "modalities[0]"]),
    "dangling edge": (put("edges", 0, "to", value="nowhere"), ["edges[0].to", '"nowhere"']),
    "duplicate edge": (append("edges", {"from": "m0.0", "to": "m0.1", "bytes": 1}), ["edges[4]", "edges[0]"]),
    "cycle": (append("edges", {"from": "fuse", "to": "m0.0", "bytes": 1}), ["edges", "cycle", '"fuse"']),
    "loop": (append("edges", {"from": "fuse", "to": "fuse", "bytes": 1}), ["edges", "cycle"]),
    "edge without bytes": (append("edges", {"from": "m0.0", "to": "fuse"}), ["edges[4].bytes", "missing"]),
    "list for an object": (put("radio", value=[]), ["radio", "object"]),
    "object for a list": (put("edges", value={}), ["edges", "list"]),
    "null for an object": (put("chip", value=None), ["chip", "null", "object"]),
    "number for the bus": (put("chip", "exclusive_bus", value=1), ["chip.exclusive_bus", "true or false"]),
}

BAD_BYTES: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["empty"]),
    "blank": (b" \n\t", ["empty"]),
    "not UTF-8": (b'{"kind": "wnp\xff"}', ["UTF-8", "0xff", "offset 13"]),
    "UTF-16": ('{"kind": "wnp"}'.encode("utf-16"), ["UTF-8"]),
    "not JSON": (b"{'kind': 'wnp'}", ["not JSON", "line 1 column 2"]),
    "truncated": (b'{"kind": "wnp", "radio": {', ["not JSON"]),
    "trailing comma": (b'{"kind": "wnp",}', ["not JSON"]),
    "two objects": (b'{"kind": "wnp"} {}', ["not JSON", "column 17"]),
    "a list": (b"[1, 2]", ["a list", "object"]),
    "a number": (b"12", ["object"]),
    "null": (b"null", ["null", "object"]),
    "repeated key": (b'{"kind": "wnp", "radio": {"slots": 1, "slots": 2}}', ["radio.slots", "repeated key"]),
    "repeated key at the top": (b'{"kind": "wnp", "kind": "wnp"}', ["kind", "repeated key"]),
    "NaN": (b'{"kind": "wnp", "tick_s": NaN}', ["tick_s", "nan", "finite"]),
    "Infinity": (b'{"kind": "wnp", "tick_s": -Infinity}', ["tick_s", "inf", "finite"]),
    "beyond all floats": (b'{"kind": "wnp", "made_with": [1e308, -1E+0309]}', ["made_with[1]", "-inf", "finite"]),
    "beyond all floats, written out": (b'{"made_with": ' + b"2" * 310 + b".5}", ["made_with", "inf", "finite"]),
    "5,000 digits": (b'{"kind": "wnp", "radio": {"slots": ' + b"9" * 5000 + b"}}", ["radio.slots", "2^53"]),
    "deep nesting": (b'{"kind": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ["nested"]),
    "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, ["nested"]),
    "unclosed nesting": (b"[" * 1_000_000, ["nested"]),
}


def one_clear_line(code: int, out: str, err: str, path: Path, words: list[str]) -> None:
    assert code == 2, err
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1, "one line, not wrapped"
    assert "Traceback" not in err
    assert str(path) in err or "exclusive_bus" in err
    for word in words:
        assert word in err, (word, err)


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data(name: str, cli, data: Data, tmp_path: Path) -> None:
    change, words = BAD_DATA[name]
    change(data)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(data))
    one_clear_line(*cli("solve", path), path, words)


@pytest.mark.parametrize("name", BAD_BYTES)
def test_bad_bytes(name: str, cli, tmp_path: Path) -> None:
    content, words = BAD_BYTES[name]
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    one_clear_line(*cli("solve", path, "--json"), path, words)


def test_a_directory(cli, tmp_path: Path) -> None:
    one_clear_line(*cli("solve", tmp_path), tmp_path, ["directory"])


def test_no_such_file(cli, tmp_path: Path) -> None:
    one_clear_line(*cli("solve", tmp_path / "nothing.json"), tmp_path / "nothing.json", ["no such file"])


def test_a_name_with_a_null_byte(cli) -> None:
    code, out, err = cli("solve", "a\0b")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_long_names_are_not_cut(cli, data: Data, tmp_path: Path) -> None:
    long = "x" * 190
    data["edges"][0]["to"] = long  # type: ignore[index]
    path = tmp_path / ("d" * 100 + ".json")
    path.write_text(json.dumps(data))
    one_clear_line(*cli("solve", path), path, [long])


BAD_SOLUTIONS: dict[str, tuple[object, list[str]]] = {
    "an instance": (None, ["kind", "wnp-solution"]),
    "negative slot entry": ({"rb": [[-1]], "core": {}, "start": {}}, ["rb[0][0]", "-1"]),
    "float start": ({"rb": [], "core": {}, "start": {"m0.0": 1.5}}, ["start.m0.0", "1.5"]),
    "no core": ({"rb": [], "start": {}}, ["core", "missing"]),
    "unknown field": ({"rb": [], "core": {}, "start": {}, "makespan": 3}, ["makespan", "unknown field"]),
}


@pytest.mark.parametrize("name", BAD_SOLUTIONS)
def test_bad_solutions(name: str, cli, instance: Path, tmp_path: Path) -> None:
    content, words = BAD_SOLUTIONS[name]
    path = tmp_path / "solution.json"
    if content is None:
        path.write_text(instance.read_text())
    else:
        assert isinstance(content, dict)
        path.write_text(json.dumps({"kind": "wnp-solution", "instance": "doctor", **content}))
    one_clear_line(*cli("verify", instance, path), path, words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--method", "magic"], ["method", "magic", "rtfs", "auto"]),
        (["--time-limit", "-1"], ["time_limit", "-1"]),
        (["--time-limit", "nan"], ["time_limit", "nan"]),
        (["--time-limit", "soon"], ["--time-limit", "soon"]),
        (["--threads", "0"], ["threads", "0"]),
        (["--seed", "-3"], ["seed", "-3"]),
        (["--seed", "1.5"], ["--seed", "1.5"]),
        (["--warm-start", "magic"], ["warm_start", "magic", "rtfs"]),
        (["--out", "/no/such/folder/x.json"], ["/no/such/folder"]),
        (["--plot", "picture.bmp"], ["picture.bmp", ".png"]),
        (["--frobnicate"], ["--frobnicate"]),
    ],
)
def test_bad_arguments(arguments: list[str], words: list[str], cli, instance: Path) -> None:
    code, out, err = cli("solve", instance, *arguments)
    assert (code, out) == (2, ""), err
    assert err.count("\n") == 1
    for word in words:
        assert word in err


@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_no_output_replaces_the_input_or_another_output(option: str, cli, data: Data, tmp_path: Path) -> None:
    path = tmp_path / "instance.svg"  # the ending is free for instances
    path.write_text(json.dumps(data))
    before = path.read_bytes()
    one_clear_line(*cli("solve", path, "--method", "rtfs", option, path), path, ["given twice"])
    assert path.read_bytes() == before
    both = tmp_path / "both.svg"
    one_clear_line(*cli("solve", path, "--method", "rtfs", "--out", both, "--plot", both), both, ["given twice"])
    assert not both.exists()


def test_a_solution_of_another_instance_is_named(cli, instance: Path, data: Data, tmp_path: Path) -> None:
    solution = tmp_path / "solution.json"
    assert cli("solve", instance, "--method", "rtfs", "--out", solution)[0] == 0
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**data, "name": "another"}))
    code, out, _err = cli("verify", other, solution)
    assert code == 1
    assert out.startswith(f"the solution is for the instance {data['name']}, not for another\nviolated: 1 rule broken")


def test_of_many_broken_rules_some_are_printed_and_all_are_in_json(cli, instance: Path, tmp_path: Path) -> None:
    solution = tmp_path / "solution.json"
    start = {f"x{i}": 0 for i in range(60)}
    data = {"kind": "wnp-solution", "instance": "doctor", "rb": [], "core": dict.fromkeys(start, "a"), "start": start}
    solution.write_text(json.dumps(data))
    _, out, _ = cli("verify", instance, solution)
    broken = len(json.loads(cli("verify", instance, solution, "--json")[1])["violations"])
    assert broken > 100
    assert f"violated: {broken} rules broken" in out
    assert f"and {broken - 20} more" in out
    assert out.count("\n") < 25


def test_an_unknown_chip_is_answered_with_those_there_are(cli, tmp_path: Path) -> None:
    network = tmp_path / "network.json"
    code, out, _err = cli("import", "onnx", network, "--chip", "edge-9x9", "-o", tmp_path / "x.json")
    assert (code, out) == (2, "")
    network.write_text((Path(__file__).parents[2] / "instances/graphs/squeezenet.json").read_text())
    one_clear_line(
        *cli("import", "onnx", network, "--chip", "edge-9x9", "-o", tmp_path / "x.json"), Path("edge-9x9"), ["edge-2x2"]
    )


def test_enough_kinds_of_malformed_files() -> None:
    assert len(BAD_DATA) + len(BAD_BYTES) >= 40

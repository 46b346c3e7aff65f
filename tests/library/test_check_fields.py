"""instances/check.py, field by field: what each type takes and refuses, which fields there are, and their defaults."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.library.referee import CHECK

LARGEST = 2**53


def refusal(check: Callable[[Any, str], Any], value: object, where: str = "here") -> str:
    with pytest.raises(CHECK.BadInputError) as caught:
        check(value, where)
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "taken", "refused", "needed"),
    [
        ("INT", [-LARGEST, -1, 0, LARGEST], [-LARGEST - 1, LARGEST + 1, 1.0, True, "1", None], "an integer"),
        ("COUNT", [0, 1, LARGEST], [-1, LARGEST + 1, 0.0, False], "an integer of at least 0"),
        ("POSITIVE", [1, LARGEST], [0, LARGEST + 1, 1.0, True], "an integer of at least 1"),
    ],
)
def test_integers(kind: str, taken: list[int], refused: list[object], needed: str) -> None:
    check = getattr(CHECK, kind)
    assert [check(value, "here") for value in taken] == taken
    for value in refused:
        assert refusal(check, value) == f"here: found {value!r}; {needed} up to 2^53 is needed"


def test_numbers() -> None:
    for value in (0, 3, 2.5, 1e308):
        taken = CHECK.REAL(value, "here")
        assert (taken, type(taken)) == (value, float)
    assert CHECK.POSITIVE_REAL(5e-324, "here") == 5e-324
    for value in (-1, -5e-324, float("inf"), float("nan"), True, "1", None, [1]):
        assert refusal(CHECK.REAL, value) == f"here: found {value!r}; a finite number of at least 0 is needed"
        assert refusal(CHECK.POSITIVE_REAL, value) == f"here: found {value!r}; a finite number above 0 is needed"
    for none in (0, 0.0, -0.0):
        assert CHECK.REAL(none, "here") == 0.0
        assert refusal(CHECK.POSITIVE_REAL, none) == f"here: found {none!r}; a finite number above 0 is needed"
    assert CHECK.number(most=1.5)(1.5, "here") == 1.5
    assert refusal(CHECK.number(most=1.5), 1.75) == "here: found 1.75; at most 1.5 is possible"


def test_names_and_texts() -> None:
    for taken in ("a", "x" * 200, "a-b>c", "naïve 名"):
        assert CHECK.name(taken, "here") == taken
    for refused in ("", "x" * 201, "a\nb", "a->b", "\ud800", 1, None, ["a"]):
        needed = 'a name of 1 to 200 printable characters without "->" is needed'
        assert refusal(CHECK.name, refused) == f"here: found {refused!r}; {needed}"
    assert CHECK.text("a\n->", "here") == "a\n->"
    assert refusal(CHECK.text, 1) == "here: found 1; a text is needed"
    assert (CHECK.flag(True, "here"), CHECK.flag(False, "here")) == (True, False)
    assert refusal(CHECK.flag, 1) == "here: found 1; true or false is needed"
    assert CHECK.one_of("a", 1)(1, "here") == 1
    for refused in (True, 1.0, "1", "b", None):
        assert refusal(CHECK.one_of("a", 1), refused) == f"here: found {refused!r}; one of a, 1 is needed"
    assert CHECK.or_null(CHECK.COUNT)(None, "here") is None
    assert CHECK.or_null(CHECK.COUNT)(0, "here") == 0
    assert refusal(CHECK.or_null(CHECK.flag), 0) == "here: found 0; true or false is needed"


def test_lists_and_objects() -> None:
    assert CHECK.many(CHECK.REAL)([], "here") == []
    assert CHECK.many(CHECK.REAL, 1)([1, 2], "here") == [1.0, 2.0]
    assert refusal(CHECK.many(CHECK.REAL, 2), [1]) == "here: a list of at least 2 entries is needed"
    for refused in (None, {}, (1,), "ab"):
        assert refusal(CHECK.many(CHECK.REAL), refused) == "here: a list is needed"
    assert refusal(CHECK.many(CHECK.flag), [True, 3]) == "here[1]: found 3; true or false is needed"
    both = CHECK.mapping(CHECK.name, CHECK.flag)
    assert both({"a": True, "b": False}, "here") == {"a": True, "b": False}
    assert refusal(both, []) == "here: an object is needed"
    assert refusal(both, {"a": 1}) == "here[a]: found 1; true or false is needed"
    assert refusal(both, {"": True}).startswith("a key of here: found ''; a name of 1 to 200")
    fields = CHECK.record(a=CHECK.COUNT, from_=CHECK.flag, c=(CHECK.COUNT, 7))
    assert fields({"from": True, "a": 1}, "here") == {"a": 1, "from": True, "c": 7}
    assert fields({"from": True, "a": 1, "c": 0}, "here") == {"a": 1, "from": True, "c": 0}
    for where, dot in (("here", "here."), ("", "")):
        assert refusal(fields, {"a": 1}, where) == f"{dot}from: is missing"
        assert refusal(fields, {"a": -1}, where).startswith(f"{dot}a: found -1")
        known = "is not known; the fields here are a, from, c"
        assert refusal(fields, {"a": 1, "from": True, "d": 1}, where) == f"{dot}d: {known}"
    assert refusal(fields, None) == "here: an object is needed"
    assert refusal(fields, None, "") == "an object is needed"


def test_sums() -> None:
    assert CHECK.total([0.1] * 10) == 1.0
    assert CHECK.total([1.7e308, 1.7e308]) == float("inf")
    for amount, limit, expected in (
        (1.0, 1.0, False), (1 + 0.9e-9, 1.0, False), (1 + 1.1e-9, 1.0, True), (0.0, 0.0, False), (5e-324, 0.0, True),
        (1.5e308, 1.7976931348e308, False), (float("inf"), 1.7976931348e308, True), (float("nan"), 1.0, True),
    ):  # fmt: skip
        assert CHECK.beyond(amount, limit) is expected, (amount, limit)
    # (1 + tolerance) times the limit, to the last bit
    assert CHECK.beyond(1 + 1e-9, 1.0) is False
    CHECK.exact(LARGEST, "here")
    assert refusal(CHECK.exact, LARGEST + 1) == (f"here: the sum is {LARGEST + 1}; at most 2^53 is possible")
    CHECK.finite(1.7e308, "here")
    told = "here: the sum overflows; a finite number is needed"
    for value in (float("inf"), float("nan")):
        assert refusal(CHECK.finite, value) == told
    CHECK.distinct(["a", "b"], "here")
    assert refusal(CHECK.distinct, ["a", "b", "a"]) == ("here[2]: 'a' stands there twice")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'{"a": 1, "b": 2, "b": 3}', "the key 'b' is given twice"),
        (b'{"a": {"c": 1, "c": 1}}', "the key 'c' is given twice"),
        (b'{"a": 9007199254740993}', "the integer 9007199254740993 is beyond 2^53"),
        (b'{"a": -9007199254740993}', "the integer -9007199254740993 is beyond 2^53"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is beyond 2^53"),
        (b'{"a": 1e999}', "the number 1e999 is not finite"),
        (b'{"a": -Infinity}', "the number -Infinity is not finite"),
        (b'{"a": NaN}', "the number NaN is not finite"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        (b'{"a"', "is not JSON: "),
        (b"[" * 100_000, "is not JSON: "),
    ],
)
def test_what_is_no_strict_json(tmp_path: Path, text: bytes, told: str) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(text)
    with pytest.raises(CHECK.BadInputError) as caught:
        CHECK.read(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert told in str(caught.value)


def test_what_is_strict_json(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes('\ufeff{"a": [9007199254740992, -9007199254740992, 1.5, -1e-3, "é"], "b": {"a": null}}'.encode())
    assert CHECK.read(file) == {"a": [LARGEST, -LARGEST, 1.5, -1e-3, "é"], "b": {"a": None}}
    with pytest.raises(CHECK.BadInputError) as caught:
        CHECK.read(tmp_path / "none.json")
    assert str(caught.value) == f"{tmp_path / 'none.json'}: cannot be read: No such file or directory"


# --- The fields of each kind -----------------------------------------------------------------------------------------

PROBES: dict[str, object] = {
    "null": None, "true": True, "-1": -1, "0": 0, "1": 1, "2.5": 2.5, "text": "->", "name": "a", "[]": [], "{}": {},
}  # fmt: skip
TYPES = {
    "INT": "-1 0 1", "COUNT": "0 1", "POSITIVE": "1", "REAL": "0 1 2.5", "SHARE": "1", "POSITIVE_REAL": "1 2.5",
    "NAME": "name", "TEXT": "text name", "FLAG": "true", "LIST": "[]", "FULL": "", "OBJECT": "{}", "RECORD": "",
    "ONE": "1",
}  # fmt: skip
"""Which probes each type takes; a trailing ? takes null too."""

HEAD = "kind RECORD, schema_version ONE, name NAME, source TEXT?"
FIELDS = {
    "WNP": f"""{HEAD}, tick_s POSITIVE_REAL, radio RECORD, radio.slot_ticks POSITIVE, radio.slots POSITIVE,
        radio.block_slots POSITIVE, radio.bits_per_slot LIST, radio.bits_per_slot.0 FULL, radio.bits_per_slot.0.0 LIST,
        radio.bits_per_slot.0.0.0 COUNT, modalities LIST, modalities.0.name NAME, modalities.0.payload_bits COUNT,
        modalities.0.release_slot COUNT, modalities.0.transmit_j_per_rb_slot REAL, chip RECORD, chip.cores FULL,
        chip.cores.0.name NAME, chip.cores.0.x INT, chip.cores.0.y INT, chip.cores.0.active_w REAL,
        chip.cores.0.idle_w REAL, chip.hop_ticks COUNT, chip.bytes_per_tick POSITIVE, chip.exclusive_bus FLAG,
        chip.joule_per_byte_hop REAL, subgraphs FULL, subgraphs.0.name NAME, subgraphs.0.modality NAME?,
        subgraphs.0.ticks LIST, subgraphs.0.ticks.0 COUNT?, subgraphs.0.release_ticks COUNT, subgraphs.0.job NAME?,
        edges LIST, edges.0.from NAME, edges.0.to NAME, edges.0.bytes COUNT, jobs LIST, jobs.0.name NAME,
        jobs.0.release_ticks COUNT, jobs.0.weight POSITIVE, jobs.0.deadline_ticks COUNT?, objective RECORD,
        makespan_limit_ticks COUNT?, energy_limit_j REAL?""",
    "WNP_SOLUTION": """kind RECORD, instance NAME, rb LIST, rb.0 LIST, rb.0.0 COUNT?, core OBJECT, core.a NAME,
        start OBJECT, start.a COUNT, transfer_start OBJECT?, transfer_start.a->b COUNT""",
    "SLIDE": f"""{HEAD}, bandwidth_hz POSITIVE_REAL, resource_block_hz POSITIVE_REAL?, delivery RECORD,
        cache_bits REAL?, objective RECORD, models FULL, models.0.name NAME, models.0.accuracy REAL,
        models.0.layers FULL,
        models.0.layers.0.bits REAL, models.0.layers.0.flop REAL, users LIST, users.0.name NAME,
        users.0.deadline_s REAL, users.0.energy_j REAL?, users.0.link RECORD,
        users.0.link.spectral_efficiency POSITIVE_REAL, users.1.link.power_w POSITIVE_REAL,
        users.1.link.gain POSITIVE_REAL, users.1.link.noise_w_per_hz POSITIVE_REAL, users.0.frequency_hz LIST,
        users.0.frequency_hz.0 POSITIVE_REAL, users.0.flop_per_cycle POSITIVE_REAL, users.0.energy_per_flop_hz2 REAL,
        users.0.receive_w REAL, users.0.min_accuracy REAL, users.0.weight REAL, users.0.models FULL?,
        users.0.models.0 NAME""",
    "SLIDE_SOLUTION": """kind RECORD, instance NAME, served LIST, served.0.user NAME, served.0.model NAME,
        served.0.bandwidth_hz REAL, served.0.frequency_hz REAL""",
    "INTRADP": f"""{HEAD}, operators FULL, operators.0.name NAME, operators.0.units POSITIVE,
        operators.0.output_bytes REAL, operators.0.inputs LIST, operators.0.inputs.0.from NAME,
        operators.0.inputs.0.window RECORD, operators.0.inputs.0.window.kernel INT,
        operators.0.inputs.0.window.stride POSITIVE, operators.0.inputs.0.window.padding INT,
        operators.0.inputs.0.window.upsample POSITIVE, operators.0.device RECORD, operators.0.device.fixed_s REAL,
        operators.0.device.full_s REAL, operators.0.device.partial_s REAL, operators.0.device.compute_w REAL?,
        operators.0.server RECORD, operators.0.server.fixed_s REAL, operators.0.server.full_s REAL,
        operators.0.server.partial_s REAL, link RECORD, link.uplink_bytes_per_s POSITIVE_REAL,
        link.downlink_bytes_per_s POSITIVE_REAL, link.latency_s REAL, link.efficiency SHARE, power_w RECORD,
        power_w.compute REAL, power_w.communicate REAL, power_w.standby REAL, power_w.launch REAL?, transfers RECORD,
        objective RECORD, deadline_s REAL?, segment_s OBJECT, segment_s.device REAL, segment_s.server REAL""",
    "INTRADP_SOLUTION": """kind RECORD, instance NAME, device_end LIST, device_end.0 COUNT, server_begin LIST,
        server_begin.0 COUNT""",
}
COST = {"fixed_s": 1.0, "full_s": 2.0, "partial_s": 3.0}
FULL: dict[str, Any] = {
    "WNP": {
        "kind": "wnp", "schema_version": 1, "name": "a", "source": "b", "tick_s": 1.0,
        "radio": {"slot_ticks": 1, "slots": 2, "block_slots": 3, "bits_per_slot": [[[4]]]},
        "modalities": [{"name": "m", "payload_bits": 5, "release_slot": 6, "transmit_j_per_rb_slot": 7.0}],
        "chip": {
            "cores": [{"name": "c", "x": -1, "y": 2, "active_w": 3.0, "idle_w": 4.0}],
            "hop_ticks": 5, "bytes_per_tick": 6, "exclusive_bus": True, "joule_per_byte_hop": 7.0,
        },
        "subgraphs": [{"name": "s", "modality": "m", "ticks": [8, None], "release_ticks": 9, "job": "j"}],
        "edges": [{"from": "s", "to": "t", "bytes": 10}],
        "jobs": [{"name": "j", "release_ticks": 11, "weight": 12, "deadline_ticks": 13}],
        "objective": "energy", "makespan_limit_ticks": 14, "energy_limit_j": 15.0,
    },
    "WNP_SOLUTION": {
        "kind": "wnp-solution", "instance": "a", "rb": [[0, None]], "core": {"a": "b"}, "start": {"a": 1},
        "transfer_start": {"a->b": 2},
    },
    "SLIDE": {
        "kind": "slide", "schema_version": 1, "name": "a", "source": "b", "bandwidth_hz": 1.0,
        "resource_block_hz": 2.0, "delivery": "multicast", "cache_bits": 3.0, "objective": "weighted",
        "models": [{"name": "m", "accuracy": 0.5, "layers": [{"bits": 4.0, "flop": 5.0}]}],
        "users": [
            {"name": name, "deadline_s": 1.0, "energy_j": 2.0, "link": link, "frequency_hz": [3.0, 4.0],
             "flop_per_cycle": 5.0, "energy_per_flop_hz2": 6.0, "receive_w": 7.0, "min_accuracy": 8.0, "weight": 9.0,
             "models": ["m"]}
            for name, link in (
                ("u", {"spectral_efficiency": 1.0}), ("v", {"power_w": 1.0, "gain": 2.0, "noise_w_per_hz": 3.0}),
            )
        ],
    },
    "SLIDE_SOLUTION": {
        "kind": "slide-solution", "instance": "a",
        "served": [{"user": "u", "model": "m", "bandwidth_hz": 1.0, "frequency_hz": 2.0}],
    },
    "INTRADP": {
        "kind": "intradp", "schema_version": 1, "name": "a", "source": "b",
        "operators": [
            {"name": name, "units": 1, "output_bytes": 2.0,
             "inputs": [{"from": "x", "window": {"kernel": -1, "stride": 1, "padding": -2, "upsample": 2}},
                        {"from": "y", "window": "all"}],
             "device": {**COST, "compute_w": 4.0}, "server": COST}
            for name in ("o", "p")
        ],
        "link": {"uplink_bytes_per_s": 1.0, "downlink_bytes_per_s": 2.0, "latency_s": 3.0, "efficiency": 0.5},
        "power_w": {"compute": 1.0, "communicate": 2.0, "standby": 3.0, "launch": 4.0}, "transfers": "small",
        "objective": "energy", "deadline_s": 5.0, "segment_s": {"device": 6.0, "server": 7.0},
    },
    "INTRADP_SOLUTION": {"kind": "intradp-solution", "instance": "a", "device_end": [1], "server_begin": [0]},
}  # fmt: skip
"""Every field of each kind of file, none at its default."""

DEFAULTS: dict[str, dict[str, object]] = {
    "WNP": {
        "source": None, "tick_s": 1e-6, "modalities.0.release_slot": 0, "modalities.0.transmit_j_per_rb_slot": 0.0,
        "chip.cores.0.active_w": 0.0, "chip.cores.0.idle_w": 0.0, "chip.exclusive_bus": False,
        "chip.joule_per_byte_hop": 0.0, "subgraphs.0.modality": None, "subgraphs.0.release_ticks": 0,
        "subgraphs.0.job": None, "jobs": [], "jobs.0.release_ticks": 0, "jobs.0.weight": 1,
        "jobs.0.deadline_ticks": None, "objective": "makespan", "makespan_limit_ticks": None, "energy_limit_j": None,
    },
    "WNP_SOLUTION": {"transfer_start": None},
    "SLIDE": {
        "source": None, "resource_block_hz": None, "delivery": "unicast", "cache_bits": None, "objective": "count",
        "users.0.energy_j": None, "users.0.receive_w": 0.0, "users.0.min_accuracy": 0.0, "users.0.weight": 1.0,
        "users.0.models": None,
    },
    "SLIDE_SOLUTION": {},
    "INTRADP": {
        "source": None, "operators.0.inputs.0.window.upsample": 1, "operators.0.device.partial_s": 0.0,
        "operators.0.device.compute_w": None, "operators.0.server.partial_s": 0.0, "link.latency_s": 0.0,
        "link.efficiency": 1.0, "power_w.launch": None, "transfers": "any", "objective": "latency", "deadline_s": None,
        "segment_s": {"device": 0.0, "server": 0.0}, "segment_s.device": 0.0, "segment_s.server": 0.0,
    },
    "INTRADP_SOLUTION": {},
}  # fmt: skip
WORDS = {
    "WNP": {"kind": ["wnp"], "objective": ["makespan", "weighted_latency", "energy"]},
    "WNP_SOLUTION": {"kind": ["wnp-solution"]},
    "SLIDE": {"kind": ["slide"], "delivery": ["unicast", "multicast"], "objective": ["count", "weighted"]},
    "SLIDE_SOLUTION": {"kind": ["slide-solution"]},
    "INTRADP": {"kind": ["intradp"], "transfers": ["any", "small"], "objective": ["latency", "energy"]},
    "INTRADP_SOLUTION": {"kind": ["intradp-solution"]},
}


def changed(data: Any, path: str, change: Callable[[Any, Any], None]) -> tuple[Any, Any, Any]:
    """A copy of ``data`` after ``change`` of the parent and the key of ``path``; the parent and the key."""
    data = json.loads(json.dumps(data))
    place, (*steps, last) = data, path.split(".")
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    key = int(last) if last.isdigit() else last
    change(place, key)
    return data, place, key


def value_at(data: Any, path: str) -> Any:
    _, place, key = changed(data, path, lambda _place, _key: None)
    return place[key]


@pytest.mark.parametrize("kind", FULL)
def test_every_field_takes_what_its_type_says(kind: str) -> None:
    check = getattr(CHECK, kind)
    assert check(FULL[kind], "") == FULL[kind]
    for field in FIELDS[kind].split(","):
        path, declared = field.split()
        expected = {*TYPES[declared.rstrip("?")].split(), *(["null"] if declared.endswith("?") else [])}
        taken = set()
        for label, probe in PROBES.items():
            data, _, _ = changed(FULL[kind], path, lambda place, key, probe=probe: place.__setitem__(key, probe))
            try:
                parsed = value_at(check(data, ""), path)
            except CHECK.BadInputError:
                continue
            taken.add(label)
            assert parsed == probe or declared == "OBJECT"  # whose fields have defaults
        assert taken == expected, path


@pytest.mark.parametrize("kind", FULL)
def test_which_fields_can_be_left_out(kind: str) -> None:
    check = getattr(CHECK, kind)
    for field in FIELDS[kind].split(","):
        path = field.split()[0]
        if path[-1].isdigit() or path.split(".")[0] in ("core", "start") or "->" in path:
            continue
        data, _, _ = changed(FULL[kind], path, lambda place, key: place.__delitem__(key))
        if path in DEFAULTS[kind]:
            assert value_at(check(data, ""), path) == DEFAULTS[kind][path], path
        elif "link." in path and kind == "SLIDE":  # the two forms
            assert "link." in refusal(check, data, "")
        else:
            told = "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in path.split(".")).lstrip(".")
            assert refusal(check, data, "") == f"{told}: is missing"


@pytest.mark.parametrize("kind", FULL)
def test_which_words_there_are(kind: str) -> None:
    check = getattr(CHECK, kind)
    for field, words in WORDS[kind].items():
        for word in words:
            assert check(FULL[kind] | {field: word}, "")[field] == word
        for other in ("other", words[0].upper(), f"{words[0]}s"):
            told = f"{field}: found {other!r}; one of {', '.join(words)} is needed"
            assert refusal(check, FULL[kind] | {field: other}, "") == told


def test_limits_of_intradp() -> None:
    assert refusal(CHECK.INTRADP, FULL["INTRADP"] | {"operators": FULL["INTRADP"]["operators"][:1]}, "") == (
        "operators: a list of at least 2 entries is needed"
    )
    for share, told in ((1.0, None), (1.5, "at most 1 is possible"), (0.0, "a finite number above 0 is needed")):
        data = FULL["INTRADP"] | {"link": FULL["INTRADP"]["link"] | {"efficiency": share}}
        if told is None:
            assert CHECK.INTRADP(data, "")["link"]["efficiency"] == share
        else:
            assert refusal(CHECK.INTRADP, data, "") == f"link.efficiency: found {share}; {told}"


def test_a_link_has_one_form() -> None:
    assert CHECK.slide_link({"spectral_efficiency": 2}, "here") == {"spectral_efficiency": 2.0}
    known = "here.power_w: is not known; the fields here are spectral_efficiency"
    assert refusal(CHECK.slide_link, {"spectral_efficiency": 2, "power_w": 1}) == known
    assert refusal(CHECK.slide_link, {}) == "here.power_w: is missing"
    assert refusal(CHECK.slide_link, None) == "here: an object is needed"
    assert CHECK.intradp_window("all", "here") == "all"
    for refused in ("every", None, ["all"]):
        assert refusal(CHECK.intradp_window, refused) == "here: an object is needed"

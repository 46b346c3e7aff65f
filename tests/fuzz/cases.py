"""What once went wrong, shrunk: the input, the reader, and words of what is said of it now."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.fuzz import documents as d
from tests.fuzz.frames import frame


class Case(NamedTuple):
    target: str
    data: Callable[[], bytes]
    words: tuple[str, ...] = ()
    """Empty: the reader takes it."""


def _changed(document: d.Data, **fields: object) -> bytes:
    return json.dumps(document | fields).encode()


def _talk(words: object) -> bytes:
    return frame(1, json.dumps(words).encode())


def _serve(emulated: object) -> bytes:
    from tests.fuzz.targets import _greeting, _job

    hello = next(_greeting("device"))
    return hello[: -len(_talk(_job()))] + _talk(_job() | {"emulated": emulated})


def _done(**fields: object) -> bytes:
    from tests.fuzz.targets import _answers

    return _changed(json.loads(next(_answers())), **fields)


def _keys(last: str) -> bytes:
    keys = ",".join(f'"{key}":0' for key in range(80_000))
    return f'{{{keys},"{last}":1}}'.encode()


def _long_name() -> bytes:
    """Columns of which the first has a name of 4,000 bytes where it lies, and its own in the list at the end."""
    made = d.columns()
    return made[:26] + (4000).to_bytes(2, "little") + made[28:]


def _external(location: bytes) -> bytes:
    """A model whose weights lie in a file of this name."""
    from tests.fuzz.models import external

    return external().replace(b"weights.bin", location)


CASES: Mapping[str, Case] = {
    "half of a surrogate pair": Case(
        "front", lambda: _changed(d.front(), latency_unit="\ud800"), ("latency_unit", "surrogate")
    ),
    "half of a surrogate pair in a source": Case(
        "intradp-instance", lambda: _changed(d.instance("intradp"), source="a\udfffb"), ("source", "surrogate")
    ),
    "half of a surrogate pair as a key": Case("json", lambda: b'{"a": {"\\ud800": 1}}', ("a.", "surrogate")),
    "a number beyond all floats": Case("json", lambda: b'{"a": [1, 1e400]}', ("a[1]", "inf", "finite")),
    "a library that quotes what it reads": Case("slide-columns", _long_name, ("format", "is damaged", "…")),
    "weights in a file whose name is no text": Case(
        "onnx-run", lambda: _external(b"weight\xf2.bin"), ("not UTF-8", "weight\\xf2.bin")
    ),
    "a whole surrogate pair": Case("json", lambda: b'{"a": "\\ud835\\udd38"}'),
    "a negative number of tasks": Case("stg", lambda: b"-5\n0 0 0\n", ("line 1", "-5", "at least 0")),
    "rates beyond all": Case("trace", lambda: b"s,MB/s\n0,1e308\n1,1\n", ("trace", "rate")),
    "rates of next to nothing": Case("trace", lambda: b"s,MB/s\n0,5e-324\n1,0\n", ("trace", "rate")),
    "steps of next to nothing": Case("trace", lambda: b"s,MB/s\n0,1\n1e-300,1\n", ("trace", "steps")),
    "CBC's file without numbers": Case("cbc", lambda: b"Optimal - objective value 1\n0 C0 x 0\n1 C1 nan 0\n"),
    "GLPK's file without words": Case("glpk", lambda: b"s\nj\ns mip\nj x y\n"),
    "a bound that is none": Case("solver-log", lambda: b"best possible -\nbest possible 1e+e\nLower bound: ...\n"),
    "a proof of half a character": Case(
        "serve-greeting", lambda: _talk({"protocol": 2, "nonce": "5" * 64, "proof": "\ud800"}), ("keys differ",)
    ),
    "a number of half characters": Case(
        "serve-greeting", lambda: _talk({"protocol": 2, "nonce": "\ud800" * 64, "proof": "x"}), ("keys differ",)
    ),
    "a server's number of half characters": Case(
        "run-greeting",
        lambda: _talk({"protocol": 2, "nonce": "\ud800" * 64}) + _talk({"proof": "\udfff"}),
        ("does not know the key",),
    ),
    "a server's reason with control characters": Case(
        "run-greeting", lambda: _talk({"error": "\x1b[2Jno\n"}), ("\\x1b[2Jno\\n",)
    ),
    "a link beyond all": Case(
        "serve-greeting", lambda: _serve({"bytes_per_s": 10**400, "latency_s": 0}), ("no link that can be emulated",)
    ),
    "a link's trace beyond all": Case(
        "serve-greeting",
        lambda: _serve({"bytes_per_s": 1, "latency_s": 0, "trace": [1e-200, [1e-200], 0, 1]}),
        ("trace", "steps"),
    ),
    "times that are none": Case(
        "inference",
        lambda: frame(4, json.dumps({"timed": [[float("nan"), 1], [float("inf"), 1], [10**400, 1]]}).encode()),
        ("closed the connection",),
    ),
    "a child that says a start of nothing": Case("child", lambda: _done(start=[])),
    "a child that says a time beyond all": Case("child", lambda: _done(runtime_s=10**400)),
    "a shape of 80,000 dimensions": Case(
        "graph",
        lambda: _changed(d.graph(), tensors=[{"name": "x", "shape": [3] * 80_000}, *d.graph()["tensors"][1:]]),
        ("tensors[0]", "80000 dimensions", "at most 64"),
    ),
    "a fusion of 2^53 layers": Case(
        "composition",
        lambda: _changed(d.composition(), fusion=d.composition()["fusion"] | {"layers": 2**53}),
        ("fusion.layers", "at most 1000"),
    ),
    "the last of many keys twice": Case(
        "json",
        lambda: _keys("79999"),
        ("79999", "repeated key"),
    ),
    "deep, then long, then wrong": Case(
        "json", lambda: b'{"a":' + b"[" * 900 + b"0," * 100_000 + b"NaN" + b"]" * 900 + b"}", ("[100000]", "finite")
    ),
    "unknown fields without end": Case(
        "graph",
        lambda: _changed({f"x{key}": 0 for key in range(3_000)}, **d.graph()),
        ("x0", "unknown field"),
    ),
    "spaces without end in a solver's file": Case(
        "solution-file", lambda: b"y 1\n" + b"x" + b" " * 500_000 + b"1 2 3 4 5"
    ),
    "tails without end in a solver's file": Case("solution-file", lambda: b"y 1\n" + b"(obj:" * 100_000),
    "signs without end in a log": Case("solver-log", lambda: b">>>>> " * 100_000),
    "columns without end": Case("profile", lambda: b"," * 100_000, ("line 1", "columns", "are needed")),
    "a grid of brackets": Case("words", lambda: b"a=" + b"[" * 1400),
}

"""The store: what is written comes back, what is cut is skipped, nothing is appended to a cut line."""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wnpopt
from tests.bench.record_factory import hash_of, record
from wnpopt.bench.store.record import (
    SCHEMA,
    Failure,
    Key,
    Package,
    Parameters,
    Record,
    Reference,
    StoredResult,
    trace_of,
    versions_of,
)
from wnpopt.bench.store.store import Store, StoreWarning, write_records
from wnpopt.core.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
TEXT = st.text(max_size=12)
HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
MOMENT = st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC).isoformat(timespec="microseconds"))
REAL = st.none() | st.floats(-1e9, 1e9)


@given(
    st.lists(
        st.builds(
            Record,
            st.builds(Key, HASH, TEXT, st.integers(0, 9), st.none() | st.floats(0, 100), st.integers(1, 9),
                      st.builds(Parameters, TEXT, st.booleans())),
            TEXT, HASH,
            st.builds(lambda o, b, t: record(objective=o, bound=b, message=t, time=None).result, REAL, REAL, TEXT),
            st.none() | st.sampled_from(Failure), st.none() | HASH, st.none() | st.builds(Reference, REAL, REAL),
            MOMENT,
            st.none() | st.booleans(), st.none() | st.builds(Package, TEXT, TEXT), st.integers(1, SCHEMA),
        ),
        max_size=5,
    )
)  # fmt: skip
def test_records_come_back_as_they_were(records: list[Record]) -> None:
    for entry in records:
        line = msgspec.json.encode(entry)
        assert b"\n" not in line
        back = msgspec.json.decode(line, type=Record)
        assert msgspec.json.encode(back) == line
        assert back.key == entry.key
        assert hash(back.key) == hash(entry.key)


def test_a_result_keeps_all_its_fields() -> None:
    result = wnpopt.solve(wnpopt.load(ROOT / "instances/wnp/tiny/tiny-14.json"), "pacs", threads=1)
    data = result.to_data()
    raw = {name: msgspec.Raw(msgspec.json.encode(data[name])) for name in ("violations", "trace", "versions")}
    stored = msgspec.convert(data | raw, StoredResult)
    assert msgspec.json.decode(msgspec.json.encode(stored)) == msgspec.json.decode(msgspec.json.encode(data))
    assert trace_of(stored) == result.trace
    assert versions_of(stored) == result.versions


def test_a_cut_line_is_skipped_and_never_appended_to(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    write_records(store, [record("a"), record("b")])
    (file,) = store.runs.glob("*.jsonl")
    whole = file.read_bytes()
    for length in range(whole.index(b"\n") + 2, len(whole)):
        file.write_bytes(whole[:length])
        with pytest.warns(StoreWarning, match="line 2 is cut"):
            assert [key.instance_hash for key in store.latest()] == [hash_of("a")]
    before = file.read_bytes()
    with store.journal("w0") as journal:
        journal.append(record("c"))
    assert file.read_bytes() == before
    with pytest.warns(StoreWarning):
        assert {key.instance_hash for key in store.latest()} == {hash_of("a"), hash_of("c")}


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", b"\x00\x00", b"\xff\xfe", b'{"key": 3}', b"nonsense"])
def test_a_line_that_is_no_record_costs_only_itself(tmp_path: Path, line: bytes) -> None:
    store = Store.create(tmp_path)
    write_records(store, [record("a")])
    (file,) = store.runs.glob("*.jsonl")
    file.write_bytes(line + b"\n" + file.read_bytes())
    with pytest.warns(StoreWarning, match="line 1 is no record"):
        assert [key.instance_hash for key in store.latest()] == [hash_of("a")]


def test_the_record_that_finished_last_counts(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    early, late = (record(finished=f"2030-01-0{day}T00:00:00.000000+00:00", objective=float(day)) for day in (1, 2))
    write_records(store, [late], "first")
    write_records(store, [early], "second")
    assert [entry.result.objective for entry in store.latest().values()] == [2.0]


def test_a_full_disk_is_told_and_leaves_no_part_of_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.create(tmp_path)
    with store.journal("w0") as journal:
        journal.append(record("a"))
        real = os.write

        def fill(handle: int, data: bytes) -> int:
            if len(data) > 100:
                real(handle, bytes(data)[:100])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", fill)
        with pytest.raises(InputError, match="No space left"):
            journal.append(record("b"))
        monkeypatch.setattr(os, "write", real)
        journal.append(record("b"))
    assert [entry.key.instance_hash for entry in store.records()] == [hash_of("a"), hash_of("b")]


def test_short_writes_are_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data)[:7]))
    store = Store.create(tmp_path)
    write_records(store, [record("a"), record("b")])
    assert len(store.latest()) == 2


def test_every_record_is_synced_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync

    def watch(handle: int) -> None:
        synced.append(os.fstat(handle).st_size)
        real(handle)

    monkeypatch.setattr(os, "fsync", watch)
    store = Store.create(tmp_path)
    with store.journal("w0") as journal:
        for name in "abc":
            journal.append(record(name))
            (file,) = store.runs.glob("*.jsonl")
            assert synced[-1] == file.stat().st_size > 0


def test_as_a_data_frame(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    write_records(store, [record("a", objective=5.0), record("b")])
    frame = store.frame()
    assert list(frame["instance"]) == ["a", "b"]
    assert list(frame["objective"].isna()) == [False, True]
    assert set(frame["time_limit_s"]) == {10.0}


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no store"):
        Store.open(tmp_path)
    with pytest.raises(InputError, match="no such directory"):
        Store.open(tmp_path / "missing")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        Store.create(tmp_path / "file")


def test_what_is_written_is_never_too_long_to_be_read() -> None:
    """Traces, broken rules and messages of any length become a record; the ends of a trace stay."""
    from wnpopt.bench.store.record import decode, violations_of
    from wnpopt.bench.workers.perform import MESSAGE_AT_MOST, TRACE_AT_MOST, VIOLATIONS_AT_MOST, _raw_parts

    result = wnpopt.solve(wnpopt.load(ROOT / "instances/wnp/tiny/tiny-14.json"), "rtfs", threads=1).to_data()
    result["message"] = "m" * 1_000_000
    result["violations"] = [{"rule": "r", "where": "w" * 100, "amount": 1.0}] * 5000
    for count in (TRACE_AT_MOST - 1, TRACE_AT_MOST, TRACE_AT_MOST + 1, 3 * TRACE_AT_MOST + 7):
        result["trace"] = [{"time_s": float(i), "objective": None, "bound": float(i)} for i in range(count)]
        stored = msgspec.convert(_raw_parts(dict(result)), StoredResult)
        back = decode(msgspec.json.encode(msgspec.structs.replace(record(), result=stored))).result
        points = trace_of(back)
        assert len(points) <= TRACE_AT_MOST
        assert (points[0].time_s, points[-1].time_s) == (0.0, count - 1.0)
        assert [p.time_s for p in points] == sorted({p.time_s for p in points})
        assert (len(back.message), len(violations_of(back))) == (MESSAGE_AT_MOST, VIOLATIONS_AT_MOST)

"""Two at once: batches, sweeps and suites in a store, solutions in a file, servers on a port, makers of a key."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import wnpopt
from tests.bench.kill_rig import Rig
from tests.hardening.inputs import Inputs
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.manifest import read_manifest
from wnpopt.bench.store.store import Store
from wnpopt.bench.suites.materialise import materialise, suite
from wnpopt.bench.sweep.axes import Axis
from wnpopt.bench.sweep.run import sweep
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json
from wnpopt.problems.intradp.execution.remote.greeting import read_key

LIBRARY = Inputs(Path())


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each returns, or raises, begun by threads at the same moment."""
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = works[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_who_comes_second_into_a_store_writes_nothing(tmp_path: Path) -> None:
    tiny = LIBRARY.tiny[0]
    store = Store.create(tmp_path / "store")
    with store.lock():
        before = sorted(store.path.rglob("*"))
        for again in (
            lambda: batch(tiny, ["rtfs"], store.path),
            lambda: sweep(wnpopt.load(tiny), [Axis("chip.hop_ticks", (0, 1))], ["rtfs"], store.path),
            lambda: materialise(suite("slide-multicast"), "quick", store.path),
        ):
            with pytest.raises(InputError, match="another batch is writing into this store"):
                again()
            assert sorted(store.path.rglob("*")) == before


def test_of_two_suites_in_one_store_none_is_lost(tmp_path: Path) -> None:
    names = ("slide-multicast", "owin-cores")

    def write(name: str) -> Callable[[], object]:
        return lambda: materialise(suite(name), "quick", tmp_path)

    results = at_once(*map(write, names))
    refused = [name for name, result in zip(names, results, strict=True) if isinstance(result, InputError)]
    for name in refused:
        write(name)()
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert {entry.name for entry in manifest.suites} == set(names)
    assert all((tmp_path / one.file).is_file() for entry in manifest.suites for one in entry.instances)


def test_a_file_that_two_write_is_always_one_of_both(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    contents: list[dict[str, object]] = [
        {"of": name, "numbers": list(range(size))} for name, size in (("a", 2000), ("b", 30))
    ]
    write_json(file, contents[0])
    done = threading.Event()

    def write(content: dict[str, object]) -> Callable[[], object]:
        def work() -> None:
            for _ in range(25):
                write_json(file, content)

        return work

    def read() -> None:
        while not done.is_set():
            assert json.loads(file.read_text()) in contents

    reader = threading.Thread(target=lambda: results.append(at_once(read)[0]))
    results: list[object] = []
    reader.start()
    try:
        assert at_once(*map(write, contents)) == [None, None]
    finally:
        done.set()
        reader.join()
    assert results == [None]
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_servers_that_make_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    for number in range(20):
        file = tmp_path / str(number) / "run.key"
        keys = at_once(*[lambda file=file: read_key(file, make=True) for _ in range(4)])
        assert len(set(map(str, keys))) == 1
        assert isinstance(keys[0], bytes)
        assert len(keys[0]) == 64
        assert file.stat().st_mode & 0o777 == 0o600
        assert [path.name for path in file.parent.iterdir()] == ["run.key"]


@pytest.mark.slow
def test_two_batches_begun_at_once(tmp_path: Path) -> None:
    """One runs, the other one says so and ends, or finds all done; each run is there once."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for file in LIBRARY.tiny[:3]:
        (folder / file.name).write_bytes(file.read_bytes())
    rigs = [Rig(folder, out, "rtfs,pacs", tmp_path) for _ in range(2)]
    ended = [rig.finish() for rig in rigs]
    assert 0 in [code for code, _, _ in ended]
    for code, _, err in ended:
        assert code == 0 or (code == 2 and "another batch is writing into this store" in err)
    assert set(Counter(record.key for record in Store.open(out).records()).values()) == {1}
    assert len(Store.open(out).latest()) == 6


@pytest.mark.slow
def test_two_servers_on_one_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    from wnpopt.cli.main import main

    pytest.importorskip("onnxruntime", reason="the extra run is not installed")
    given = Inputs(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        asked = ["serve", given.shared[0], "--model", given.network, "--key", given.key, "--listen", place]
        assert main([str(word) for word in asked]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"wnpopt: --listen: cannot listen on {place}: address already in use\n"

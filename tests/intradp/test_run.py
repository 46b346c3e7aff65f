"""Plans run by two sides over a socket on this machine: with a peer that works, and with ones that do not."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.intradp.executed import model_of, written
from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Core
from wnpopt.execution.unsplit import UnsplitNetwork, largest_difference
from wnpopt.problems.intradp.execution.check import random_plans
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.remote.channel import PROTOCOL, TENSORS, FrameChannel, Head, PeerError
from wnpopt.problems.intradp.execution.remote.connection import client_tls, connect, server_tls
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner
from wnpopt.problems.intradp.execution.remote.greeting import RefusedError, greet, read_key
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel, job_of
from wnpopt.problems.intradp.execution.remote.server import PlanServer
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

KEY = b"a key that both sides have"
PATIENT = Patience(1.0, 120.0)


def network_file(folder: Path, seed: int = 0) -> Path:
    """Convolutions, a branch and a classifier, of 16 rows."""
    from onnx import helper

    rng = np.random.default_rng(seed)

    def real(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "w2"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["b", "c"], ["d"]),
        helper.make_node("MaxPool", ["d"], ["e"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["e"], ["g"]),
        helper.make_node("Flatten", ["g"], ["f"]),
        helper.make_node("Gemm", ["f", "w3"], ["y"]),
    ]
    constants = {"w1": real(4, 3, 3, 3), "w2": real(4, 4, 3, 3), "w3": real(4, 5)}
    return written(model_of(nodes, {"x": (1, 3, 16, 8)}, ["y"], constants), folder)


def instance_for(network: ExecutableNetwork, *, fused: bool = False) -> IntradpInstance:
    device, server = Core("device", 1e9, 1e9, 1e-5), Core("server", 1e10, 1e10, 1e-5)
    made = from_graph(network.graph, device, server, uplink_bytes_per_s=1e7, name="small")
    return fuse(made).instance if fused else made


def exchange(instance: IntradpInstance) -> IntradpSolution:
    """Half of the rows on either side while there are rows, and everything global on the server."""
    last = len(instance.operators) - 1
    ends, begins = [], []
    for i, operator in enumerate(instance.operators):
        whole = i in (0, last)
        ends.append(operator.units if whole else operator.units // 2)
        begins.append(operator.units if whole else operator.units // 2)
    return IntradpSolution(instance=instance.name, device_end=tuple(ends), server_begin=tuple(begins))


@pytest.fixture
def model(tmp_path: Path) -> SplitModel:
    network = ExecutableNetwork.read(network_file(tmp_path))
    return SplitModel(instance_for(network), network)


@contextmanager
def serving(model: SplitModel, **options: Any) -> Iterator[tuple[PlanServer, list[str]]]:
    said: list[str] = []
    server = PlanServer(model, KEY, said=said.append, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server, said
    finally:
        server.stop()
        thread.join(30)
        assert not thread.is_alive()


@contextmanager
def running(model: SplitModel, plan: IntradpSolution, port: int, **options: Any) -> Iterator[DeviceRunner]:
    options.setdefault("patience", PATIENT)
    runner = DeviceRunner(model, plan, partial(connect, ("127.0.0.1", port), None), options.pop("key", KEY), **options)
    try:
        yield runner
    finally:
        runner.close()


def check(model: SplitModel, runner: DeviceRunner, seed: int) -> str | None:
    """One inference, whose outputs have to be right; why it was alone."""
    inputs = model.network.random_inputs(seed)
    made = runner.infer(inputs)
    assert largest_difference(made.outputs, UnsplitNetwork(model.network).outputs(inputs)) < 1e-4
    return made.alone


def until_shared(model: SplitModel, runner: DeviceRunner) -> None:
    for seed in range(400):
        if check(model, runner, seed) is None:
            return
        time.sleep(0.05)
    raise AssertionError("the server was not reached again")


def test_every_inference_is_right(model: SplitModel) -> None:
    """One after the other, each of other inputs: nothing is left over from the one before."""
    with serving(model) as (server, _):
        for plan in [exchange(model.instance), *random_plans(model.instance, 4, 2)]:
            with running(model, plan, server.port) as runner:
                assert [check(model, runner, seed) for seed in range(6)] == [None] * 6
                assert len(runner.side.program.receives) > 0


def test_a_fused_instance(tmp_path: Path) -> None:
    network = ExecutableNetwork.read(network_file(tmp_path))
    model = SplitModel(instance_for(network, fused=True), network)
    assert len(model.instance.operators) < len(model.own.operators)
    with serving(model) as (server, _), running(model, exchange(model.instance), server.port) as runner:
        assert [check(model, runner, seed) for seed in range(3)] == [None] * 3


def test_the_emulated_link_holds_messages_back(model: SplitModel) -> None:
    """No sooner than planned: each message is there at its time or later."""
    from wnpopt.problems.intradp.execution.remote.pace import Pace

    paces = (Pace(1e6, 0.01), Pace(1e6, 0.01))
    with (
        serving(model, emulated=True) as (server, _),
        running(model, exchange(model.instance), server.port, paces=paces) as runner,
    ):
        made = runner.infer(model.network.random_inputs(1))
        assert made.alone is None
        assert made.latency_s >= 0.02
        assert made.log is not None
        assert len(made.log["server"]["sent"]) == len(runner.side.program.receives)
    with (
        serving(model) as (server, _),
        pytest.raises(InputError, match="emulates no link"),
        running(model, exchange(model.instance), server.port, paces=paces),
    ):
        pass


def test_what_does_not_match_is_refused(model: SplitModel, tmp_path: Path) -> None:
    plan = exchange(model.instance)
    with serving(model) as (server, said):
        with pytest.raises(InputError, match="the keys differ"), running(model, plan, server.port, key=b"x" * 20):
            pass
        (tmp_path / "other").mkdir()
        changed = ExecutableNetwork.read(network_file(tmp_path / "other", 1))
        other = SplitModel(instance_for(changed), changed)
        with pytest.raises(InputError, match="the model is another one"), running(other, plan, server.port):
            pass
        slower = model.instance.changed(deadline_s=3.0)
        with (
            pytest.raises(InputError, match="the instance is another one"),
            running(SplitModel(slower, model.network), plan, server.port),
        ):
            pass
        with running(model, plan, server.port) as runner:  # it still serves
            assert check(model, runner, 0) is None
            with pytest.raises(InputError, match="busy"), running(model, plan, server.port):
                pass
    assert any("keys differ" in line for line in said)
    with pytest.raises(InputError, match="no server answers"), running(model, plan, server.port):
        pass


def test_another_protocol_is_refused(model: SplitModel) -> None:
    with serving(model) as (server, _), closing(connect(("127.0.0.1", server.port), None)) as channel:
        assert channel.listen(20)["protocol"] == PROTOCOL
        channel.say({"protocol": 99, "nonce": "0" * 64, "proof": ""}, 20)
        assert f"protocol {PROTOCOL}, the device 99" in channel.listen(20)["error"]
    with pair() as (device, stranger):
        stranger.say({"protocol": 1, "nonce": "0" * 64}, 20)
        with pytest.raises(RefusedError, match=f"speaks protocol 1, this is {PROTOCOL}"):
            greet(device, KEY, {})


@contextmanager
def pair() -> Iterator[tuple[FrameChannel, FrameChannel]]:
    """Both ends of a connection."""
    one, other = socket.socketpair()
    with closing(FrameChannel(one)) as device, closing(FrameChannel(other)) as stranger:
        yield device, stranger


def test_a_server_that_does_not_know_the_key_is_not_believed() -> None:
    with pair() as (device, stranger):
        stranger.say({"protocol": PROTOCOL, "nonce": "0" * 64}, 20)
        stranger.say({"proof": "0" * 64}, 20)
        with pytest.raises(RefusedError, match="does not know the key"):
            greet(device, KEY, {"model": "secret"})
        sent = stranger.listen(20)
        assert set(sent) == {"protocol", "nonce", "proof"}


def test_a_plan_that_does_not_fit(model: SplitModel) -> None:
    plan = exchange(model.instance)
    more = plan.model_copy(update={"device_end": (*plan.device_end[:-2], 9, 1)})
    with pytest.raises(InputError, match="the plan does not fit the instance: rows"):
        model.plan(more)
    with serving(model) as (server, _), closing(connect(("127.0.0.1", server.port), None)) as channel:
        job = job_of(model, [plan], PATIENT, None)
        with pytest.raises(RefusedError, match="device_end"):
            greet(channel, KEY, {**job, "plans": [{**job["plans"][0], "device_end": "all"}]})


def test_an_instance_of_another_file_is_refused(model: SplitModel) -> None:
    data = model.instance.to_data()
    data["operators"][1]["inputs"][0]["window"]["kernel"] = 5  # type: ignore[index]
    with pytest.raises(InputError, match=r"is not that of model\.onnx"):
        SplitModel(IntradpInstance.from_data(data), model.network)


def test_strangers_do_no_harm(model: SplitModel) -> None:
    """Noise, silence, announcements without end, and tensors that are not in the plan: the server serves on."""
    with serving(model) as (server, said), ExitStack() as stack:
        noise = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        noise.sendall(b"GET / HTTP/1.1\r\n\r\n" * 4)
        stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))  # says nothing
        huge = stack.enter_context(closing(FrameChannel(socket.create_connection(("127.0.0.1", server.port)))))
        huge.head(20)
        huge.send(Head(1, 0, 0, 1 << 60), [], 20)
        liar = stack.enter_context(closing(connect(("127.0.0.1", server.port), None)))
        greet(liar, KEY, job_of(model, [exchange(model.instance)], PATIENT, None))
        liar.send(Head(TENSORS, 1, 77, 8), [memoryview(b"8 bytes.")], 20)
        with pytest.raises(PeerError):
            liar.head(60)
        for _ in range(400):  # until the server has closed the liar's session
            if any("not in the plan" in line for line in said):
                break
            time.sleep(0.05)
        time.sleep(0.05)
        with running(model, exchange(model.instance), server.port) as runner:
            until_shared(model, runner)
    told = " ".join(said)
    assert "another protocol" in told
    assert "at most 4096" in told
    assert "message 77, which is not in the plan" in told


class Between:
    """Stands between device and server: passes everything on until it is told to cut, stall or lie."""

    def __init__(self, port: int) -> None:
        self.mode = "pass"
        self._target, self._listening = port, socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listening.accept()
                self._open.append(one)
                other = socket.create_connection(("127.0.0.1", self._target))
                self._open.append(other)
                for source, target, back in ((one, other, False), (other, one, True)):
                    threading.Thread(target=self._pass_on, args=(source, target, back), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, back: bool) -> None:
        stalled = False
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                if self.mode == "cut":
                    break
                stalled |= self.mode == "stall"
                if stalled:
                    continue
                if self.mode == "lie" and back:
                    lied = bytearray(chunk)
                    lied[12:16] = (999).to_bytes(4, "little")
                    chunk = bytes(lied)
                target.sendall(chunk)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("cut", "closed|broke"), ("stall", "is silent"), ("lie", "message 999, which is not in the plan")],
)
def test_the_device_finishes_alone_and_comes_back(model: SplitModel, mode: str, reason: str) -> None:
    import re

    said: list[str] = []
    with serving(model) as (server, _), closing(Between(server.port)) as between:
        impatient = Patience(1.0, 1.0 if mode == "stall" else 60.0)
        with running(model, exchange(model.instance), between.port, patience=impatient, said=said.append) as runner:
            until_shared(model, runner)
            between.mode = mode
            alone = check(model, runner, 5)
            assert alone is not None
            assert re.search(reason, alone)
            assert any("goes on alone" in line for line in said)
            between.mode = "pass"
            until_shared(model, runner)
            assert any("there again" in line for line in said)


def test_a_server_that_is_gone_stays_harmless(model: SplitModel) -> None:
    with ExitStack() as stack:
        with serving(model) as (server, _):
            runner = stack.enter_context(running(model, exchange(model.instance), server.port))
            assert check(model, runner, 0) is None
        assert [check(model, runner, seed) is not None for seed in range(5)] == [True] * 5


def spoken_plainly(channel: FrameChannel) -> None:
    """A frame without TLS: refused after its head already, or once all of it is there, whoever is faster."""
    channel.send(Head(1, 0, 0, 4), [memoryview(b"true")], 20)
    channel.head(60)


def test_beyond_this_machine_there_is_tls_or_nothing(model: SplitModel, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="TLS"):
        server_tls("0.0.0.0", None, None)
    with pytest.raises(InputError, match="TLS"):
        client_tls("edge.example.org", None)
    assert server_tls("127.0.0.1", None, None) is None
    assert client_tls("localhost", None) is None
    assert client_tls("::1", None) is None
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there to make a certificate")
    certificate, key = certified(tmp_path)
    with serving(model, tls=server_tls("127.0.0.1", certificate, key)) as (server, said):
        reach = partial(connect, ("127.0.0.1", server.port), client_tls("127.0.0.1", certificate))
        with DeviceRunner(model, exchange(model.instance), reach, KEY, patience=PATIENT) as runner:
            assert [check(model, runner, seed) for seed in range(5)] == [None] * 5
        plain = FrameChannel(socket.create_connection(("127.0.0.1", server.port)))
        with closing(plain), pytest.raises(PeerError):
            spoken_plainly(plain)
    assert any("TLS" in line for line in said)


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate and its key."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=edge", "-days", "2", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "wnpopt", *map(str, arguments)]


@pytest.fixture
def files(model: SplitModel, tmp_path: Path) -> tuple[Path, Path, Path]:
    instance, plan = tmp_path / "small.json", tmp_path / "plan.json"
    instance.write_text(json.dumps(model.instance.to_data()))
    plan.write_text(json.dumps(exchange(model.instance).to_data()))
    return instance, plan, tmp_path / "model.onnx"


def test_emulated_on_the_command_line(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    instance, plan, file = files
    picture = tmp_path / "timeline.png"
    done = subprocess.run(
        command("run", instance, plan, "--model", file, "--emulate", "--repeat", 3, "--grace", 100, "--json", "--plot",
                picture),
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report["latencies_s"]) == 3
    assert report["alone"] == []
    assert report["deviation"] < 1e-4
    assert report["messages"] > 0
    assert all(report["timeline"]["measured"][lane] for lane in ("device", "uplink", "server", "downlink"))
    assert picture.stat().st_size > 1000


def test_both_roles_on_the_command_line(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """Served and run, refused for every reason in one line and exit code 2, and ended by a signal."""
    instance, plan, file = files
    key = tmp_path / "key"
    serve = command("serve", instance, "--model", file, "--key", key, "--listen")
    process = subprocess.Popen([*serve, "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    watch = threading.Timer(300, process.kill)
    watch.start()
    try:
        address = process.stdout.readline().split()[-1]
        assert key.stat().st_mode & 0o077 == 0
        run = command(
            "run", instance, plan, "--model", file, "--connect", address, "--repeat", 2, "--grace", 100, "--key"
        )

        def refused(arguments: list[str], told: str) -> None:
            done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 2, done.stderr
            assert told in done.stderr
            assert len(done.stderr.splitlines()) == 1
            assert not done.stdout

        done = subprocess.run([*run, str(key)], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert "equal the unsplit network's" in done.stdout
        other = tmp_path / "other.key"
        other.write_text("another key of some length\n")
        refused([*run, str(other)], "the keys differ")
        refused([*serve, address], "cannot listen")
        file.write_bytes(network_file(tmp_path, 3).read_bytes())
        refused([*run, str(key)], "the model is another one on the server")
    finally:
        process.terminate()
        code = process.wait(60)
        watch.cancel()
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()
    assert code == 0


def test_the_key_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(InputError, match="wnpopt serve makes one"):
        read_key(None, make=False)
    made = read_key(None, make=True)
    assert read_key(None, make=False) == read_key(None, make=True) == made
    assert (tmp_path / "config" / "wnpopt" / "run.key").stat().st_mode & 0o077 == 0
    short = tmp_path / "short"
    short.write_text("abc\n")
    with pytest.raises(InputError, match="at least 16"):
        read_key(short, make=True)


def test_arguments_that_do_not_go_together(
    files: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wnpopt.problems.intradp.execution.remote.command import RunRequest, run

    class Silent:
        def say(self, line: str) -> None:
            raise AssertionError(line)

        def progress(self, line: str, *, last: bool) -> None:
            raise AssertionError(line, last)

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    instance, plan, file = files
    known = IntradpInstance.from_data(json.loads(instance.read_text()))
    asked: Callable[..., RunRequest] = partial(RunRequest, known, plan, file)
    for request, told in (
        (asked(), "one of both is needed"),
        (asked(emulate=True, connect="127.0.0.1:1"), "one of both is needed"),
        (asked(connect="127.0.0.1:1", slowdown=2.0), "is for --emulate"),
        (asked(connect="127.0.0.1:1"), "run.key: no key can be read"),
        (asked(connect="127.0.0.1:70000", key=file), "HOST:PORT"),
        (asked(connect="10.0.0.1:7000", key=file), "TLS"),
        (asked(emulate=True, plot=tmp_path / "x.gif"), "with one of the endings"),
    ):
        with pytest.raises(InputError, match=told):
            run(request, Silent())

"""A peer in the middle that replays, announces ten gigabytes, dribbles or garbles: the device finishes alone."""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import suppress

import pytest

from tests.intradp import test_run
from tests.intradp.test_run import Between, check, exchange, running, serving, until_shared
from wnpopt.problems.intradp.execution.remote.channel import FrameChannel, Head
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

model = test_run.model
_SIZE_AT = 16  # in a head: magic, kind, inference, message, then how much follows


class Hostile(Between):
    """Does with what goes back to the device what its mode says."""

    def _pass_on(self, source: socket.socket, target: socket.socket, back: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                for part in self._made(chunk) if back else [chunk]:
                    target.sendall(part)
                    if self.mode == "dribble" and back:
                        time.sleep(0.05)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _made(self, chunk: bytes) -> list[bytes]:
        if self.mode == "replay":
            return [chunk, chunk]
        if self.mode == "huge":
            return [chunk[:_SIZE_AT] + struct.pack("<Q", 10 * 2**30) + chunk[_SIZE_AT + 8 :]]
        if self.mode == "garbage":
            return [bytes(255 - byte for byte in chunk)]
        if self.mode == "dribble":
            return [chunk[at : at + 1] for at in range(min(len(chunk), 60))]
        return [chunk]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("replay", "not its turn|another protocol|bytes"),  # a piece of a message may come twice
        ("huge", "10737418240 bytes"),
        ("garbage", "another protocol"),
        ("dribble", "is silent"),
    ],
)
def test_the_device_finishes_alone(model: SplitModel, mode: str, reason: str) -> None:
    with serving(model) as (server, _):
        between = Hostile(server.port)
        impatient = Patience(1.0, 1.0 if mode == "dribble" else 60.0)
        with running(model, exchange(model.instance), between.port, patience=impatient) as runner:
            until_shared(model, runner)
            between.mode = mode
            alone = next(filter(None, (check(model, runner, seed) for seed in range(8))), None)
            assert alone is not None, "what was done to the messages is noticed"
            assert re.search(reason, alone), alone
            between.mode = "pass"
            until_shared(model, runner)
        between.close()


def test_a_greeting_that_is_a_bomb_does_no_harm(model: SplitModel) -> None:
    """Before any key is known: nested without end, no text at all, and a number that is none."""
    with serving(model) as (server, _):
        for words in (b"\xff" * 64, b"[" * 2000 + b"]" * 2000, b'{"key": NaN', b"1e999999", b"[]", b'"' * 31):
            stranger = FrameChannel(socket.create_connection(("127.0.0.1", server.port)))
            stranger.head(20)
            with suppress(Exception):
                stranger.send(Head(1, 0, 0, len(words)), [memoryview(words)], 20)
            stranger.close()
        with running(model, exchange(model.instance), server.port) as runner:
            until_shared(model, runner)

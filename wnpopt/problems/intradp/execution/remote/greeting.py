"""Who may connect, and that both sides mean the same: protocol, shared key, model, instance, plan.

Each side proves that it knows the key by an HMAC over a number that the other one drew; the key itself is never sent.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wnpopt.core.drafts import draft
from wnpopt.core.errors import InputError
from wnpopt.core.text import short
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.remote.channel import PROTOCOL, FrameChannel, PeerError

PATIENCE_S = 5.0
"""For each step of a greeting."""

PREPARATION_S = 300.0
"""For the server to make its sessions ready."""

_BRIEF = 4096


class RefusedError(Exception):
    """The other side is there, and says why it does not work with this one."""


def greet(channel: FrameChannel, key: bytes, job: Mapping[str, Any]) -> dict[str, Any]:
    """The device's part: prove the key, say what is to be done, wait until the server is ready.

    Raises :class:`RefusedError` with the reason, or :class:`PeerError`.
    """
    hello = _heard(channel)
    if hello.get("protocol") != PROTOCOL:
        raise RefusedError(f"the server speaks protocol {hello.get('protocol')!r}, this is {PROTOCOL}")
    theirs, ours = _number(hello), secrets.token_hex(32)
    channel.say({"protocol": PROTOCOL, "nonce": ours, "proof": _proof(key, "device", theirs, ours)}, PATIENCE_S)
    answer = _heard(channel)
    if not _proved(answer, _proof(key, "server", ours, theirs)):
        raise RefusedError("the server does not know the key")
    channel.say(job, PATIENCE_S)
    return _heard(channel, PREPARATION_S)


def welcome(channel: FrameChannel, key: bytes) -> dict[str, Any]:
    """The server's part up to what the device wants done; raises :class:`PeerError`, having told the device why."""
    ours = secrets.token_hex(32)
    channel.say({"protocol": PROTOCOL, "nonce": ours}, PATIENCE_S)
    answer = channel.listen(PATIENCE_S, _BRIEF)
    if answer.get("protocol") != PROTOCOL:
        refuse(channel, f"the server speaks protocol {PROTOCOL}, the device {answer.get('protocol')!r}")
    theirs = _number(answer)
    if not _proved(answer, _proof(key, "device", ours, theirs)):
        refuse(channel, "the keys differ")
    channel.say({"proof": _proof(key, "server", theirs, ours)}, PATIENCE_S)
    return channel.listen(PATIENCE_S)


def refuse(channel: FrameChannel, reason: str) -> None:
    """Tell the other side why, and raise :class:`PeerError`."""
    channel.say({"error": reason}, PATIENCE_S)
    raise PeerError(reason)


def own_key_file() -> Path:
    """Where the key lies that a user's own processes share."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "wnpopt" / "run.key"


def read_key(path: Path | None, *, make: bool) -> bytes:
    """The shared key in a file, by default the user's own; where there is none and it may be made, a new one that only
    its owner reads."""
    path = own_key_file() if path is None else path
    try:
        if make and not path.exists():
            _make_key(path)
        key = path.read_bytes().strip()
    except OSError as error:
        told = f"no key can be read: {(error.strerror or str(error)).lower()}; wnpopt serve makes one"
        raise InputError(told, file=str(path)) from None
    if len(key) < 16:
        raise InputError(f"holds a key of {len(key)} characters; at least 16 are needed", file=str(path))
    return key


def _make_key(path: Path) -> None:
    """A new key, whole or not at all; of two that are made at once both sides get the one that was first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with draft(path) as (stream, hidden):
        stream.write(f"{secrets.token_hex(32)}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(hidden, path)


def model_hash(network: ExecutableNetwork) -> str:
    """SHA-256 of the weights, the nodes and the dimensions that the network was read with."""
    digest = hashlib.sha256()
    for body in network.bodies:
        for node in body.nodes:
            digest.update(node.SerializeToString(deterministic=True))
    for name in sorted(network.constants):
        proto = network.constants[name]
        digest.update(f"{name} {proto.data_type} {list(proto.dims)}".encode())
        digest.update(network.constant(name).tobytes())
    for tensor in network.graph.tensors:
        digest.update(f"{tensor.name} {tensor.dtype} {tensor.shape}".encode())
    return digest.hexdigest()


def _heard(channel: FrameChannel, within_s: float = PATIENCE_S) -> dict[str, Any]:
    words = channel.listen(within_s, _BRIEF)
    if "error" in words:
        raise RefusedError(short(str(words["error"]), 500))
    return words


def _number(words: Mapping[str, Any]) -> str:
    found = words.get("nonce")
    if not isinstance(found, str) or not 32 <= len(found) <= 128:
        raise PeerError("the other side does not greet as it should")
    return found


def _proved(words: Mapping[str, Any], proof: str) -> bool:
    """Whether the other side gives this proof; it may give anything, such as a text that is none in UTF-8."""
    return hmac.compare_digest(str(words.get("proof")).encode(errors="backslashreplace"), proof.encode())


def _proof(key: bytes, side: str, theirs: str, ours: str) -> str:
    told = f"wnpopt {PROTOCOL} {side} {theirs} {ours}"
    return hmac.new(key, told.encode(errors="backslashreplace"), hashlib.sha256).hexdigest()

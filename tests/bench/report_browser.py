"""A page in headless Chromium, driven through its DevTools protocol over a pipe: real frames, no network needed."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip
_PATIENCE_S = 60.0
_START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
"""Chromium reads commands from descriptor 3 and writes to 4; the pipe's ends are put there before it starts."""
_BY_CHANCE = ('"source": "rendering"', '"source": "violation"', "ResizeObserver loop")
"""What a browser notes about how it draws, which depends on how busy the machine is: not what a page has done wrong."""
_HELPERS = """
const pause = (ms = 50) => new Promise((done) => setTimeout(done, ms));
const until = async (done) => {
  for (let i = 0; i < 400; i += 1) { if (done()) return; await pause(); }
  throw new Error(`never: ${done}`);
};
"""


@dataclass
class Pipe:
    """What Chromium is told and tells through."""

    write: int
    read: int
    number: int = 0
    buffer: bytes = b""

    def send(self, method: str, session: str, parameters: dict[str, object]) -> int:
        """The number of the command, which its answer will have."""
        self.number += 1
        command: dict[str, object] = {"id": self.number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        os.write(self.write, json.dumps(command).encode() + b"\0")
        return self.number

    def next(self) -> dict[str, object]:
        """The next answer or event."""
        deadline = time.monotonic() + _PATIENCE_S
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            chunk = os.read(self.read, 1 << 20)
            assert chunk, "the browser has gone"
            self.buffer += chunk
        line, _, self.buffer = self.buffer.partition(b"\0")
        message: dict[str, object] = json.loads(line)
        return message


_open: list[Pipe] = []
"""The browser that is running."""


@dataclass
class Page:
    """An open page. ``messages`` are what its console said, ``requests`` what it asked of a network."""

    pipe: Pipe
    session: str = ""
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    loaded: bool = False

    def run(self, script: str) -> object:
        """What ``script``, the body of an async function, returns (as JSON); the page's policy does not bind it."""
        wrapped = f"(async () => {{ {_HELPERS} {script} }})()"
        answer = self.ask("Runtime.evaluate", expression=wrapped, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        result = answer["result"]
        assert isinstance(result, dict)
        return result.get("value")

    def ask(self, method: str, **parameters: object) -> dict[str, object]:
        """The result of a command; events that come before it are taken down."""
        number = self.pipe.send(method, self.session, parameters)
        while True:
            message = self.pipe.next()
            if message.get("id") == number:
                assert "error" not in message, message
                result = message["result"]
                assert isinstance(result, dict)
                return result
            self._note(message)

    def wait_for_load(self) -> None:
        """Returns when the page's load event has come."""
        while not self.loaded:
            self._note(self.pipe.next())

    def _note(self, message: dict[str, object]) -> None:
        if message.get("sessionId", "") != self.session:
            return  # of a page that was open before
        method, details = str(message.get("method")), json.dumps(message.get("params"))
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            if not any(chance in details for chance in _BY_CHANCE):
                self.messages.append(details)
        elif method == "Network.requestWillBeSent":
            parameters = message["params"]
            assert isinstance(parameters, dict)
            url = parameters["request"]["url"]
            if not url.startswith(("data:", "blob:")):
                self.requests.append(url)


@contextmanager
def started() -> Iterator[None]:
    """One Chromium for all pages that are opened meanwhile: starting it costs more than most pages."""
    assert BROWSER is not None
    ends = [end for pair in (os.pipe(), os.pipe()) for end in pair]
    command_read, command_write, answer_read, answer_write = ends
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [sys.executable, "-c", _START, str(command_read), str(answer_write), BROWSER, *_FLAGS,
             f"--user-data-dir={profile}"],
            pass_fds=(command_read, answer_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(command_read)
        os.close(answer_write)
        pipe = Pipe(command_write, answer_read)
        _open.append(pipe)
        try:
            yield
        finally:
            _open.remove(pipe)
            with suppress(OSError, AssertionError):
                Page(pipe).ask("Browser.close")
            try:
                browser.wait(20)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait()
            os.close(command_write)
            os.close(answer_read)


@contextmanager
def opened(
    path: Path, fragment: str = "", *, width: int = 1400, height: int = 1000, dark: bool = False
) -> Iterator[Page]:
    """The page at ``path`` in a window of this size; at the end its console must be empty, and nothing requested.

    The window shares nothing with those before it: it has a profile of its own.
    """
    page = Page(_open[-1])
    context = page.ask("Target.createBrowserContext")["browserContextId"]
    target = page.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
    page.session = str(page.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
    try:
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        page.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        page.ask("Emulation.setEmulatedMedia", features=scheme)
        page.loaded = False
        page.ask("Page.navigate", url=path.as_uri() + fragment)
        page.wait_for_load()
        yield page
        assert not page.messages, page.messages
        assert {url.partition("#")[0] for url in page.requests} <= {path.as_uri()}
    finally:
        with suppress(OSError, AssertionError):
            page.session = ""
            page.ask("Target.disposeBrowserContext", browserContextId=context)

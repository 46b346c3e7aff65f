"""What an adversarial search has found, on disk as it is found.

    DIR/adversarial.jsonl    the history: a line for each session, accepted step, finding (instance and solutions
                             in full) and finished restart; on disk before the search goes on, never rewritten
    DIR/worst-K.json         the K-th worst instance; worst-K.A.json and worst-K.B.json: the solutions of both methods
    DIR/apart-K.json         the same of instances where A fails, or loses without a finite ratio
    DIR/defect-K.json        the same of instances that show a wrong answer
    DIR/summary.json         the settings and the scores of these files

Everything but the history follows from the history, and is written again whenever it changes. A line without an end,
as a killed search may leave, is passed over.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from wnpopt.bench.adversarial.comparison import Kind, Score
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json

HISTORY = "adversarial.jsonl"
SHELVES = ("worst", "apart", "defect")


class Start(msgspec.Struct, frozen=True):
    """An instance that the search begins with."""

    name: str
    instance_hash: str


class Settings(msgspec.Struct, frozen=True):
    """What a search is; a folder holds one."""

    family: str
    method: str
    against: str
    seed: int
    steps: int
    time_limit_s: float | None


class Session(msgspec.Struct, frozen=True, tag_field="event", tag="session"):
    """The search was begun, or taken up again; ``starts`` has one for each restart."""

    settings: Settings
    starts: tuple[Start, ...]
    versions: dict[str, str]


class Step(msgspec.Struct, frozen=True, tag_field="event", tag="step"):
    """An instance that the walk of a restart moved on to; step 0 is its start."""

    restart: int
    step: int
    instance_hash: str
    score: Score


class Finding(msgspec.Struct, frozen=True, tag_field="event", tag="finding"):
    """An instance worth keeping, with the solutions of both methods (None where there is none) as JSON data."""

    restart: int
    step: int
    start: str
    instance_hash: str
    score: Score
    instance: dict[str, object]
    a: dict[str, object] | None
    b: dict[str, object] | None

    @property
    def shelf(self) -> str:
        """Which of :data:`SHELVES` it belongs to."""
        return {Kind.RATIO: "worst", Kind.DEFECT: "defect"}.get(self.score.kind, "apart")


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    """A restart came to its end, after so many instances were solved by both and so many moves made."""

    restart: int
    evaluated: int
    accepted: int


Event = Session | Step | Finding | Finished
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def read_history(path: Path) -> Iterator[Event]:
    """The events of a history, lines that are cut passed over; nothing if there is no such file."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=os.fspath(path)) from None
    for line in lines:
        try:
            yield _EVENT.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue


class Findings:
    """The folder of one search, held by one process at a time.

    Making one reads what earlier sessions found and begins ``session`` in the history. Raises :class:`InputError` if
    the folder holds another search, cannot be written, or is being written to.
    """

    def __init__(self, path: str | os.PathLike[str], session: Session, top: int) -> None:
        self.path = Path(path)
        self._top = top
        self._best: dict[tuple[str, int], Finding] = {}
        self._shown: dict[str, tuple[Finding, ...]] = {}
        self.finished: dict[int, Finished] = {}
        self.session = session
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._handle = os.open(self.path / HISTORY, flags, 0o666)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", file=os.fspath(path)) from None
        try:
            self._lock()
            self._load(session)
        except BaseException:
            os.close(self._handle)
            raise

    def append(self, event: Event) -> None:
        """Put ``event`` on disk; returns when it is there and the files show it."""
        self._write(msgspec.json.encode(event) + b"\n")
        self._take(event)
        if isinstance(event, Finding):
            self._show()

    def shelf(self, name: str) -> tuple[Finding, ...]:
        """The findings of a shelf: the worst of each restart, each instance once, worst first, at most ``top``."""
        found = sorted(
            (finding for (shelf, _), finding in self._best.items() if shelf == name),
            key=lambda finding: (-(finding.score.ratio or 0.0), finding.restart),
        )
        distinct = {finding.instance_hash: finding for finding in reversed(found)}
        return tuple(f for f in found if distinct[f.instance_hash] is f)[: self._top]

    def improves(self, finding_shelf: str, restart: int, score: Score) -> bool:
        """True if an instance with this score is worth keeping: the worst of its restart so far."""
        known = self._best.get((finding_shelf, restart))
        return known is None or (score.ratio or 0.0) > (known.score.ratio or 0.0)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._handle)

    def __enter__(self) -> Findings:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("another search is writing here", file=os.fspath(self.path)) from None

    def _load(self, session: Session) -> None:
        history = self.path / HISTORY
        sessions = 0
        for event in read_history(history):
            sessions += isinstance(event, Session)
            different = _difference(event, session) if isinstance(event, Session) else None
            if different is not None:
                what = f"holds another search ({different}); another folder is needed"
                raise InputError(what, file=os.fspath(self.path))
            self._take(event)
        strangers = _shelf_files(self.path)
        if not sessions and strangers:
            raise InputError(
                "is not of a search of this folder; another folder is needed", file=os.fspath(strangers[0])
            )
        raw = history.read_bytes()
        if raw and not raw.endswith(b"\n"):
            self._write(b"\n")  # a cut line stays a line of its own
        self.append(session)
        self._show()

    def _take(self, event: Event) -> None:
        if isinstance(event, Finding):
            if self.improves(event.shelf, event.restart, event.score):
                self._best[event.shelf, event.restart] = event
        elif isinstance(event, Finished):
            self.finished[event.restart] = event

    def _write(self, content: bytes) -> None:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", file=os.fspath(self.path / HISTORY)) from None

    def _show(self) -> None:
        """Write the files of the shelves that changed, each atomically."""
        for name in SHELVES:
            now, before = self.shelf(name), self._shown.get(name, ())
            for place, finding in enumerate(now):
                if place < len(before) and before[place] is finding:
                    continue
                stem = self.path / f"{name}-{place + 1}"
                write_json(f"{stem}.json", finding.instance)
                for side, solution in (("A", finding.a), ("B", finding.b)):
                    target = Path(f"{stem}.{side}.json")
                    if solution is None:
                        target.unlink(missing_ok=True)
                    else:
                        write_json(target, solution)
            self._shown[name] = now
        self._remove_stale()

    def _remove_stale(self) -> None:
        """A search taken up again with a smaller ``top`` leaves no file that the summary does not name."""
        wanted = {f"{name}-{place + 1}" for name, shown in self._shown.items() for place in range(len(shown))}
        for file in _shelf_files(self.path):
            if file.name.split(".")[0] not in wanted:
                file.unlink(missing_ok=True)


_SHELF_FILE = re.compile(rf"({'|'.join(SHELVES)})-[0-9]+(\.[AB])?\.json")


def _shelf_files(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if _SHELF_FILE.fullmatch(file.name))


def _difference(old: Session, new: Session) -> str | None:
    """What makes the search of ``old`` another one than that of ``new``; more or fewer restarts do not."""
    before, now = old.settings, new.settings
    for name in Settings.__struct_fields__:
        if getattr(before, name) != getattr(now, name):
            return f"{name} {getattr(before, name)}, not {getattr(now, name)}"
    for restart, (was, becomes) in enumerate(zip(old.starts, new.starts, strict=False)):
        if was.instance_hash != becomes.instance_hash:
            return f"restart {restart} from {was.name}, not {becomes.name}"
    return None

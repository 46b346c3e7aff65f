"""The instances that an adversarial search keeps, on disk as they are met.

    DIR/adversarial.jsonl    the history: a line for each session, accepted step, kept instance (with the solutions,
                             in full) and finished restart; on disk before the search goes on, never rewritten
    DIR/worst-K.json         the K-th worst instance; worst-K.A.json and worst-K.B.json: the solutions of both methods
    DIR/apart-K.json         the same of instances where A fails, or loses without a finite ratio
    DIR/defect-K.json        the same of instances that show a wrong answer
    DIR/summary.json         the settings and the scores of these files

Everything but the history follows from the history, and is written again whenever it changes. A line without an end,
as a killed search may leave, is passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Literal

import msgspec

from wnpopt.bench.adversarial.comparison import Kind, Score
from wnpopt.bench.store.journal import Journal, exclusive, read_lines, writing
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json

HISTORY = "adversarial.jsonl"
Category = Literal["worst", "apart", "defect"]
CATEGORIES: tuple[Category, ...] = ("worst", "apart", "defect")


class Origin(msgspec.Struct, frozen=True):
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
    starts: tuple[Origin, ...]
    versions: dict[str, str]


class Step(msgspec.Struct, frozen=True, tag_field="event", tag="step"):
    """An instance that the walk of a restart moved on to; step 0 is its start."""

    restart: int
    step: int
    instance_hash: str
    score: Score


class Example(msgspec.Struct, frozen=True, tag_field="event", tag="finding"):
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
    def category(self) -> Category:
        """Which files tell of it."""
        if self.score.kind is Kind.RATIO:
            return "worst"
        return "defect" if self.score.kind is Kind.DEFECT else "apart"


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    """A restart came to its end, after so many instances were solved by both and so many moves made."""

    restart: int
    evaluated: int
    accepted: int


Event = Session | Step | Example | Finished
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def read_history(path: Path) -> Iterator[Event]:
    """The events of a history, lines that are cut passed over; nothing if there is no such file."""
    if not path.exists():
        return
    lines, _ = read_lines(path)
    for line in lines:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            yield _EVENT.decode(line)


class Archive:
    """The folder of one search, held by one process at a time.

    Making one reads what earlier sessions kept and begins ``session`` in the history. Raises :class:`InputError` if
    the folder holds another search, cannot be written, or is being written to.
    """

    def __init__(self, path: str | os.PathLike[str], session: Session, top: int) -> None:
        self.path = Path(path)
        self._top = top
        self._worst: dict[tuple[Category, int], Example] = {}
        self._written: dict[Category, tuple[Example, ...]] = {}
        self.finished: dict[int, Finished] = {}
        self.session = session
        history = self.path / HISTORY
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        if not history.exists():
            self._refuse_strangers()  # before there is a history
        with ExitStack() as opened:
            opened.enter_context(exclusive(history, "another search is writing here"))
            self._load(history, session)
            self._journal = opened.enter_context(Journal(history))
            self.append(session)
            self._write()
            self._opened = opened.pop_all()

    def append(self, event: Event) -> None:
        """Put ``event`` on disk; returns when it is there and the files tell of it."""
        self._journal.append(event)
        self._take(event)
        if isinstance(event, Example):
            self._write()

    def ranked(self, category: Category) -> tuple[Example, ...]:
        """The worst of each restart, each instance once, worst first, at most ``top``."""
        entries = sorted(
            (example for (of, _), example in self._worst.items() if of == category),
            key=lambda example: (-(example.score.ratio or 0.0), example.restart),
        )
        distinct: dict[str, Example] = {}
        for example in entries:
            distinct.setdefault(example.instance_hash, example)
        return tuple(distinct.values())[: self._top]

    def improves(self, example: Example) -> bool:
        """True if it is worth keeping: the worst of its category in its restart so far."""
        known = self._worst.get((example.category, example.restart))
        return known is None or (example.score.ratio or 0.0) > (known.score.ratio or 0.0)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _load(self, history: Path, session: Session) -> None:
        sessions = 0
        for event in read_history(history):
            if isinstance(event, Session):
                sessions += 1
                different = _difference(event, session)
                if different is not None:
                    what = f"holds another search ({different}); another folder is needed"
                    raise InputError(what, file=os.fspath(self.path))
            self._take(event)
        if not sessions:
            self._refuse_strangers()

    def _refuse_strangers(self) -> None:
        strangers = _files(self.path)
        if strangers:
            what = "is not of a search of this folder; another folder is needed"
            raise InputError(what, file=os.fspath(strangers[0]))

    def _take(self, event: Event) -> None:
        if isinstance(event, Example) and self.improves(event):
            self._worst[event.category, event.restart] = event
        elif isinstance(event, Finished):
            self.finished[event.restart] = event

    def _write(self) -> None:
        """Write the files whose instance has changed, each atomically, and remove those that the summary does not name
        (a search taken up again may have a smaller ``top``).
        """
        wanted: set[str] = set()
        for category in CATEGORIES:
            now, before = self.ranked(category), self._written.get(category, ())
            for place, example in enumerate(now):
                stem = f"{category}-{place + 1}"
                parts = {f"{stem}.json": example.instance, f"{stem}.A.json": example.a, f"{stem}.B.json": example.b}
                wanted |= {name for name, data in parts.items() if data is not None}
                if place < len(before) and before[place] is example:
                    continue
                for name, data in parts.items():
                    if data is not None:
                        write_json(self.path / name, data)
            self._written[category] = now
        for file in _files(self.path):
            if file.name not in wanted:
                file.unlink(missing_ok=True)


_FILE = re.compile(rf"({'|'.join(CATEGORIES)})-[0-9]+(\.[AB])?\.json")


def _files(path: Path) -> list[Path]:
    """The files of kept instances and their solutions."""
    return sorted(file for file in path.iterdir() if _FILE.fullmatch(file.name))


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

"""A batch on a Dask cluster: every task goes to one of its workers, which runs it in a process of its own.

Only the client writes to the store, once for each task, when the answer has come. When a worker of the cluster dies
Dask gives its tasks to another, so nothing is lost and nothing is stored twice. When the scheduler dies, or answers no
more, the batch ends and says so; the next one goes on. Files travel with the tasks: the workers need wnpopt, not our
file system.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import queue
import socket
import threading
import time
import uuid
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from wnpopt.backends.isolation.fork_server import ForkServer
from wnpopt.bench.store.record import Failure
from wnpopt.bench.workers.executor import Event
from wnpopt.bench.workers.process import HANDLER, CancelledError, Limits, WorkerProcess, share_of_memory
from wnpopt.bench.workers.task import MESSAGES, TASKS, Broken, Note, Reply, Task
from wnpopt.core.errors import InputError, SolverError, one_line, reason
from wnpopt.core.extras import need

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_S = 4.0
"""Seconds for a scheduler to answer."""

ANSWER_S = 30.0
"""Seconds in which a scheduler that is there answers, or the batch ends."""

ALONE_S = 10.0
"""Seconds without a worker of which the user is told."""

IDLE_S = 60.0
"""Seconds after which a worker of the cluster ends the processes of a batch that asks nothing of them any more."""

_SLOTS_S = 1.0
_GOODBYE_S = 10.0


class Order(msgspec.Struct, frozen=True):
    """What a worker of the cluster needs beside the task; ``batch`` tells batches on one cluster apart."""

    batch: str
    grace_s: float | None
    memory_bytes: int | None
    libraries: tuple[str, ...]


class ClusterExecutor:
    """See :class:`wnpopt.bench.workers.executor.Executor`.

    ``address`` is a scheduler's, or "local" for a cluster in this process.
    """

    needs_content = True

    def __init__(self, address: str, workers: int, limits: Limits, libraries: tuple[str, ...] = ()) -> None:
        self._order = Order(uuid.uuid4().hex, limits.grace_s, limits.memory_bytes, libraries)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._futures: dict[int, Future] = {}
        self._looked = -_SLOTS_S
        self._slots = 0
        self._alone_since, self._alone_told = math.inf, False
        self._closed = self._lost = False
        self._address = address
        self._silence = contextlib.ExitStack()
        self._silence.enter_context(_silence())
        try:
            self._client = _connect(address, workers)
        except BaseException:
            self._silence.close()
            raise

    @property
    def slots(self) -> int:
        """The threads of all workers that are there now."""
        if time.monotonic() - self._looked >= _SLOTS_S:
            self._looked = time.monotonic()
            try:
                threads = self._client.sync(self._client.scheduler.ncores, workers=None, callback_timeout=ANSWER_S)
            except Exception as error:  # OSError, RuntimeError, a scheduler of None: whatever a lost client comes to
                raise self._is_lost(error) from None
            self._slots = sum(threads.values())
            self._tell_of_no_worker()
        return self._slots

    def submit(self, ticket: int, task: Task) -> None:
        """See :class:`wnpopt.bench.workers.executor.Executor`."""
        name = f"wnpopt-{self._order.batch}-{ticket}"
        asked = msgspec.json.encode(task), msgspec.json.encode(self._order)
        try:
            future = self._client.submit(serve, *asked, key=name, pure=False)
        except Exception as error:
            raise self._is_lost(error) from None
        self._futures[ticket] = future
        future.add_done_callback(lambda done: self._arrived(ticket, done))

    def next_event(self, timeout: float) -> Event | None:
        """See :class:`wnpopt.bench.workers.executor.Executor`."""
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        self._futures.pop(event.ticket, None)
        return event

    def close(self) -> None:
        """See :class:`wnpopt.bench.workers.executor.Executor`."""
        self._closed = True
        # A cluster that is gone cannot be told, and one that says nothing is not waited for.
        if not self._lost:
            goodbye = threading.Thread(target=self._give_up, daemon=True)
            goodbye.start()
            goodbye.join(_GOODBYE_S)
        cluster = self._client.cluster
        with contextlib.suppress(Exception):
            self._client.close()
        if cluster is not None:
            cluster.close()
        self._silence.close()

    def _tell_of_no_worker(self) -> None:
        if self._slots:
            self._alone_since, self._alone_told = math.inf, False
        elif self._alone_since == math.inf:
            self._alone_since = self._looked
        elif not self._alone_told and self._looked - self._alone_since > ALONE_S:
            self._alone_told = True
            told = f"the Dask scheduler at {self._address} has had no worker for {ALONE_S:g} s: the batch waits for one"
            warnings.warn(told, UserWarning, stacklevel=2)

    def _give_up(self) -> None:
        """What the scheduler does not know any more need not be given up."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._futures.values()), force=True)
            self._client.run(abandon, self._order.batch, on_error="ignore")

    def _is_lost(self, error: BaseException) -> SolverError:
        """The error that ends the batch."""
        self._lost = True
        why = f"says nothing for {ANSWER_S:g} s" if isinstance(error, TimeoutError) else "is lost"
        kept = "what is finished is kept, and the same command goes on from there"
        return SolverError(f"the Dask scheduler at {self._address} {why}: {kept}")

    def _arrived(self, ticket: int, future: Future) -> None:
        """In a thread of the client: a task is done, in whichever way."""
        if self._closed:
            return
        from distributed import KilledWorker

        what: Reply | Exception
        try:
            decoded = MESSAGES.decode(future.result())
            assert not isinstance(decoded, Note)
            what = decoded
        except KilledWorker as error:
            what = Broken(
                Failure.CRASH, f"every worker of the cluster that ran this died, {error.allowed_failures + 1} times"
            )
        except Exception as error:
            # What a task raised is an error of the cluster. Else the client has lost its scheduler: then all tasks are
            # cancelled, and where it is fetching an answer whatever a closed connection comes to is raised.
            own = future.status == "error" or isinstance(error, msgspec.MsgspecError | AssertionError)
            told = one_line(f"the cluster failed: {type(error).__name__}: {error}")
            what = SolverError(told) if own else self._is_lost(error)
        self._events.put(Event(ticket, 0, what))


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Within the block Dask's client logs no tracebacks of a connection that is lost: the batch says so in a line."""
    loggers = [logging.getLogger(f"distributed.{name}") for name in ("client", "utils", "core", "comm", "batched")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _connect(address: str, workers: int) -> Client:
    from distributed import Client, LocalCluster

    if address == "local":
        # Threads of this process: each run has a process of its own all the same.
        cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=False, dashboard_address=None, memory_limit=0
        )
        return Client(cluster)
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise InputError(f"no Dask scheduler answers at {address!r} ({reason(error)})", where="dask") from None


def reach(address: str) -> None:
    """Raise :class:`InputError` where nothing listens: Dask's client would try again and again.

    :class:`MissingDependencyError` without Dask.
    """
    need("distributed", "dask")
    if address == "local":
        return
    scheme, _, place = address.rpartition("://")
    host, _, port = place.rpartition(":")
    if scheme not in ("", "tcp", "tls") or not host or not port.isdecimal() or int(port) > 65535:
        what = f"found {address!r}; the address of a Dask scheduler such as tcp://10.0.0.1:8786, or local, is needed"
        raise InputError(what, where="dask")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_S).close()
    except (OSError, UnicodeError) as error:
        told = getattr(error, "strerror", None) or error or "timed out"
        raise InputError(f"no Dask scheduler answers at {address!r} ({told})", where="dask") from None
    # Something else that listens may say nothing, or what Dask's client takes for the length of a message; and a client
    # that fails while it is made complains once more when it is collected.
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(_ask_identity(address)), daemon=True)
    asking.start()
    asking.join(2 * CONNECT_S)
    if answers != ["Scheduler"]:
        told = answers[0] if answers else "timed out"
        raise InputError(f"no Dask scheduler answers at {address!r} ({told})", where="dask")


def _ask_identity(address: str) -> str:
    """What listens there, in Dask's words ("Scheduler"), or what went wrong; in a thread of its own event loop."""
    from distributed.comm import connect
    from distributed.security import Security

    async def ask() -> str:
        comm = await connect(address, timeout=CONNECT_S, **Security().get_connection_args("client"))
        try:
            await comm.write({"op": "identity", "reply": True})
            answer = await comm.read()
            return str(answer.get("type", "something else"))
        finally:
            comm.abort()

    async def ask_in_time() -> str:
        return await asyncio.wait_for(ask(), CONNECT_S)

    try:
        return asyncio.run(ask_in_time())
    except TimeoutError:
        return "timed out"
    except Exception as error:  # also MemoryError: the length of a message that is none
        return "something else answers: " + one_line(f"{type(error).__name__}: {error}")[:200]


def serve(task: bytes, order: bytes) -> bytes:
    """On a worker of the cluster: the answer to ``task``."""
    with _lock:
        pool = _pool_of(msgspec.json.decode(order, type=Order))
        worker = pool.take()
    try:
        return msgspec.json.encode(worker.perform(TASKS.decode(task), lambda _note: None))
    finally:
        pool.put_back(worker)


def abandon(batch: str) -> None:
    """On a worker of the cluster: give up what a batch runs there."""
    with _lock:
        pool = _pools.pop(batch, None)
    if pool is not None:
        pool.close()


class _WorkerPool:
    """The worker processes of a batch on this worker of the cluster, as many as it has run tasks at once.

    They end with :meth:`close`, and by themselves when nothing is asked of them for :data:`IDLE_S` seconds: a batch
    that was killed, or lost its scheduler, tells nobody. It begins anew where the batch goes on after all.
    """

    def __init__(self, order: Order, threads: int) -> None:
        self._batch = order.batch
        memory = order.memory_bytes if order.memory_bytes is not None else share_of_memory(threads)
        self._limits = Limits(order.grace_s, memory)
        self._server = ForkServer(HANDLER, order.libraries, memory)
        self._lock = threading.Lock()
        self._all: list[WorkerProcess] = []
        self._idle: list[WorkerProcess] = []
        self._rest: threading.Timer | None = None
        self._closed = False

    def take(self) -> WorkerProcess:
        with self._lock:
            if self._closed:
                raise CancelledError
            if self._rest is not None:
                self._rest.cancel()
                self._rest = None
            if self._idle:
                return self._idle.pop()
            worker = WorkerProcess(self._server, self._limits)
            self._all.append(worker)
            return worker

    def put_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(worker)
                if len(self._idle) == len(self._all):
                    self._rest = threading.Timer(IDLE_S, self._retire)
                    self._rest.daemon = True
                    self._rest.start()
                return
        worker.close()

    def _retire(self) -> None:
        with _lock:
            with self._lock:
                if self._rest is not threading.current_thread() or self._closed:  # somebody has taken a worker since
                    return
            _pools.pop(self._batch, None)
        self.close()

    def close(self) -> None:
        """Those at work notice it by themselves, within a moment."""
        with self._lock:
            self._closed = True
            if self._rest is not None:
                self._rest.cancel()
            for worker in self._all:
                worker.cancel()
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()
        self._server.close()


_lock = threading.Lock()
_pools: dict[str, _WorkerPool] = {}


def _pool_of(order: Order) -> _WorkerPool:
    """To be called with the lock held."""
    from distributed import get_worker

    if order.batch not in _pools:
        _pools[order.batch] = _WorkerPool(order, get_worker().state.nthreads)
    return _pools[order.batch]

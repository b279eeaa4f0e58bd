"""The one thread towards the province: sends, pulls, waits; notices by itself when the province is back."""

import logging
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from db import outbox
from db.faults import StoreFault
from db.store import Store
from desktop.sync.backoff import RETRY_AFTER_CAP_SECONDS
from desktop.sync.platform_client import PlatformClient, PlatformError
from desktop.sync.puller import Puller
from desktop.sync.sender import Sender

_log = logging.getLogger(__name__)

NOT_ALLOWED_SECONDS = 60.0
"""How long a terminal that may not send waits before it asks again."""


@dataclass(frozen=True)
class LoopStatus:
    """What the pill in the top bar shows."""

    online: bool | None = None
    """None until the first try."""
    last_sync: datetime | None = None
    """When the province last answered as it should."""
    last_error: str = ""
    """A wording code, or empty when all is well."""
    clock_skew: float | None = None
    """Seconds the province's clock is ahead of ours, learnt at each connection. Shown, never a reason to stop."""


class Loop:
    """Start once, stop once. `wake` may be called from any thread."""

    def __init__(self, store: Store, client: PlatformClient, sender: Sender, puller: Puller,
                 clock: Callable[[], datetime], *, online_every: float = 2.0, offline_every: float = 2.0,
                 heard: Callable[[datetime], None] = lambda _: None,
                 alone: Callable[[], AbstractContextManager[str]] = lambda: nullcontext("")) -> None:
        """`heard` is told the province's time at each connection.

        `alone` is held while the loop works: there is one for a home. It gives the code of what is in the way, and is then asked again.
        """
        self._store = store
        self._client = client
        self._sender = sender
        self._puller = puller
        self._clock = clock
        self._online_every = online_every
        self._offline_every = offline_every
        self._heard = heard
        self._alone = alone
        self._status = LoopStatus()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something new is due: do not wait for the next turn."""
        self._woken.set()

    def status(self) -> LoopStatus:
        """As of the last turn."""
        return self._status

    def stop(self, timeout: float = 20.0) -> bool:
        """End after the request in hand; whether it did within `timeout` seconds."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._alone() as in_the_way:
                if not in_the_way:
                    self._go_on()
                    return
            self._status = replace(self._status, last_error=in_the_way)
            self._stopping.wait(self._offline_every)

    def _go_on(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()   # before the work: a wake during it counts for the next turn
            pause = self._turn()
            # What the province or a missing permission ordered is waited out; only the end interrupts it.
            if pause.fixed:
                self._stopping.wait(pause.seconds)
            else:
                self._woken.wait(pause.seconds)

    def _turn(self) -> "_Pause":
        try:
            return self._work()
        except PlatformError as error:
            return self._fail(error.code, error.retry_after)
        except StoreFault as fault:
            self._status = replace(self._status, last_error=fault.code)
            _log.warning("sync waits for the store: %s", fault.code)
        except Exception as error:  # noqa: BLE001 - the thread's edge: a bug must not end the only road to the province
            self._status = replace(self._status, last_error="platform.broken")
            # Where and what kind, never the message: an exception's text may quote a case.
            where = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("sync failed: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
        return _Pause(self._offline_every)

    def _work(self) -> "_Pause":
        if not self._status.online:
            self._connect()
        done = self._sender.round(self._stopping.is_set)
        if done.halted:
            return self._fail(done.halted, done.retry_after)
        self._puller.pull()
        self._status = replace(self._status, online=True, last_sync=self._clock(), last_error="")
        return _Pause(0.0 if done.sent else self._until_due())

    def _connect(self) -> None:
        asked = self._clock()
        there = self._client.health()
        self._heard(there.time)
        skew = (there.time - asked).total_seconds()
        if self._status.last_error != "platform.no_answer":   # the line was down; silence is a case's own trouble
            with self._store.transaction() as tx:
                outbox.make_all_due(tx, self._clock())
        self._status = replace(self._status, online=True, clock_skew=skew)

    def _until_due(self) -> float:
        with self._store.reading() as tx:
            due = outbox.next_due(tx)
        if due is None:
            return self._online_every
        return min(self._online_every, max(0.05, (due - self._clock()).total_seconds()))

    def _fail(self, code: str, retry_after: float | None) -> "_Pause":
        there = code in {"platform.not_allowed", "platform.bad_answer", "platform.fault"}
        self._status = replace(self._status, online=there, last_error=code)
        if code == "platform.not_allowed":
            return _Pause(NOT_ALLOWED_SECONDS, fixed=True)
        if retry_after is not None:
            return _Pause(max(self._offline_every, min(retry_after, RETRY_AFTER_CAP_SECONDS)), fixed=True)
        return _Pause(self._offline_every)


@dataclass(frozen=True)
class _Pause:
    seconds: float
    fixed: bool = False

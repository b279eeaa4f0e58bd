"""`python -m tests.sandbox --port 0 --data DIR --delay 0.3` serves the stand-in province and prints its address."""

import argparse
import asyncio
import socket
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import Province, create_app

CONNECTIONS: dict[Any, asyncio.BaseTransport] = {}


class Wire(H11Protocol):
    """HTTP that remembers its connections, so that one can be cut before the answer leaves."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the connection by the caller's address."""
        super().connection_made(transport)
        CONNECTIONS[transport.get_extra_info("peername")] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        CONNECTIONS.pop(self.client, None)
        super().connection_lost(exc)


def hang_up(client: Any) -> None:
    """Cut the connection to this caller: what was to be answered is lost on the way."""
    transport = CONNECTIONS.get((client.host, client.port))
    if isinstance(transport, asyncio.Transport):
        transport.abort()


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8750, help="0 = any free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of its own SQLite file and evidence")
    parser.add_argument("--delay", type=float, default=1.0, help="seconds a department takes for one matter")
    parser.add_argument("--token", default="sandbox-token", help="bearer token every terminal must show")
    wanted = parser.parse_args()
    wanted.data.mkdir(parents=True, exist_ok=True)
    listener = socket.create_server(("127.0.0.1", wanted.port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    app = create_app(Province(wanted.data, wanted.delay, wanted.token, hang_up))
    config = uvicorn.Config(app, http=Wire, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

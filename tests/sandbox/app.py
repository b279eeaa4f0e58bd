"""The stand-in's HTTP face: the paths of the contract, the switches that spoil them, /_sandbox/ for tests and demo."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError

from .ledger import Ledger
from .messages import (
    ONE_MIB,
    Announced,
    CaseMessage,
    CaseState,
    Complete,
    EvidenceState,
    Health,
    Progress,
    ProgressEvent,
    Receipt,
    Refused,
    SignedOn,
    SignOn,
    TakeOver,
)
from .switches import Switches

PORTAL = "<!DOCTYPE html><html><head><title>欢迎使用大厅无线网络</title></head><body>请先登录</body></html>"

CaseUuid = Annotated[UUID, InPath()]
Revision = Annotated[int, InPath(ge=1)]
Digest = Annotated[str, InPath(pattern=r"^[0-9a-f]{64}$")]


class Province:
    """One running stand-in: its ledger, its switches, and how to break a connection off."""

    def __init__(self, folder: Path, delay: float, bearer: str, hang_up: Callable[[Any], None]) -> None:
        self.ledger = Ledger(folder, delay)
        self.switches = Switches()
        self.bearer = bearer
        self.hang_up = hang_up
        self.requests: Counter[str] = Counter()

    def now(self) -> datetime:
        """The province's clock, wrong when switched so."""
        return datetime.now(UTC) + timedelta(seconds=self.switches.clock_offset_s)


def create_app(province: Province) -> FastAPI:
    """The app over one province."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        province.ledger.close()

    app = FastAPI(title="Stand-in province", lifespan=lifespan)

    def terminal(authorization: Annotated[str, Header()] = "", terminal_id: Annotated[str, Header()] = "") -> str:
        if province.switches.unauthorised or authorization != f"Bearer {province.bearer}" or not terminal_id:
            raise Refused(401, "unauthorised")
        return terminal_id

    Terminal = Annotated[str, Depends(terminal)]  # noqa: N806 - a type alias, only possible in here

    @app.get("/v1/health")
    async def health() -> Health:
        return Health(time=province.now())

    @app.post("/v1/terminals/sign-on")
    async def sign_on(wanted: SignOn, terminal: Terminal) -> SignedOn:
        if wanted.terminal_id != terminal:
            raise Refused(400, "malformed", "body and header speak of different terminals")
        return province.ledger.terminals.sign_on(wanted, province.now())

    @app.put("/v1/cases/{case_uuid}/revisions/{revision}", response_model=Announced)
    async def announce(case_uuid: CaseUuid, revision: Revision, request: Request, response: Response,
                       terminal: Terminal,
                       idempotency_key: Annotated[str, Header(min_length=8, max_length=100)]) -> Announced:
        body = await _body(request)
        case = CaseMessage.model_validate_json(body)
        if (case.case_uuid, case.revision) != (case_uuid, revision):
            raise Refused(400, "malformed", "body and address speak of different cases")
        new, answer = province.ledger.announce(case_uuid, revision, idempotency_key, terminal, body, case)
        response.status_code = 201 if new else 200
        return answer

    @app.post("/v1/cases/{case_uuid}/revisions/{revision}/complete", response_model=Receipt)
    async def complete(case_uuid: CaseUuid, revision: Revision, message: Complete, response: Response,
                       terminal: Terminal) -> Receipt:
        new, receipt = province.ledger.complete(case_uuid, revision, message.body_sha256, province.switches,
                                                province.now())
        response.status_code = 201 if new else 200
        return receipt

    @app.get("/v1/cases/{case_uuid}")
    async def query(case_uuid: CaseUuid, terminal: Terminal) -> CaseState:
        return province.ledger.query(case_uuid)

    @app.head("/v1/cases/{case_uuid}/evidence/{sha256}")
    async def offset(case_uuid: CaseUuid, sha256: Digest, terminal: Terminal) -> Response:
        state = province.ledger.evidence(case_uuid, sha256)
        return Response(headers={"Upload-Offset": str(state.offset), "Upload-Length": str(state.size),
                                 "Upload-Complete": "?1" if state.complete else "?0"})

    @app.put("/v1/cases/{case_uuid}/evidence/{sha256}")
    async def put_evidence(case_uuid: CaseUuid, sha256: Digest, request: Request, terminal: Terminal) -> EvidenceState:
        return province.ledger.put_whole(case_uuid, sha256, await _body(request))

    @app.patch("/v1/cases/{case_uuid}/evidence/{sha256}")
    async def append_evidence(case_uuid: CaseUuid, sha256: Digest, request: Request, terminal: Terminal,
                              upload_offset: Annotated[int, Header(ge=0)]) -> EvidenceState:
        return province.ledger.append(case_uuid, sha256, upload_offset, await _body(request))

    @app.get("/v1/progress")
    async def progress(terminal: Terminal, after: Annotated[str, Query(max_length=200)] = "",
                       limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Progress:
        if after and not after.removeprefix("c").isdigit():
            raise Refused(400, "malformed", "not a cursor of ours")
        province.ledger.work(province.switches)
        answer = province.ledger.progress(terminal, after, limit, repeat=province.switches.repeat_progress)
        if province.switches.shuffle_progress:
            answer = answer.model_copy(update={"events": random.sample(answer.events, len(answer.events))})
        return answer

    _add_controls(app, province)
    _add_errors(app)
    app.middleware("http")(_spoiler(province))
    return app


def _add_controls(app: FastAPI, province: Province) -> None:
    @app.get("/_sandbox/switches", include_in_schema=False)
    async def switches() -> Switches:
        return province.switches

    @app.put("/_sandbox/switches", include_in_schema=False)
    async def switch(changed: Switches) -> Switches:
        """Set all switches; what is left out goes back to normal."""
        province.switches = changed
        return changed

    @app.get("/_sandbox/cases", include_in_schema=False)
    async def cases() -> dict[str, Any]:
        province.ledger.work(province.switches)
        found = province.ledger.overview()
        return {"count": len({str(case["case_uuid"]) for case in found}),
                "accepted": sum(case["status"] == "accepted" for case in found), "cases": found}

    @app.get("/_sandbox/requests", include_in_schema=False)
    async def requests() -> dict[str, int]:
        return dict(province.requests)

    @app.put("/_sandbox/terminals/{terminal_id}", include_in_schema=False)
    async def take_over(terminal_id: str, said: TakeOver) -> None:
        """As an administrator of the province does who was told on the telephone which PC is the right one."""
        province.ledger.terminals.take_over(terminal_id, said.installation_id)

    @app.post("/_sandbox/events", include_in_schema=False)
    async def put_event(event: ProgressEvent) -> None:
        province.ledger.put_event(event)


def _add_errors(app: FastAPI) -> None:
    def problem(refused: Refused) -> JSONResponse:
        return JSONResponse(refused.body, refused.status, refused.headers, media_type="application/problem+json")

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    @app.exception_handler(ValidationError)
    async def malformed(_: Request, error: RequestValidationError | ValidationError) -> JSONResponse:
        where = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        return problem(Refused(400, "malformed", where))


async def _body(request: Request) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > ONE_MIB:
            raise Refused(413, "too_large", "at most 1 MiB a time")
    return bytes(found)


def _kind(request: Request) -> str:
    path = request.url.path
    if path.endswith("/sign-on"):
        return "sign_on"
    if path.endswith("/complete"):
        return "complete"
    if "/evidence/" in path:
        return "evidence"
    if "/revisions/" in path:
        return "announce"
    return "progress" if path.endswith("/progress") else "query" if "/cases/" in path else "health"


Next = Callable[[Request], Awaitable[Response]]


def _spoiler(province: Province) -> Callable[[Request, Next], Awaitable[Response]]:
    """What the switches do to every request under /v1."""

    async def spoil(request: Request, go_on: Next) -> Response:
        if not request.url.path.startswith("/v1/"):
            return await go_on(request)
        on, kind = province.switches, _kind(request)
        province.requests[f"{request.method} {kind}"] += 1
        if on.slow_ms:
            await asyncio.sleep(on.slow_ms / 1000)
        if on.down:
            return _problem(503, "unavailable", on.retry_after_s)
        if on.too_many > 0:
            on.too_many -= 1
            return _problem(429, "too_many_requests", on.retry_after_s)
        if on.wrong_body:
            return _wrong(on.wrong_body)
        response = await go_on(request)
        if on.lose_answers > 0 and on.lose_answers_of in {"any", kind}:
            on.lose_answers -= 1
            province.hang_up(request.client)
        return response

    return spoil


def _problem(status: int, code: str, retry_after: int) -> JSONResponse:
    return JSONResponse(Refused(status, code).body, status, {"Retry-After": str(retry_after)},
                        media_type="application/problem+json")


def _wrong(kind: str) -> Response:
    nowhere = "00000000-0000-4000-8000-000000000000"
    answers: dict[str, Callable[[], Response]] = {
        "portal": lambda: HTMLResponse(PORTAL),
        "not_json": lambda: Response(b'{"receipt_no": "SL', media_type="application/json"),
        "list": lambda: JSONResponse([]),
        "huge": lambda: Response(b'"' + b"x" * (3 * ONE_MIB) + b'"', media_type="application/json"),
        "deep": lambda: Response(b"[" * 100_000, media_type="application/json"),
        "other_case": lambda: JSONResponse({   # well formed for every request, but about a case nobody sent
            "service": "somebody-else", "version": "1.0.0", "time": datetime.now(UTC).isoformat(), "status": "accepted",
            "receipt_no": "SL0", "case_uuid": nowhere, "revision": 1, "body_sha256": "0" * 64, "missing": [],
            "evidence": [], "received_at": datetime.now(UTC).isoformat(), "sha256": "0" * 64, "offset": 0, "size": 1,
            "complete": True, "revisions": [], "events": [], "next": "c0", "more": False}),
    }
    return answers[kind]()


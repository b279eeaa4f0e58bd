"""HTTP with the province: one method per request of the contract, and the doubt with which its answers are read.

Nothing here knows the outbox. Every failure is a PlatformError whose code stands in resources/wording.toml.
"""

import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from desktop.domain.terminal import Asking
from desktop.sync.wire import (
    Announced,
    CaseState,
    EvidenceState,
    Health,
    Message,
    ProblemAnswer,
    Progress,
    Receipt,
    SignedOn,
    canonical,
    sign_on,
)

MAX_ANSWER = 1 << 20
Remedy = Literal["retry", "person", "wait"]

_REMEDIES: dict[str, Remedy] = {
    # wait: nothing can go out now, for any case
    "platform.unreachable": "wait",        # no connection
    "platform.certificate": "wait",        # somebody else's certificate: nothing was sent
    "platform.not_the_platform": "wait",   # somebody answers, but not the province: a portal, a proxy
    "platform.busy": "wait",               # 429, 503
    "platform.not_allowed": "wait",        # 401, 403: this terminal may not; a person must see to it
    "platform.cloned": "wait",             # the rest of them: this PC is not the terminal it says it is, see domain/terminal.py
    "platform.terminal_taken": "wait",
    "platform.window_code_taken": "wait",
    "platform.store_behind": "wait",
    # retry: this request, later
    "platform.no_answer": "retry",         # sent, but the answer never came: it may have been done
    "platform.bad_answer": "retry",        # the province's answer breaks the contract or speaks of another case
    "platform.fault": "retry",             # 5xx
    "platform.evidence_missing": "retry",  # the province lost a piece we thought was there
    "platform.offset_mismatch": "retry",   # another place in the piece than we thought
    "platform.evidence_changed": "retry",  # the bytes did not arrive as they left
    # person: trying again changes nothing
    "platform.refused": "person",          # the province will not have this case
    "platform.key_reused": "person",       # another body came before under the same key
    "platform.superseded": "person",       # a later revision was accepted already
    "platform.number_taken": "person",     # another case has its number
    "platform.rejected": "person",         # it does not understand our message: wrong version of one of us
    "platform.unsendable": "person",       # the outbox row itself cannot be read: never sent
}


CODES = tuple(_REMEDIES)
"""Every code of a PlatformError; each has its sentence in resources/wording.toml."""


class PlatformError(Exception):
    """A request that did not do what it should. `detail` is for support and holds no personal data."""

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None,
                 problem: ProblemAnswer | None = None) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail
        self.remedy: Remedy = _REMEDIES[code]
        self.retry_after = retry_after
        self.problem = problem


@dataclass(frozen=True)
class Offset:
    """How much of a piece the province holds."""

    offset: int
    complete: bool


_Model = TypeVar("_Model", bound=BaseModel)


class PlatformClient:
    """The province as one terminal sees it. Not for two threads at once.

    Raises ValueError for an address without TLS, except this machine's own (the stand-in of tests and demo).
    """

    def __init__(self, base_url: str, terminal_id: str, token: str, *, timeout: float = 15.0,
                 verify: ssl.SSLContext | bool = True) -> None:
        self._timeout = timeout
        url = httpx.URL(base_url)
        if url.scheme != "https" and not (url.scheme == "http" and url.host in {"127.0.0.1", "localhost", "::1"}):
            raise ValueError("the province is reached over https only")
        # trust_env=False: proxies and .netrc of the machine must not see a case.
        self._http = httpx.Client(
            base_url=url, trust_env=False, follow_redirects=False, verify=verify,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 3.0)),
            headers={"Authorization": f"Bearer {token}", "Terminal-Id": terminal_id, "Accept-Encoding": "identity",
                     "Accept": "application/json, application/problem+json", "User-Agent": "oncedesk/1"})

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def health(self) -> Health:
        """Is it really the province, and what time has it?"""
        return self._json("GET", "/v1/health", Health, {200})

    def sign_on(self, asking: Asking) -> SignedOn:
        """Who this terminal is; the ticket for the next time."""
        answer = self._json("POST", "/v1/terminals/sign-on", SignedOn, {200}, content=sign_on(asking),
                            headers={"Content-Type": "application/json"})
        if (answer.terminal_id, str(answer.installation_id), str(answer.asked)) != (
                asking.terminal_id, asking.installation_id, asking.asked):
            raise PlatformError("platform.bad_answer", "speaks of another sign-on")
        return answer

    def announce(self, message: Message, key: str) -> tuple[str, ...]:
        """Phase one; the digests of the evidence that is still missing."""
        answer = self._json("PUT", f"/v1/cases/{message.case_uuid}/revisions/{message.revision}", Announced, {200, 201},
                            content=message.body,
                            headers={"Idempotency-Key": key, "Content-Type": "application/json"})
        _must_echo(answer.case_uuid, answer.revision, answer.body_sha256, message)
        if not set(answer.missing) <= set(message.evidence):
            raise PlatformError("platform.bad_answer", "asks for evidence that is not ours")
        return tuple(dict.fromkeys(answer.missing))

    def evidence_offset(self, case_uuid: str, sha256: str, size: int) -> Offset:
        """Where to go on with a piece."""
        response = self._ask("HEAD", _evidence(case_uuid, sha256))
        if response.status_code >= 400:
            raise self._failure(response, b"")
        try:
            offset, length = int(response.headers["Upload-Offset"]), int(response.headers["Upload-Length"])
            complete = {"?0": False, "?1": True}[response.headers["Upload-Complete"]]
        except (KeyError, ValueError) as error:
            raise PlatformError("platform.not_the_platform", "no upload headers") from error
        if response.status_code != 200 or length != size or not 0 <= offset <= size:
            raise PlatformError("platform.bad_answer", "speaks of another piece")
        return Offset(offset, complete)

    def put_evidence(self, case_uuid: str, sha256: str, data: bytes) -> Offset:
        """A whole small piece."""
        answer = self._json("PUT", _evidence(case_uuid, sha256), EvidenceState, {200}, content=data,
                            headers={"Content-Type": "application/octet-stream"})
        return _same_piece(answer, case_uuid, sha256, len(data))

    def append_evidence(self, case_uuid: str, sha256: str, size: int, offset: int, data: bytes) -> Offset:
        """The next bytes of a larger piece of `size` bytes."""
        answer = self._json("PATCH", _evidence(case_uuid, sha256), EvidenceState, {200}, content=data,
                            headers={"Content-Type": "application/octet-stream", "Upload-Offset": str(offset)})
        after = _same_piece(answer, case_uuid, sha256, size)
        if after.offset != offset + len(data) or (after.offset == size and not after.complete):
            raise PlatformError("platform.bad_answer", "took other bytes than were sent")
        return after

    def complete(self, message: Message) -> Receipt:
        """The last phase: the receipt for exactly this message and its evidence."""
        receipt = self._json("POST", f"/v1/cases/{message.case_uuid}/revisions/{message.revision}/complete", Receipt,
                             {200, 201}, content=canonical({"body_sha256": message.sha256}),
                             headers={"Content-Type": "application/json"})
        return self.checked(receipt, message)

    def checked(self, receipt: Receipt, message: Message) -> Receipt:
        """The receipt when it is for this message and names each piece once; else PlatformError."""
        _must_echo(receipt.case_uuid, receipt.revision, receipt.body_sha256, message)
        if sorted(receipt.evidence) != sorted(message.evidence):
            raise PlatformError("platform.bad_answer", "the receipt names other evidence")
        return receipt

    def query(self, case_uuid: str) -> CaseState | None:
        """What the province knows of a case; None = nothing."""
        try:
            state = self._json("GET", f"/v1/cases/{case_uuid}", CaseState, {200})
        except PlatformError as error:
            if error.problem is not None and error.problem.code == "not_found":
                return None
            raise
        if str(state.case_uuid) != case_uuid:
            raise PlatformError("platform.bad_answer", "speaks of another case")
        return state

    def progress(self, after: str, limit: int = 100) -> Progress:
        """Events after the cursor ("" = from the beginning)."""
        parameters = {"limit": str(limit)} | ({"after": after} if after else {})
        return self._json("GET", "/v1/progress", Progress, {200}, params=parameters)

    # --- the doubt

    def _json(self, method: str, path: str, model: type[_Model], expected: Collection[int], *,
              content: bytes | None = None, headers: dict[str, str] | None = None,
              params: dict[str, str] | None = None) -> _Model:
        response = self._ask(method, path, content=content, headers=headers, params=params)
        body = response.content
        if response.status_code >= 400:
            raise self._failure(response, body)
        if response.status_code not in expected or _media_type(response) != "application/json":
            raise PlatformError("platform.not_the_platform", f"{response.status_code} {_media_type(response)}")
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            # A portal's own JSON fails here too; names of members only, never values.
            where = ", ".join(sorted({str(one["loc"][0]) if one["loc"] else one["type"] for one in error.errors()}))
            code = "platform.not_the_platform" if model is Health else "platform.bad_answer"
            raise PlatformError(code, f"{method}: {where}"[:200]) from error

    def _ask(self, method: str, path: str, *, content: bytes | None = None, headers: dict[str, str] | None = None,
             params: dict[str, str] | None = None) -> httpx.Response:
        """The answer with its body, which is at most 1 MiB and not compressed."""
        deadline = time.monotonic() + 4 * self._timeout   # a byte now and then keeps the read timeout away for ever
        try:
            with self._http.stream(method, path, content=content, headers=headers, params=params) as response:
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise PlatformError("platform.not_the_platform", "compressed though asked not to")
                body = bytearray()
                for chunk in response.iter_raw():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise PlatformError("platform.no_answer", "dripping")
                    if len(body) > MAX_ANSWER:
                        raise PlatformError("platform.bad_answer", "answer larger than 1 MiB")
                return httpx.Response(response.status_code, headers=response.headers, content=bytes(body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.PoolTimeout) as error:
            raise PlatformError("platform.certificate" if _is_about_tls(error) else "platform.unreachable",
                                type(error).__name__) from error
        except httpx.TransportError as error:
            raise PlatformError("platform.no_answer", type(error).__name__) from error

    @staticmethod
    def _failure(response: httpx.Response, body: bytes) -> PlatformError:
        status = response.status_code
        retry_after = _seconds(response.headers.get("Retry-After", ""))
        said_by_province = _media_type(response) == "application/problem+json"
        problem: ProblemAnswer | None = None
        if said_by_province and body:
            try:
                problem = ProblemAnswer.model_validate_json(body)
            except ValidationError:
                said_by_province = False
        if status in {429, 503}:
            return PlatformError("platform.busy", str(status), retry_after=retry_after, problem=problem)
        if status >= 500:
            return PlatformError("platform.fault", str(status), retry_after=retry_after, problem=problem)
        if not said_by_province:
            # Only the province can refuse; a 403 page of a proxy refuses nothing.
            return PlatformError("platform.not_the_platform", f"{status} {_media_type(response)}")
        if problem is None:   # the answer to HEAD has no body
            return PlatformError("platform.not_allowed" if status in {401, 403} else "platform.bad_answer", str(status))
        code = {
            "unauthorised": "platform.not_allowed", "forbidden": "platform.not_allowed",
            "case_refused": "platform.refused", "idempotency_mismatch": "platform.key_reused",
            "revision_superseded": "platform.superseded", "evidence_missing": "platform.evidence_missing",
            "offset_mismatch": "platform.offset_mismatch", "digest_mismatch": "platform.evidence_changed",
            "terminal_cloned": "platform.cloned", "terminal_taken": "platform.terminal_taken",
            "window_code_taken": "platform.window_code_taken", "store_behind": "platform.store_behind",
            "number_taken": "platform.number_taken",
        }.get(problem.code, "platform.rejected")
        return PlatformError(code, f"{status} {problem.code} {problem.detail}"[:300], problem=problem)


def _evidence(case_uuid: str, sha256: str) -> str:
    return f"/v1/cases/{case_uuid}/evidence/{sha256}"


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


def _media_type(response: httpx.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _seconds(text: str) -> float | None:
    return float(text) if text.isdigit() else None


def _must_echo(case_uuid: object, revision: int, body_sha256: str, message: Message) -> None:
    if (str(case_uuid), revision, body_sha256) != (message.case_uuid, message.revision, message.sha256):
        raise PlatformError("platform.bad_answer", "speaks of another case, revision or body")


def _same_piece(answer: EvidenceState, case_uuid: str, sha256: str, size: int) -> Offset:
    echoed = (str(answer.case_uuid), answer.sha256, answer.size) == (case_uuid, sha256, size)
    if not echoed or not 0 <= answer.offset <= size or (answer.complete and answer.offset != size):
        raise PlatformError("platform.bad_answer", "speaks of another piece")
    return Offset(answer.offset, answer.complete)

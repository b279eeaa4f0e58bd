"""One running province for these tests, and an announced case that nobody else has."""

import hashlib
import itertools
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from .process import TOKEN, Sandbox

NEW = itertools.count(1)
"""For numbers that no other case here has."""
EXAMPLES = Path(__file__).parents[2] / "resources" / "platform" / "examples"
CONTRACT = yaml.safe_load((EXAMPLES.parent / "openapi.yaml").read_text("utf-8"))


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("province"), delay=0) as running:
        yield running


def another_number() -> dict[str, str]:
    number = next(NEW)
    return {"case_number": f"130529XS20261122003{number:05d}0", "document_number": f"巨一件事受〔2026〕003{number:06d}0号"}


@dataclass
class Visitor:
    """A terminal that talks plain HTTP, with one case in its hands."""

    http: httpx.Client
    page: bytes
    body: dict[str, Any]
    key: str

    @property
    def case(self) -> str:
        return f"/v1/cases/{self.body['case_uuid']}"

    @property
    def revision(self) -> str:
        return f"{self.case}/revisions/{self.body['revision']}"

    @property
    def evidence(self) -> str:
        return f"{self.case}/evidence/{self.body['evidence'][0]['sha256']}"

    @property
    def raw(self) -> bytes:
        return json.dumps(self.body).encode()

    def announce(self, raw: bytes | None = None, key: str = "") -> httpx.Response:
        return self.http.put(self.revision, content=raw or self.raw, headers={"Idempotency-Key": key or self.key})

    def append(self, offset: int, data: bytes) -> httpx.Response:
        return self.http.patch(self.evidence, content=data, headers={"Upload-Offset": str(offset)})

    def complete(self) -> httpx.Response:
        return self.http.post(f"{self.revision}/complete", json={"body_sha256": hashlib.sha256(self.raw).hexdigest()})


@pytest.fixture
def visitor(province: Sandbox) -> Iterator[Visitor]:
    province.switch()
    page = uuid.uuid4().bytes * 1000
    body = example("announce.request")
    body |= {"case_uuid": str(uuid.uuid4()), **another_number()}
    body["evidence"][0] |= {"sha256": hashlib.sha256(page).hexdigest(), "size": len(page)}
    with httpx.Client(base_url=province.url, trust_env=False, headers={
            "Authorization": f"Bearer {TOKEN}", "Terminal-Id": f"T-{uuid.uuid4()}"}) as http:
        yield Visitor(http, page, body, str(uuid.uuid4()))

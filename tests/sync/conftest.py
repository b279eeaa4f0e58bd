"""A real store, a real province on loopback, and an invented family's accepted case in the outbox."""

import itertools
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from db import attachments, cases, evidence, outbox
from db.records import CaseRecord, EvidenceRecord, MatterRecord, OutboxRecord
from db.store import DB_NAME, Store
from desktop.domain.snapshot import CaseSnapshot, SnapshotAnswer, SnapshotEvidence, SnapshotMatter
from desktop.domain.themes import Field
from desktop.station.sign_on import SignOn
from desktop.sync.platform_client import PlatformClient
from desktop.sync.puller import Puller
from desktop.sync.sender import Sender
from tests.sandbox.process import TOKEN, Sandbox

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
MATTERS = (
    ("m_birth_cert", "《出生医学证明》签发", "卫生健康部门", ()),
    ("m_hukou", "户口登记", "公安部门", ("m_birth_cert",)),
    ("m_medins", "城乡居民参保登记", "医疗保障部门", ("m_hukou",)),
)
SMALL, LARGE = b"\xff\xd8 a small page " * 100, bytes(range(256)) * 10_000   # 1.6 kB, 2.56 MB
NEW, CODES = itertools.count(1), itertools.count(1)
"""For numbers that no other case here has, and window codes that no other window has."""
ANSWERS = {"newborn_birth_date": "2026-11-10", "newborn_sex": "男", "newborn_name": "陈一禾"}


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store made once; each test gets a copy, which saves its migrations."""
    path = tmp_path_factory.mktemp("empty") / DB_NAME
    Store.create(path, bytes(range(32))).close()
    return path


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(empty_store, tmp_path / DB_NAME)
    opened = Store.open(tmp_path / DB_NAME, bytes(range(32)))
    with opened.transaction() as tx:
        tx.session.connection().exec_driver_sql("UPDATE store_identity SET store_id = ?", (str(uuid.uuid4()),))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("province"), delay=0.03) as province:
        yield province


@pytest.fixture(scope="session")
def mortal_province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One that tests may stop, kill and start; they leave it running."""
    with Sandbox(tmp_path_factory.mktemp("mortal"), delay=0.03) as province:
        yield province


@pytest.fixture
def province(shared_province: Sandbox) -> Iterator[Sandbox]:
    shared_province.switch()
    yield shared_province
    shared_province.switch()


@dataclass
class Hall:
    """One window's store, its client, and cases to send."""

    store: Store
    client: PlatformClient
    url: str
    terminal: str
    window_code: str
    now: datetime = NOW
    real_time: bool = False

    def clock(self) -> datetime:
        return datetime.now(UTC) if self.real_time else self.now

    @property
    def signing_on(self) -> SignOn:
        return SignOn(self.store.path.parent, self.store, self.clock, terminal_id=self.terminal, window_code=self.window_code,
                      region="130529", version="0")

    @property
    def sender(self) -> Sender:
        return Sender(self.store, self.client, self.clock, Random(1))

    @property
    def puller(self) -> Puller:
        return Puller(self.store, self.client, self.clock, form_of)

    def accept(self, pages: tuple[bytes, ...] = (SMALL,), revision: int = 1, case_uuid: str = "") -> str:
        """Put an accepted case with these pages into the outbox, as the flow does; its UUID."""
        again, case_uuid = bool(case_uuid), case_uuid or str(uuid.uuid4())
        stored = [attachments.put(self.store, page) for page in pages]
        number = next(NEW)
        snapshot = CaseSnapshot(
            case_uuid=case_uuid, revision=revision, case_number=f"130529XS20261122{self.window_code}{number:05d}0",
            document_number=f"示一件事受〔2026〕{self.window_code}{number:06d}0号",
            theme_id="hebei-newborn", theme_version="2023", theme_title="新生儿出生", region="130529", window="03",
            clerk="chengying", applicant_name="林晓月", applicant_number="130529199503150020",
            applicant_phone="13900000000", accepted_at=NOW, due_date=date(2026, 11, 30),
            answers=tuple(SnapshotAnswer(key=key, label=key, value=value, source="hand")
                          for key, value in ANSWERS.items()),
            matters=tuple(SnapshotMatter(id=one[0], name=one[1], department=one[2], prerequisites=one[3])
                          for one in MATTERS),
            evidence=tuple(SnapshotEvidence(
                evidence_id=f"{case_uuid}-{place}-{revision}", slot="marriage_certificate", materials=("mat_2",),
                sha256=one.sha256, size=one.size, media_type="image/jpeg") for place, one in enumerate(stored)),
            signed_digest="0" * 64)
        with self.store.transaction() as tx:
            if again:
                cases.update(tx, case_uuid, NOW, status="accepted", revision=revision)
            else:
                cases.create(tx, CaseRecord(
                    case_uuid=case_uuid, theme_id="hebei-newborn", theme_version="2023", status="accepted",
                    revision=revision, created_at=NOW, updated_at=NOW, created_by="u1", window="03",
                    case_number=snapshot.case_number, applicant_name="林晓月"))
                cases.put_matters(tx, case_uuid, [
                    *(MatterRecord(one[0], one[1], one[2], "queued") for one in MATTERS),
                    MatterRecord("m_ssc", "社会保障卡申领", "人力资源社会保障部门", "not_selected", selected=False)])
            for piece, one in zip(snapshot.evidence, stored, strict=True):
                evidence.add(tx, EvidenceRecord(
                    evidence_id=piece.evidence_id, case_uuid=case_uuid, slot=piece.slot, doc_type=piece.slot,
                    sha256=one.sha256, size=one.size, media_type="image/jpeg", at=NOW, by="u1"), one)
            outbox.put(tx, case_uuid=case_uuid, revision=revision, idempotency_key=str(uuid.uuid4()),
                       body=snapshot.model_dump_json(), now=self.now)
        return case_uuid

    def case(self, case_uuid: str) -> CaseRecord:
        with self.store.reading() as tx:
            return cases.get(tx, case_uuid)

    def row(self, case_uuid: str) -> OutboxRecord:
        with self.store.reading() as tx:
            return outbox.latest(tx, [case_uuid])[case_uuid]

    def states(self, case_uuid: str) -> dict[str, str]:
        with self.store.reading() as tx:
            return {matter.matter_id: matter.state for matter in cases.matters(tx, case_uuid)}

    def make_due(self, case_uuid: str) -> None:
        with self.store.transaction() as tx:
            outbox.make_due(tx, case_uuid, self.now)


@pytest.fixture
def hall_at(store: Store) -> Iterator[Callable[[str], Hall]]:
    """A window that talks to the province at this address."""
    made: list[Hall] = []

    def make(url: str) -> Hall:
        terminal = f"T-{uuid.uuid4()}"
        made.append(Hall(store, PlatformClient(url, terminal, TOKEN, timeout=3), url, terminal, f"{next(CODES):03d}"))
        return made[-1]

    yield make
    for hall in made:
        hall.client.close()


@pytest.fixture
def hall(hall_at: Callable[[str], Hall], province: Sandbox) -> Hall:
    return hall_at(province.url)


def form_of(theme_id: str, version: str) -> tuple[Field, ...]:
    """Just the fields that departments fill; the real pack has its own tests."""
    assert (theme_id, version) == ("hebei-newborn", "2023")
    return tuple(Field(key=key, label=key, type="text", sources=(f"push:{matter}.{key}",))
                 for matter, key in (("m_birth_cert", "newborn_birth_cert_no"), ("m_hukou", "newborn_id_no")))


def said_by(province: Sandbox, case_uuid: str) -> list[dict[str, object]]:
    """The revisions of one case in the province."""
    return [case for case in province.cases()["cases"] if case["case_uuid"] == case_uuid]

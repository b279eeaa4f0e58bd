"""The cases of this home as a dry run takes them; the comparison itself is domain/replay.py."""

from collections.abc import Iterator

from db import cases
from desktop.domain.hall_time import day_of
from desktop.domain.prefill import Answer, Source
from desktop.domain.replay import TakenCase
from desktop.domain.themes import ThemePack
from desktop.flows import case_file
from desktop.flows.desk import Desk

_ALL = 1_000_000


def stored(desk: Desk, pack: ThemePack) -> Iterator[TakenCase]:
    """Every case of this version, newest first, as it was taken: on the day of its acceptance, a draft today."""
    with desk.store.reading() as tx:
        records = [record for record in cases.newest(tx, limit=_ALL) if (record.theme_id, record.theme_version) == (pack.id, pack.version)]
    for record in records:
        with desk.store.reading() as tx:
            file = case_file.load(desk, tx, record.case_uuid)
        accepted_on = day_of(record.accepted_at) if record.accepted_at else None
        yield TakenCase(
            name=record.case_number or f"草稿 {record.case_uuid[:8]}", on=accepted_on or desk.today(), facts=file.facts,
            hand={answer.key: Answer(key=answer.key, value=answer.value, source=Source.HAND) for answer in file.stored},
            slots=file.captured, deselected=file.deselected,
            accepted_on=accepted_on, confirmed=file.confirmed)

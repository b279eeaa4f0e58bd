"""Every value a person may meet has a word of its own."""

import pytest

from desktop import wording
from desktop.domain.case import CaseStatus, MatterState
from desktop.domain.prefill import Source
from desktop.recognition.reading import DOC_TYPES
from desktop.ui.screens.intake import ORDER
from desktop.ui.widgets.chips import STATES
from desktop.ui.widgets.field_row import BADGES

NAMED = [*(f"case_status.{status.value}" for status in CaseStatus), *(f"matter_state.{state.value}" for state in MatterState),
         *(f"doc_type.{kind}" for kind in DOC_TYPES), *(f"case_step.{step}" for step in ORDER), *STATES]


@pytest.mark.parametrize("code", sorted(set(NAMED)))
def test_every_state_has_a_chinese_word(code: str) -> None:
    assert wording.known(code)
    assert not wording.say(code).isascii()


@pytest.mark.parametrize("source", [source.value for source in Source])
def test_every_source_has_a_badge(source: str) -> None:
    assert not BADGES[source][0].isascii()

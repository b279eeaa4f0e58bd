"""What a family was spared: counted from the case itself, never estimated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop.domain.checklist import MaterialState
from desktop.domain.pack import ThemePack
from desktop.domain.prefill import Answer, Source


@dataclass(frozen=True)
class Burden:
    """Papers, blanks and visits."""

    fields_total: int
    fields_filled: int
    fields_automatic: int
    fields_typed: int
    pages_asked: int
    """Different pages the family lays down once."""
    pages_if_separate: int
    """What the same matters would ask for one by one: each material once per matter that uses it."""
    matters: int
    """One visit instead of this many."""

    @property
    def pages_spared(self) -> int:
        """Pages not asked for twice."""
        return self.pages_if_separate - self.pages_asked


def count(pack: ThemePack, answers: Mapping[str, Answer], materials: Iterable[MaterialState],
          deselected: frozenset[str] = frozenset()) -> Burden:
    """The burden of one case as it stands."""
    chosen = {matter.id for matter in pack.matters} - deselected
    filled = [answers[field.key] for field in pack.fields if field.key in answers]
    typed = sum(answer.source is Source.HAND for answer in filled)
    asked = [state for state in materials if state.required]
    return Burden(
        fields_total=len(pack.fields), fields_filled=len(filled), fields_automatic=len(filled) - typed, fields_typed=typed,
        pages_asked=len({slot.slot for state in asked for slot in state.slots}),
        pages_if_separate=sum(len(state.slots) * len(chosen.intersection(state.material.used_by)) for state in asked),
        matters=len(chosen),
    )

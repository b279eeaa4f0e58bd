"""What a family was spared: counted from the case itself, never estimated; beside it what the document itself prints."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from desktop.domain.checklist import MaterialState, in_use
from desktop.domain.pack import Reduction, ThemePack
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
    printed: tuple[Reduction, ...]
    """The document's own figures, of the theme as a whole."""

    @property
    def pages_spared(self) -> int:
        """Pages not asked for twice."""
        return self.pages_if_separate - self.pages_asked


def count(pack: ThemePack, answers: Mapping[str, Answer], materials: Iterable[MaterialState], chosen: Collection[str]) -> Burden:
    """The burden of one case as it stands; `chosen` are ids of matters."""
    fields = [field for field in pack.fields if in_use(field.used_by, chosen)]
    filled = [answers[field.key] for field in fields if field.key in answers]
    typed = sum(answer.source is Source.HAND for answer in filled)
    pages = [(state, [slot.slot for slot in state.slots if slot.wanted]) for state in materials if state.required]
    return Burden(
        fields_total=len(fields), fields_filled=len(filled), fields_automatic=len(filled) - typed, fields_typed=typed,
        pages_asked=len({slot for _, slots in pages for slot in slots}),
        pages_if_separate=sum(len(slots) * len(set(state.material.used_by or chosen).intersection(chosen)) for state, slots in pages),
        matters=len(chosen), printed=pack.reductions,
    )

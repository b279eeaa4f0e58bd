"""What several papers say of one person: which facts speak of the same thing, and when two values are the same.

Who stands where on which paper follows from the pack, whose people take their names from these papers; no order on a page counts.
Which of two is right is nobody's to decide but the clerk's.
"""

from dataclasses import dataclass
from functools import lru_cache

from desktop.domain import identity, spelling
from desktop.domain.codes import Codes
from desktop.domain.masking import mask_id, mask_name
from desktop.domain.pack import Person, ThemePack

_OWN = ("chip:{}.", "paper:id_card_front.{}.", "paper:household_register_member.{}.", "paper:marriage_certificate.{}.")
"""Where facts are named after a role of the pack, strongest first."""
_KINDS = {
    "number": ("身份证号", ("number", "id_number", "id")), "name": ("姓名", ("name",)), "sex": ("性别", ("sex",)),
    "birth": ("出生日期", ("birth_date", "birth")), "nation": ("民族", ("nation",)),
}
"""What is compared -> how screens call it, and how cards and papers do. The number comes first: it says sex and birth, too."""


@dataclass(frozen=True)
class Topic:
    """One thing that several papers say of one person."""

    person: Person
    kind: str
    facts: tuple[str, ...]
    """Names of the facts that speak of it, strongest first."""

    @property
    def key(self) -> str:
        """Under which it is confirmed; no field or question is called so."""
        return f"same:{self.person.role}.{self.kind}"

    @property
    def label(self) -> str:
        """母亲的出生日期."""
        return f"{self.person.name}的{_KINDS[self.kind][0]}"

    def shown(self, value: str, codes: Codes) -> str:
        """A value in words: chips say 01 for 汉族."""
        return codes.as_printed(self.kind, value) if self.kind in {"sex", "nation"} else value

    def masked(self, value: str, codes: Codes) -> str:
        """A value as a problem may show it."""
        return {"number": mask_id, "name": mask_name}.get(self.kind, str)(self.shown(value, codes))

    def alike(self, value: str, other: str, codes: Codes) -> bool:
        """Whether two spellings say the same; characters of a name must be the very same."""
        same = same_number if self.kind == "number" else same_text
        return same(self.shown(value, codes), self.shown(other, codes))


@lru_cache(maxsize=64)
def topics(pack: ThemePack) -> tuple[Topic, ...]:
    """Everything that can be compared in a pack, person by person."""
    found = []
    for person in pack.people:
        places = dict.fromkeys((*(own.format(person.role) for own in _OWN), *_places(pack, person)))
        found += [Topic(person, kind, tuple(place + word for place in places for word in words))
                  for kind, (_, words) in _KINDS.items()]
    return tuple(found)


@lru_cache(maxsize=64)
def topic_of(pack: ThemePack) -> dict[str, Topic]:
    """The topic a fact speaks of, by the fact's name."""
    return {name: topic for topic in topics(pack) for name in topic.facts}


def same_number(number: str, other: str) -> bool:
    """Whether two identity numbers are one, the old form of fifteen digits and the new one alike."""
    return identity.in_full(number) == identity.in_full(other)


def same_text(text: str, other: str) -> bool:
    """The same but for width, blanks, the kind of dot within a name, and twins of a character that look alike."""
    return text == other or spelling.folded(text) == spelling.folded(other)


def _places(pack: ThemePack, person: Person) -> tuple[str, ...]:
    """Beginnings of the facts that speak of this person: `paper:birth_certificate.mother_`, from where the pack takes the name."""
    return tuple(source.removesuffix("name") for source in pack.by_key[person.name_key].sources
                 if source.startswith("paper:") and source.endswith("name")
                 and not any(f".{alias.role}." in source for alias in pack.aliases))

"""The scenes the demo and the simulated camera show, under fixed names; `python -m tests.specimens` writes them."""

import random

from hardware.simulated.people import FATHER, HOUSEHOLD, MARRIAGE, MOTHER
from tests.specimens import papers
from tests.specimens.scenes import Pose, Scene, view


def demo_scenes() -> dict[str, Scene]:
    """Every demo scene by file stem. Takes some seconds."""
    def rng(seed: int) -> random.Random:
        return random.Random(f"demo {seed}")

    mother_front = papers.id_card_front(MOTHER, rng(1))
    mother_back = papers.id_card_back(MOTHER, rng(2))
    father_front = papers.id_card_front(FATHER, rng(3))
    father_back = papers.id_card_back(FATHER, rng(4))
    marriage = papers.marriage_certificate(MOTHER, FATHER, MARRIAGE, rng(5))
    home = papers.household_register_home(HOUSEHOLD, rng(6))
    member = papers.household_register_member(FATHER, HOUSEHOLD, HOUSEHOLD.issue_date, rng(7))
    form = papers.registration_form(MOTHER, FATHER, rng(8))
    def seen(seed: int, *papers_on_desk: tuple[papers.Specimen, Pose]) -> Scene:
        return view(papers_on_desk, rng(seed), desk="oak", tilt=30, light=0.18, station=7)

    return {
        "empty": seen(10),
        "mother_card_front": seen(11, (mother_front, Pose(165, 120, -4))),
        "mother_card_back": seen(12, (mother_back, Pose(180, 130, 3))),
        "father_card_front": seen(13, (father_front, Pose(170, 125, 176))),
        "father_card_back": seen(14, (father_back, Pose(160, 128, 94))),
        "parents_cards_front": seen(15, (mother_front, Pose(105, 118, -3)), (father_front, Pose(232, 132, 4))),
        "parents_cards_back": seen(16, (mother_back, Pose(108, 125, 2)), (father_back, Pose(230, 122, -5))),
        "marriage_certificate": seen(17, (marriage, Pose(170, 128, 2.5))),
        "register_home": seen(18, (home, Pose(172, 126, -3))),
        "register_member": seen(19, (member, Pose(168, 130, 92))),
        "registration_form": seen(20, (form, Pose(170, 128, -89))),
    }

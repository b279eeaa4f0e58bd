"""Camera views of invented families' papers, for measuring: types, editions, faces, wear, desks, poses, light and noise vary with the seed.

A view is known by its number alone. Every third one is held back: no threshold, template or rule may be chosen on it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from hardware.opencv import cv2
from hardware.simulated.people import Household, Marriage
from tests.specimens import certificates, papers
from tests.specimens.papers import Specimen
from tests.specimens.people import (
    EDUCATION,
    MARITAL,
    OCCUPATIONS,
    RELATIONS,
    counties,
    invented_birth,
    invented_death,
    invented_person,
)
from tests.specimens.scenes import DESKS, MORE_DESKS, Pose, Scene, view
from tests.specimens.sheet import USUAL, Press

TYPES = ("id_card_front", "id_card_back", "marriage_certificate", "household_register_home", "household_register_member",
         "birth_certificate", "death_certificate", "other")
SHARP = frozenset({"single", "two_cards"})
"""Conditions under which nothing is wrong with the picture: the gate must let it pass."""


@dataclass(frozen=True)
class Shot:
    """One view with what was done to it."""

    number: int
    condition: str
    """`single`, `two_cards`, `motion`, `defocus`, `glare`, `cut_off` or `empty`."""
    desk: str
    scene: Scene

    @property
    def held_back(self) -> bool:
        """Whether nobody may tune on it."""
        return self.number % 3 == 2


def invented_specimens(rng: random.Random) -> dict[str, Specimen]:
    """One family's papers by doc_type, in editions as they come."""
    place = rng.choice(counties())
    wife, husband = invented_person(rng, "2", place), invented_person(rng, "1", place)
    elder = invented_person(rng, rng.choice("12"), place, date(1925, 1, 1))
    day = date(2005, 1, 1) + timedelta(days=rng.randrange(7000))
    again = "B" if rng.random() < 0.15 else ""
    marriage = Marriage(rng.choice((wife, husband)).name, f"{again}J{place[0]}-{day.year}-{rng.randrange(1, 9000):06d}", day)
    assert husband.address is not None
    home = Household(household_type=rng.choice(("家庭户", "集体户", "非农业家庭户", "居民家庭户")), head_name=husband.name,
                     household_no=f"{rng.randrange(10**5, 10**9)}", address=husband.address, issue_date=day)
    member = replace(home, member_relation=rng.choice(RELATIONS), native_place=place[1], birth_place=place[1], marital=rng.choice(MARITAL),
                     education=rng.choice(EDUCATION), occupation=rng.choice(OCCUPATIONS), height=str(rng.randint(150, 190)),
                     employer=rng.choice(("无", f"{place[1][-3:]}样本学校", f"{place[1][-3:]}示例商贸有限公司")),
                     blood=rng.choice(("A", "B", "O", "AB")))
    death = invented_death(rng, elder)
    new_death = death.cert_no == elder.number
    other = rng.choice((papers.registration_form, papers.power_of_attorney))
    made = {
        "id_card_front": papers.id_card_front(wife, rng),
        "id_card_back": papers.id_card_back(husband, rng),
        "marriage_certificate": papers.marriage_certificate(wife, husband, marriage, rng, wife_first=rng.random() < 0.5,
                                                            older=rng.random() < 0.35),
        "household_register_home": papers.household_register_home(home, rng),
        "household_register_member": papers.household_register_member(husband, member, day, rng),
        "birth_certificate": certificates.birth_certificate(wife, husband, invented_birth(rng, place), rng, older=rng.random() < 0.4),
        "death_certificate": certificates.death_certificate(elder, death, rng, since_2026=new_death),
        "other": other(wife, husband, rng),
    }
    return {kind: worn(specimen, rng) for kind, specimen in made.items()}


def worn(specimen: Specimen, rng: random.Random) -> Specimen:
    """The paper after some years: faded, stained, folded or scratched, or as new."""
    image = specimen.image.astype(np.float32)
    height, width = image.shape[:2]
    if rng.random() < 0.35:
        image = 255 - (255 - image) * rng.uniform(0.72, 0.95)
    if rng.random() < 0.25:
        small = np.random.default_rng(rng.randrange(2**31)).uniform(-1, 1, (5, 7)).astype(np.float32)
        blots = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        image -= np.clip(blots, 0, 1)[:, :, None] * np.array([26, 12, 5], np.float32) * rng.uniform(0.3, 1)
    if rng.random() < 0.25 and not specimen.corner_radius:
        at = round(height * rng.choice((0.333, 0.5, 0.667)) + rng.uniform(-9, 9))
        line = np.exp(-((np.arange(height) - at) / max(2.0, height / 500)) ** 2)[:, None, None].astype(np.float32)
        image += line * rng.choice((-34.0, 26.0))
    if rng.random() < 0.2:
        for _ in range(rng.randint(1, 5)):
            start = (rng.randrange(width), rng.randrange(height))
            end = (start[0] + rng.randint(-width // 4, width // 4), start[1] + rng.randint(-height // 8, height // 8))
            cv2.line(image, start, end, (238.0, 238.0, 238.0), 1, cv2.LINE_AA)
    return replace(specimen, image=np.clip(image, 0, 255).astype(np.uint8))


def shot(number: int, faces: tuple[str, ...] = USUAL) -> Shot:
    """The view of this number, printed with these faces."""
    rng = Press(f"view {number}", faces)
    desk = rng.choice(DESKS + MORE_DESKS)
    condition = rng.choices(("single", "two_cards", "motion", "defocus", "glare", "cut_off", "empty"), (70, 10, 6, 3, 3, 3, 5))[0]
    blur, noise, tilt, light = rng.uniform(0.4, 1.1), rng.uniform(1, 5), rng.uniform(10, 70), rng.uniform(0, 0.4)
    if condition == "empty":
        return Shot(number, condition, desk, view([], rng, desk=desk, tilt=tilt, light=light, blur=blur, noise=noise))
    made = invented_specimens(rng)
    # by number, so that every type comes equally often on both sides of the division by three
    wanted = TYPES[(number // 3) % len(TYPES)]
    specimen = made[wanted]
    turn = rng.choice((0, 90, 180, 270)) + rng.uniform(-7, 7) * (0.3 if max(specimen.size) > 260 else 1.0)
    turn = max((turn, turn + 90), key=lambda angle: min(0.0, *_rooms(specimen, angle)))      # A4 lies as it fits
    room_x, room_y = (max(0.0, min(30.0, room)) for room in _rooms(specimen, turn))
    near = 1.0 if condition != "cut_off" else 0.0
    laid = [(specimen, Pose(170 + near * rng.uniform(-room_x, room_x), 127.5 + near * rng.uniform(-room_y, room_y), turn))]
    if condition == "cut_off":
        laid = [(specimen, Pose(rng.choice((8.0, 332.0)), 127.5, turn))]
    if condition == "two_cards":
        turn = rng.choice((0, 180)) + rng.uniform(-6, 6)
        left, right = rng.choice((("id_card_front", "id_card_back"), ("id_card_back", "id_card_front")))
        laid = [(made[left], Pose(100 + rng.uniform(-15, 10), 127 + rng.uniform(-30, 30), turn)),
                (made[right], Pose(235 + rng.uniform(-10, 15), 127 + rng.uniform(-30, 30), turn + rng.uniform(-4, 4)))]
    scene = view(laid, rng, desk=desk, tilt=tilt, light=light, blur=rng.uniform(2, 4) if condition == "defocus" else blur, noise=noise,
                 motion=rng.randint(4, 18) if condition == "motion" else 0, glare=condition == "glare")
    return Shot(number, condition, desk, scene)


def _rooms(specimen: Specimen, turn: float) -> tuple[float, float]:
    """Millimetres the paper can be moved either way along x and y without leaving the desk, the camera's tilt allowed for."""
    wide, high = specimen.size
    across, down = abs(np.cos(np.deg2rad(turn))), abs(np.sin(np.deg2rad(turn)))
    return float((340 - wide * across - high * down) / 2 - 6), float((255 - wide * down - high * across) / 2 - 6)


def varied_views(count: int, seed: str, *, desks: tuple[str, ...] = DESKS) -> Iterator[tuple[str, Scene]]:
    """Single papers and pairs in turn, each with the name of its desk; sharp as a resting paper is."""
    for number in range(count):
        rng = Press(f"{seed} {number}")
        specimens = invented_specimens(rng)
        wanted = list(specimens)[number % len(specimens)]
        desk = desks[(number // 2) % len(desks)]
        turn = rng.choice((0, 180)) + rng.uniform(-6, 6)
        laid = [(specimens[wanted], Pose(170, 127, turn + (90 if specimens[wanted].size[1] > 200 else 0)))]
        if wanted == "id_card_front" and rng.random() < 0.5:
            laid = [(specimens["id_card_front"], Pose(100 + rng.uniform(-15, 10), 127 + rng.uniform(-30, 30), turn)),
                    (specimens["id_card_back"], Pose(235 + rng.uniform(-10, 15), 127 + rng.uniform(-30, 30), turn))]
        yield desk, view(laid, rng, desk=desk, tilt=rng.uniform(10, 70), light=rng.uniform(0, 0.4), blur=rng.uniform(0.4, 1.1),
                         noise=rng.uniform(1, 5))

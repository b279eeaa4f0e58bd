"""Papers in a frame: found, cut at their sides, and nothing else taken for one."""

import random
from functools import cache

import numpy as np
import pytest

from desktop.recognition import pages, quality
from desktop.recognition.desk import CALM, EmptyDesk, Watched
from desktop.recognition.read import Recogniser
from desktop.recognition.sides import Corners
from hardware.opencv import cv2
from hardware.readings import Image
from hardware.simulated.people import FATHER, HOUSEHOLD, MARRIAGE, MOTHER
from tests.specimens import papers
from tests.specimens.scenes import HEIGHT, MORE_DESKS, WIDTH, Pose, Scene, view
from tests.specimens.sheet import Sheet

WIDE, HIGH = 1296, 972
"""Of the pictures drawn here; the generator's views are twice as large."""
FRAME = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)


def rng(seed: int | str) -> random.Random:
    return random.Random(f"pages {seed}")


@cache
def card() -> papers.Specimen:
    return papers.id_card_front(MOTHER, rng(1))


@cache
def back() -> papers.Specimen:
    return papers.id_card_back(FATHER, rng(2))


@cache
def register() -> papers.Specimen:
    return papers.household_register_home(HOUSEHOLD, rng(3))


def iou(one: object, other: object) -> float:
    first, second = (cv2.intersectConvexConvex(np.array(quad, np.float32), FRAME)[1] for quad in (one, other))
    shared = cv2.intersectConvexConvex(first, second)[0]
    return float(shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared))


def worst(scene: Scene, quads: list[Corners]) -> float:
    """Of the papers that lie there, how well the worst was found; 0 when more or fewer pages were found than lie there."""
    if len(quads) != len(scene.truths):
        return 0.0
    return min(max(iou(truth.quad, quad) for quad in quads) for truth in scene.truths)


@pytest.mark.parametrize("desk", ["speckled", "cloth", "white", "checked"])
def test_a_card_is_found_to_the_pixel_on_every_desk(desk: str) -> None:
    scene = view([(card(), Pose(150, 120, 33))], rng(desk), desk=desk, tilt=30)
    assert worst(scene, pages.find_quads(scene.image)) > 0.98


@pytest.mark.parametrize("desk", ["oak", "pale"])
def test_two_cards_and_a_register_page_are_all_found_whatever_way_they_lie(desk: str) -> None:
    lying = [(card(), Pose(65, 60, 178)), (back(), Pose(70, 190, 85)), (register(), Pose(235, 130, 271))]
    scene = view(lying, rng(desk), desk=desk, tilt=20)
    assert worst(scene, pages.find_quads(scene.image)) > 0.98


@pytest.mark.parametrize("condition", [{"motion": 9}, {"noise": 8.0}, {"glare": True}, {"light": 0.55}, {"blur": 2.5}])
def test_shake_noise_glare_and_a_lamp_to_one_side_hide_no_card(condition: dict[str, float]) -> None:
    scene = view([(card(), Pose(175, 130, 5))], rng(9), desk="grey", **condition)     # type: ignore[arg-type]
    assert worst(scene, pages.find_quads(scene.image)) > 0.95


def white_desk(shade: int, seed: int) -> Image:
    """A white sheet's ground under a lamp from one side."""
    lamp = np.linspace(0.9, 1.05, WIDE, dtype=np.float32)[None, :, None]
    noise = np.random.default_rng(seed).normal(0, 2, (HIGH, WIDE, 1))
    return np.asarray(np.clip(np.full((HIGH, WIDE, 3), shade, np.float32) * lamp + noise, 0, 255), dtype=np.uint8)


def laid(ground: Image, paper: Image, quad: Corners) -> Image:
    """The paper with a thin contact shadow on the ground."""
    height, width = paper.shape[:2]
    way = cv2.getPerspectiveTransform(np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32), quad)
    cover = cv2.GaussianBlur(cv2.warpPerspective(np.ones((height, width), np.float32), way, (WIDE, HIGH)), (0, 0), 0.8)
    shade = 1 - 0.12 * cv2.GaussianBlur(np.roll(cover, 4, 0), (0, 0), 3)
    seen = cv2.warpPerspective(paper, way, (WIDE, HIGH), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(ground * (shade * (1 - cover))[..., None] + seen * cover[..., None], dtype=np.uint8)


A_QUAD = np.array([(350, 250), (950, 270), (940, 705), (340, 690)], np.float32)


def test_a_nearly_white_paper_is_found_on_a_white_desk() -> None:
    form = papers.power_of_attorney(MOTHER, FATHER, rng(4)).image
    form = np.ascontiguousarray(np.rot90(form))
    (found,) = pages.find_quads(laid(white_desk(240, 1), form, A_QUAD))
    assert iou(found, A_QUAD) > 0.97


def drawn_desk(kind: str, seed: int) -> Image:
    """Desks the generator does not know: a mat, tiles, planks with joints both ways, a bright spot."""
    ys, xs = np.mgrid[0:HIGH, 0:WIDE]
    top = np.full((HIGH, WIDE, 3), (150, 165, 175), np.float32)
    if kind == "mat":
        top[75:850, 125:1150] = (60, 80, 60)
    elif kind == "tiles":
        top[(xs % 240 < 5) | (ys % 240 < 5)] *= 0.7
    elif kind == "planks":
        top *= 1 + 0.15 * np.sin(ys / 6 + 4 * np.sin(xs / 350))[..., None]
        top[((ys + 45) % 210 < 3) | ((xs + 100 * (ys // 210)) % 450 < 3)] *= 0.5
    elif kind == "sheet":        # a blotter of paper's own shape and colour
        top[200:750, 250:1025] = (246, 248, 248)
    noise = np.random.default_rng(seed).normal(0, 3, (HIGH, WIDE, 1))
    return np.asarray(np.clip(top + noise, 0, 255), dtype=np.uint8)


@pytest.mark.parametrize("desk", MORE_DESKS)
def test_an_empty_desk_gives_no_page(desk: str) -> None:
    image = view([], rng(f"empty {desk}"), desk=desk).image
    assert pages.find_quads(image) == []
    assert pages.find_quads(cv2.resize(image, (864, 648)), refine=False) == []      # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["mat", "tiles", "planks", "sheet"])
def test_what_is_drawn_on_an_empty_desk_is_no_page_and_hides_none(kind: str) -> None:
    desk = drawn_desk(kind, 3)
    assert pages.find_quads(desk) == []
    quad = np.array([(450, 350), (880, 360), (875, 630), (445, 620)], np.float32)
    (found,) = pages.find_quads(laid(desk, card().image, quad))
    assert iou(found, quad) > 0.97


def test_a_folded_certificate_is_one_page_and_its_table_is_none() -> None:
    image = papers.marriage_certificate(MOTHER, FATHER, MARRIAGE, rng(5))
    image.image[:, image.image.shape[1] // 2 - 6:image.image.shape[1] // 2 + 6] -= 28
    scene = view([(image, Pose(170, 127, 2))], rng(5), desk="green", tilt=20)
    assert worst(scene, pages.find_quads(scene.image)) > 0.98


# --- the empty desk learnt ---------------------------------------------------------------------------------------------


def test_a_blank_sheet_is_a_page_only_where_the_empty_desk_is_known() -> None:
    empty = drawn_desk("sheet", 4)
    quad = np.array([(150, 125), (750, 140), (745, 565), (145, 550)], np.float32)
    sheet = laid(empty, np.full((425, 600, 3), (205, 214, 210), np.uint8), quad)
    assert pages.find_quads(sheet) == []
    (found,) = pages.find_quads(sheet, desk=EmptyDesk.of(empty))
    assert iou(found, quad) > 0.96
    page = pages.dewarp(sheet, found)
    assert quality.judge(page, touches_edge=False, natural_long_side=600).verdict == "page.blank"


@pytest.mark.parametrize("kind", ["mat", "tiles", "planks", "sheet"])
def test_an_empty_desk_that_was_learnt_is_empty_in_any_light(kind: str) -> None:
    desk = EmptyDesk.of(drawn_desk(kind, 5)).learned(drawn_desk(kind, 6))
    for change in (0.7, 0.85, 1.0, 1.15):
        lamp = change * np.linspace(0.92, 1.08, WIDE, dtype=np.float32)[None, :, None]
        now = np.clip(drawn_desk(kind, 7) * lamp, 0, 255).astype(np.uint8)
        assert pages.find_quads(now, desk=desk) == []


@pytest.mark.parametrize("desk", ["speckled", "white", "walnut"])
def test_a_card_is_found_on_a_desk_learnt_in_another_light(desk: str) -> None:
    known = EmptyDesk.of(view([], rng(1), desk=desk, station=5, light=0.05).image)
    scene = view([(card(), Pose(180, 120, 12))], rng(2), desk=desk, station=5, light=0.35)
    assert worst(scene, pages.find_quads(scene.image, desk=known)) > 0.97


def test_another_desk_is_learnt_within_a_few_frames() -> None:
    desk = EmptyDesk.of(drawn_desk("mat", 1))
    for seed in range(25):
        desk = desk.learned(drawn_desk("tiles", seed))
    assert pages.find_quads(drawn_desk("tiles", 99), desk=desk) == []
    assert EmptyDesk.of(drawn_desk("mat", 1)).learned(np.zeros((300, 300, 3), np.uint8)).frames == 1      # of another shape: anew


def small(frame: Image) -> Image:
    return np.asarray(cv2.resize(frame, (648, 486), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def watched(state: Watched, frames: list[Image]) -> Watched:
    for frame in frames:
        state = state.after(frame, bare=pages.is_bare(frame))
    return state


def test_a_desk_that_lies_bare_and_calm_is_learnt_and_a_paper_left_lying_is_not() -> None:
    empty, quad = drawn_desk("mat", 8), np.array([(150, 125), (750, 140), (745, 565), (145, 550)], np.float32)
    desk = watched(Watched(), [small(drawn_desk("mat", seed)) for seed in range(3)] * (CALM // 2)).desk
    assert desk is not None
    with_card = small(laid(empty, card().image, quad))
    assert watched(Watched(), [with_card] * (3 * CALM)).desk is None
    hands = [small(np.roll(drawn_desk("tiles", 1), 40 * step, 1)) for step in range(2 * CALM)]
    assert watched(Watched(), hands).desk is None


def test_a_camera_turned_to_another_desk_finds_papers_there_without_what_it_had_learnt() -> None:
    quad = np.array([(350, 250), (950, 270), (940, 640), (340, 620)], np.float32)
    elsewhere = laid(drawn_desk("planks", 2), card().image, quad)
    (found,) = pages.find_quads(elsewhere, desk=EmptyDesk.of(view([], rng(4), desk="cloth").image))
    assert iou(found, quad) > 0.97


def test_a_blank_sheet_that_was_learnt_with_the_desk_leaves_no_page_behind_and_hides_none() -> None:
    quad = np.array([(350, 250), (950, 270), (940, 640), (340, 620)], np.float32)
    bare = drawn_desk("planks", 11)
    sheet = laid(bare, np.full((640, 1010, 3), (214, 212, 206), np.uint8), quad)
    known = watched(Watched(), [small(sheet)] * (2 * CALM)).desk
    assert known is not None
    assert pages.find_quads(bare, desk=known) == []
    (found,) = pages.find_quads(laid(bare, card().image, quad), desk=known)
    assert iou(found, quad) > 0.97


@pytest.mark.parametrize(("desk", "place"), [("grey", (170, 127, 3)), ("white", (90, 70, 10))])
def test_a_paper_over_the_place_of_a_sheet_that_was_learnt_is_found_whole(desk: str, place: tuple[float, float, float]) -> None:
    blank = papers.finished(Sheet(210, 148, 8, (250, 250, 250), rng(6)), "other")
    known = EmptyDesk.of(view([(blank, Pose(170, 127, 3))], random.Random(5 + (desk == "white")), desk=desk, tilt=30).image)
    paper = papers.marriage_certificate(MOTHER, FATHER, MARRIAGE, rng(5)) if desk == "grey" else card()
    scene = view([(paper, Pose(*place))], random.Random(5 + (desk == "white")), desk=desk, tilt=30)
    assert worst(scene, pages.find_quads(scene.image, desk=known)) > 0.97


def test_the_live_look_learns_its_desk_and_then_tells_a_sheet_that_shows_its_blank_side() -> None:
    recogniser = Recogniser()
    quad = np.array([(150, 125), (750, 140), (745, 565), (145, 550)], np.float32)
    sheet = small(laid(drawn_desk("sheet", 4), np.full((425, 600, 3), (205, 214, 210), np.uint8), quad))
    assert recogniser.look(sheet).verdict == "page.none"
    assert {recogniser.look(small(drawn_desk("sheet", seed % 3))).verdict for seed in range(2 * CALM)} == {"page.none"}
    assert recogniser.look(sheet).verdict == "page.blank"


# --- told before it is taken -------------------------------------------------------------------------------------------


def verdict(scene: Scene) -> str | None:
    (quad,) = pages.find_quads(scene.image)
    flat = pages.dewarp(scene.image, quad)
    return quality.judge(flat, pages.touches_edge(quad, scene.image.shape), float(np.linalg.norm(quad[1] - quad[0]))).verdict


def test_a_paper_that_reaches_over_any_border_is_cut_off() -> None:
    for x, y in ((20, 127), (320, 127), (170, 14), (170, 241)):
        assert verdict(view([(register(), Pose(x, y, 3))], rng(x + y), desk="dark", tilt=10)) == "page.cut_off"


def test_a_paper_that_lies_near_a_border_is_not() -> None:
    assert verdict(view([(register(), Pose(80, 60, 3))], rng(7), desk="dark", tilt=10)) is None


def test_a_card_in_the_dark_is_told() -> None:
    scene = view([(card(), Pose(170, 127, 3))], rng(8), desk="grey", noise=1)
    dark = (scene.image * 0.16).astype(np.uint8)
    page = pages.dewarp(dark, np.array(scene.truths[0].quad, np.float32))
    assert quality.judge(page, touches_edge=False, natural_long_side=650).verdict == "page.dark"

"""Photos of people: taken, imported or printed, cut at the stated size, filed where they are asked for. Faces are drawn."""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFilter

from db import attachments, evidence
from desktop.app import Workplace, open_workplace
from desktop.flows.take_portrait import TakePortrait
from desktop.flows.views import CaseView, Session, SlotView
from desktop.recognition import portrait
from hardware.opencv import cv2
from hardware.simulated.desk import SimulatedDesk
from tests.homes import NOW, settings_for
from tests.specimens.faces import Sitting, sitting
from tests.specimens.papers import Specimen
from tests.specimens.scenes import Pose, jpeg, view

SLOT = "other.agent_photo"
ME = (640.0, 470.0, 260.0)


@dataclass(frozen=True)
class Chair:
    """A window with a portrait camera and a death's case that asks for photos."""

    place: Workplace
    clerk: Session
    case: str
    simulated: SimulatedDesk

    @property
    def photos(self) -> TakePortrait:
        """The flow."""
        return self.place.flows.take_portrait

    def view(self) -> CaseView:
        """The case now."""
        return self.place.flows.fill.open(self.clerk, self.case)

    def slot(self, name: str = SLOT) -> SlotView:
        """One page asked for."""
        return next(slot for material in self.view().materials for slot in material.slots if slot.slot == name)

    def filed(self, name: str = SLOT) -> bytes:
        """The bytes that are evidence now."""
        evidence_id = self.slot(name).evidence_id
        assert evidence_id is not None
        with self.place.desk.store.reading() as tx:
            return attachments.get(tx, evidence.get(tx, evidence_id).sha256)


def _picture(path: Path, seen: Sitting) -> Path:
    path.write_bytes(cv2.imencode(".jpg", seen.image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return path


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedDesk]:
    """Who may sit there, and what may lie on the desk."""
    people, papers = tmp_path_factory.mktemp("people"), tmp_path_factory.mktemp("papers")
    _picture(people / "person.jpg", sitting([ME]))
    _picture(people / "two.jpg", sitting([(430, 500, 220), (850, 470, 240)]))
    _picture(people / "tilted.jpg", sitting([ME], tilt=18))
    print_of = portrait.cut(sitting([ME]).image, portrait.find_faces(sitting([ME]).image), portrait.SIZES["two_inch"])
    white = cv2.copyMakeBorder(print_of, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=(252, 252, 252))
    photo = Specimen(np.asarray(white, np.uint8), (70.0, 96.0), "other", {}, {})
    (papers / "print.jpg").write_bytes(jpeg(view([(photo, Pose(170, 125, 94))], random.Random(2), desk="dark", light=0.1, tilt=15)))
    desk = SimulatedDesk(scenes=papers, people=people)
    yield desk
    desk.close()


@pytest.fixture
def chair(tmp_path: Path, seats: SimulatedDesk) -> Iterator[Chair]:
    """A fresh case."""
    seats.sitter.show("person")
    settings = replace(settings_for(tmp_path / "home", seats), portrait=seats.portrait_address)
    with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "708152")
        clerk = place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
        case = place.flows.greet.start(clerk, "hebei-death").case_uuid
        yield Chair(place, clerk, case, seats)


def test_a_photo_is_taken_cut_at_its_size_and_filed_where_it_is_asked_for(chair: Chair) -> None:
    assert (chair.slot().photo, chair.slot().persons, chair.slot().status) == ("id", 1, "missing")
    taken = chair.photos.take(chair.clerk, chair.case, SLOT)
    assert taken.verdict is None
    assert chair.slot().status == "captured"
    with Pillow.open(io.BytesIO(chair.filed())) as opened:
        assert (opened.format, opened.size, opened.info["dpi"]) == ("JPEG", (358, 441), (350, 350))
    shown = chair.place.flows.capture_page.page_image(chair.slot().evidence_id or "")
    assert shown.shape == (441, 358, 3)
    assert len(portrait.find_faces(shown)) == 1


@pytest.mark.parametrize(("who", "verdict"), [("two", "portrait.too_many"), ("tilted", "portrait.tilted")])
def test_what_will_not_do_is_said_and_not_filed(chair: Chair, who: str, verdict: str) -> None:
    chair.simulated.sitter.show(who)
    live = chair.photos.look(chair.photos.preview(640), "id", 1)
    assert live.verdict == verdict
    assert chair.photos.take(chair.clerk, chair.case, SLOT).verdict == verdict
    assert chair.slot().status == "missing"


def test_the_live_look_says_that_all_is_well_and_where_the_photo_will_be(chair: Chair) -> None:
    live = chair.photos.look(chair.photos.preview(640), "id", 1)
    assert live.verdict is None
    (quad,) = live.quads
    assert abs(sum(x for x, _ in quad) / 4 - 0.5) < 0.03
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in quad)


def test_a_second_photo_takes_the_place_of_the_first_and_undo_brings_it_back(chair: Chair) -> None:
    chair.photos.take(chair.clerk, chair.case, SLOT)
    first = chair.slot().evidence_id
    chair.photos.take(chair.clerk, chair.case, SLOT)
    assert chair.slot().evidence_id != first
    chair.place.flows.fill.undo(chair.clerk, chair.case)
    assert chair.slot().evidence_id == first


def test_a_brought_picture_is_cut_and_one_that_is_a_photo_already_loses_only_what_a_telephone_wrote_into_it(
        chair: Chair, tmp_path: Path) -> None:
    wide = _picture(tmp_path / "wide.jpg", sitting([(500, 500, 240)], "brought"))
    assert chair.photos.import_file(chair.clerk, chair.case, SLOT, wide).verdict is None
    cut = chair.filed()
    exif = Pillow.Exif()
    exif[0x010F], exif[0x8825] = "telephone", {1: "N", 2: (38.0, 2.0, 1.0)}
    ready = tmp_path / "ready.jpg"
    with Pillow.open(io.BytesIO(cut)) as opened:
        opened.save(ready, quality=95, exif=exif)
    assert chair.photos.import_file(chair.clerk, chair.case, SLOT, ready).verdict is None
    with Pillow.open(io.BytesIO(chair.filed())) as kept, Pillow.open(io.BytesIO(cut)) as before:
        assert dict(kept.getexif()) == {}
        assert kept.size == before.size
        assert np.abs(np.asarray(kept, int) - np.asarray(before, int)).mean() < 2


@pytest.mark.parametrize(("spoil", "verdict"), [
    (lambda photo: photo.filter(ImageFilter.GaussianBlur(3)), "portrait.blurred"),
    (lambda photo: photo.point(lambda v: v * 0.18), "portrait.dark"),
    (lambda photo: photo.point(lambda v: min(255, v * 3)), "portrait.burnt")], ids=["blurred", "dark", "burnt"])
def test_a_photo_that_is_ready_but_cannot_be_seen_well_is_not_filed(
        chair: Chair, tmp_path: Path, spoil: Callable[[Pillow.Image], Pillow.Image], verdict: str) -> None:
    chair.photos.take(chair.clerk, chair.case, SLOT)
    cut = chair.filed()
    with Pillow.open(io.BytesIO(cut)) as photo:
        spoil(photo).save(tmp_path / "spoilt.jpg", quality=95)
    assert chair.photos.import_file(chair.clerk, chair.case, SLOT, tmp_path / "spoilt.jpg").verdict == verdict
    assert chair.filed() == cut


@pytest.mark.parametrize(("turn", "said"), [(90, 6), (180, 3), (270, 8)])
def test_a_telephone_held_any_way_gives_an_upright_photo(chair: Chair, tmp_path: Path, turn: int, said: int) -> None:
    exif = Pillow.Exif()
    exif[0x112] = said
    with Pillow.open(_picture(tmp_path / "wide.jpg", sitting([(500, 500, 240)], "brought"))) as upright:
        upright.rotate(turn, expand=True).save(tmp_path / "turned.jpg", quality=95, exif=exif)
    assert chair.photos.import_file(chair.clerk, chair.case, SLOT, tmp_path / "turned.jpg").verdict is None
    shown = chair.place.flows.capture_page.page_image(chair.slot().evidence_id or "")
    (face,) = portrait.find_faces(shown)
    assert abs(face.tilt) < 4
    assert face.mouth[1] > face.eyes[0][1]


def test_a_printed_photo_under_the_document_camera_is_filed_upright_with_its_untouched_picture(chair: Chair) -> None:
    chair.simulated.lay_papers("print")
    assert chair.photos.take_print(chair.clerk, chair.case, "other.deceased_photo").verdict is None
    with Pillow.open(io.BytesIO(chair.filed("other.deceased_photo"))) as opened:
        assert opened.size == (2592, 1944)
    shown = chair.place.flows.capture_page.page_image(chair.slot("other.deceased_photo").evidence_id or "")
    assert shown.shape[0] > shown.shape[1]
    (face,) = portrait.find_faces(shown)
    assert abs(face.tilt) < 6


def test_an_empty_desk_has_no_printed_photo(chair: Chair) -> None:
    chair.simulated.clear_desk()
    assert chair.photos.take_print(chair.clerk, chair.case, SLOT).verdict == "portrait.no_face"
    assert chair.slot().status == "missing"


def test_only_a_slot_that_asks_for_a_photo_takes_one(chair: Chair) -> None:
    with pytest.raises(ValueError, match="asks for no photo"):
        chair.photos.take(chair.clerk, chair.case, "id_card_front.agent")


def test_without_the_detector_the_live_look_says_so(chair: Chair, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = chair.photos.preview(640)
    monkeypatch.setattr(portrait, "PACKAGE", "face-detection-that-nobody-installed")
    portrait.detector.cache_clear()
    try:
        assert chair.photos.look(frame, "id", 1).verdict == "portrait.no_detector"
    finally:
        portrait.detector.cache_clear()


def test_the_photo_of_a_captured_identity_card_can_be_shown(chair: Chair) -> None:
    card = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk" / "mother_card_front.jpg"
    (page,) = chair.place.flows.capture_page.import_file(chair.clerk, chair.case, card).pages
    photo = chair.photos.card_photo(page.evidence_id)
    assert photo is not None
    whole = chair.place.flows.capture_page.page_image(page.evidence_id)
    assert 0.3 < photo.shape[1] / whole.shape[1] < 0.4

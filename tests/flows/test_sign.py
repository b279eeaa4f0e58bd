"""The signature: kept with its strokes and the hash of exactly what was read, from the screen or from a pad."""

import hashlib
import json
import threading
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from db import attachments, evidence
from desktop.flows.sign import STROKES_SLOT, EmptySignature, SheetChanged, Stroke, StrokePoint, TooShort, is_name
from hardware.faults import DeviceFault, FaultCode
from hardware.simulated.signature_service import SimulatedSignatureService
from tests.contracts.test_signature_pad import written
from tests.flows.conftest import Counter
from tests.homes import STROKES


def kept(counter: Counter) -> tuple[dict[str, object], bytes]:
    with counter.place.desk.store.reading() as tx:
        pieces = {piece.slot: piece for piece in evidence.for_case(tx, counter.case)}
        return json.loads(attachments.get(tx, pieces[STROKES_SLOT].sha256)), attachments.get(tx, pieces["signature"].sha256)


def test_the_evidence_binds_text_picture_strokes_clerk_time_and_device(ready: Counter) -> None:
    sheet = ready.flows.sign.sheet(ready.clerk, ready.case)
    assert ready.flows.sign.sign(ready.clerk, ready.case, sheet.digest, STROKES, written(), "screen/pen").signed
    said, png = kept(ready)
    assert png == written()
    assert said == {
        "signed_sha256": hashlib.sha256(sheet.text.encode()).hexdigest(), "png_sha256": hashlib.sha256(png).hexdigest(),
        "clerk": ready.clerk.user_id, "window": "3", "device": "screen/pen", "at": ready.clock.now.isoformat(),
        "strokes": [[[point.x, point.y, point.pressure, point.ms] for point in stroke] for stroke in STROKES]}


def test_any_change_of_a_signed_field_asks_for_another_signature(ready: Counter) -> None:
    ready.sign()
    for key, value in (("applicant_phone", "13900000000"), ("newborn_name", "陈样安")):
        sheet = ready.flows.sign.sheet(ready.clerk, ready.case)
        assert ready.flows.fill.answer(ready.clerk, ready.case, key, value).signed_stale
        with pytest.raises(SheetChanged):
            ready.flows.sign.sign(ready.clerk, ready.case, sheet.digest, STROKES, written())
        assert not ready.sign().signed_stale


@pytest.mark.parametrize(("points", "fault"), [
    ([], EmptySignature),
    ([(0.5, 0.5)], TooShort),
    ([(0.5, 0.5), (0.51, 0.5), (0.5, 0.51), (0.51, 0.51)], TooShort),
    ([(0.5 + step % 2 / 50, 0.5) for step in range(40)], TooShort),
], ids=["nothing", "a dot", "a slip", "scribbling on one spot"])
def test_what_cannot_be_a_name_is_asked_for_again(ready: Counter, points: list[tuple[float, float]], fault: type[Exception]) -> None:
    strokes: tuple[Stroke, ...] = (tuple(StrokePoint(x, y, 0.5, 0) for x, y in points),) if points else ()
    assert not is_name(strokes)
    sheet = ready.flows.sign.sheet(ready.clerk, ready.case)
    with pytest.raises(fault):
        ready.flows.sign.sign(ready.clerk, ready.case, sheet.digest, strokes, written())
    assert not ready.view().signed


def test_a_signature_comes_from_a_pad_too_and_a_dot_on_it_does_not(ready: Counter) -> None:
    service = SimulatedSignatureService()
    before = ready.flows.sign.has_pad
    ready.place.desk.devices.signature.point_to(service.address)
    assert (before, ready.flows.sign.has_pad) == (False, True)
    sheet = ready.flows.sign.sheet(ready.clerk, ready.case)
    dot = Image.new("L", (600, 250), 255)
    ImageDraw.Draw(dot).ellipse([300, 120, 308, 128], fill=0)
    stream = BytesIO()
    dot.save(stream, "PNG")
    threading.Timer(0.1, service.sign, [stream.getvalue()]).start()
    with pytest.raises(TooShort):
        ready.flows.sign.sign_on_pad(ready.clerk, ready.case, sheet.digest, 3)
    threading.Timer(0.1, service.sign, [written()]).start()
    assert ready.flows.sign.sign_on_pad(ready.clerk, ready.case, sheet.digest, 3).signed
    said, png = kept(ready)
    assert (said["device"], said["strokes"], png) == (f"pad {service.address}", [], written())
    with pytest.raises(DeviceFault) as nobody:
        ready.flows.sign.sign_on_pad(ready.clerk, ready.case, sheet.digest, 0.2)
    assert nobody.value.code is FaultCode.TIMEOUT
    threading.Timer(0.2, ready.flows.sign.stop_pad).start()
    with pytest.raises(DeviceFault) as stopped:
        ready.flows.sign.sign_on_pad(ready.clerk, ready.case, sheet.digest, 30)
    assert stopped.value.code is FaultCode.CANCELLED
    service.close()

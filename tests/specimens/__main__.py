"""`python -m tests.specimens [FOLDER]` writes the demo's scenes, `… sitter FOLDER` the face before its portrait camera,
`… views FROM TO FOLDER` numbered camera views, `… score` measures.
"""

import sys
from pathlib import Path

from hardware.opencv import cv2
from tests.specimens import score
from tests.specimens.demo import demo_scenes
from tests.specimens.faces import sitting
from tests.specimens.scenes import jpeg
from tests.specimens.sheet import all_faces
from tests.specimens.views import shot


def write_demo(folder: Path) -> None:
    """The scenes of the demo."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, scene in demo_scenes().items():
        (folder / f"{stem}.jpg").write_bytes(jpeg(scene))
        print(f"{stem}.jpg {(folder / f'{stem}.jpg').stat().st_size // 1024} KB")


def write_sitter(folder: Path) -> None:
    """Who sits before the demo's portrait camera."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = sitting([(640, 470, 270)], "demo")
    (folder / "person.jpg").write_bytes(cv2.imencode(".jpg", drawn.image, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes())


def write_views(first: int, last: int, folder: Path) -> None:
    """Views first..last-1 as JPEG, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, last):
        taken = shot(number, all_faces())
        (folder / f"{number:04d}_{taken.condition}_{taken.desk}.jpg").write_bytes(jpeg(taken.scene))


words = sys.argv[1:]
match words:
    case ["score", *rest]:
        sys.exit(score.main(rest))
    case ["views", start, end, where]:
        write_views(int(start), int(end), Path(where))
    case ["sitter", where]:
        write_sitter(Path(where))
    case _:
        write_demo(Path(words[0]) if words else Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk")

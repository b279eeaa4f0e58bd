"""Write the demo's desk scenes: `python -m tests.specimens [FOLDER]`."""

import sys
from pathlib import Path

from tests.specimens.demo import demo_scenes
from tests.specimens.scenes import jpeg

home = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"
folder = Path(sys.argv[1]) if len(sys.argv) > 1 else home
folder.mkdir(parents=True, exist_ok=True)
for stem, scene in demo_scenes().items():
    (folder / f"{stem}.jpg").write_bytes(jpeg(scene))
    print(f"{stem}.jpg {(folder / f'{stem}.jpg').stat().st_size // 1024} KB")

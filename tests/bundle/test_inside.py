"""Whose modules may be in the bundle."""

import pytest

from tests.bundle import inside

ASKED_FOR = frozenset({"numpy", "httpx"})


def test_pythons_modules_ours_and_those_of_wheels_asked_for_are_no_strangers() -> None:
    assert inside.strangers(["json", "asyncio.events", "desktop.app", "db.store", "resources", "numpy", "numpy._core.multiarray", "httpx",
                             "pyimod02_importers", "_pyi_rth_utils.qt", "_sysconfigdata__linux_x86_64-linux-gnu"], ASKED_FOR) == ()


@pytest.mark.parametrize(("module", "told"), [
    ("hypothesis.core", "hypothesis"), ("_pytest.outcomes", "_pytest"), ("mypy.nodes", "mypy"), ("tests.homes", "tests"), ("ruff", "ruff"),
    ("unittest.mock", "unittest"), ("doctest", "doctest"), ("nobody_knows_this", "nobody_knows_this"),
    ("reportlab.lib", "reportlab"),
])  # fmt: skip
def test_whatever_nobody_asked_for_is_named(module: str, told: str) -> None:
    assert inside.strangers(["json", module, f"{module}.more"], ASKED_FOR) == (told,)


def test_the_program_asks_for_its_own_libraries_and_not_for_those_of_its_tests() -> None:
    asked = inside.wheels_asked_for()
    assert {"numpy", "pyside6-essentials", "tomli", "sqlcipher3", "h11", "pyusb"} <= asked
    assert not {"pytest", "hypothesis", "mypy", "ruff", "fastapi", "pyinstaller"} & asked

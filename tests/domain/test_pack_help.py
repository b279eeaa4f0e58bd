"""What the help says of packs is what the program does."""

import re
import tomllib
from pathlib import Path

import pytest

import resources
from desktop.domain import checks, pack_words
from desktop.domain.themes import PackError, parse_pack
from tests.domain import make_pack_help

TEXT = (Path(resources.__file__).parent / "themes/hebei-newborn/2023.toml").read_text("utf-8")
HELP = make_pack_help.HELP.read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", HELP, re.DOTALL)


def test_every_key_of_a_pack_is_explained_and_no_other() -> None:
    said = make_pack_help.words()
    assert {model.__name__: set(model.model_fields) for model in make_pack_help.models()} == {
        name: {key for key in keys if not key.startswith("_")} for name, keys in said.items() if name != "checks"}
    assert set(said["checks"]) == set(checks.CHECKS)


def test_the_reference_is_what_the_program_knows_today() -> None:
    assert make_pack_help.whole() == HELP, "run python -m tests.domain.make_pack_help"


def test_every_source_of_the_help_is_one_a_pack_may_write() -> None:
    pack = parse_pack(TEXT, "2023.toml")
    for example, form, _ in make_pack_help._SOURCES:
        assert pack_words.source(pack, example) != example, form
    written_in = [example for example, _, _ in make_pack_help._SOURCES if not example.startswith(("copy", "slot"))]
    changed = TEXT.replace('sources = ["paper:household_register_home.address"]', f"sources = {written_in}", 1)
    assert parse_pack(changed, "x.toml").by_key["hukou_address"].sources == tuple(written_in)


def written() -> str:
    """The made-up county of the help: its first lines put in the place of Hebei's, the rest put at the end."""
    first, *others = EXAMPLES
    text = TEXT
    for key, value in tomllib.loads(first).items():
        line = next(line for line in first.splitlines() if line.startswith(f"{key} ="))
        text = re.sub(rf"^{key} = .*$", line, text, count=1, flags=re.MULTILINE)
        assert str(value) in text
    return text + "\n" + "\n".join(others)


def test_the_example_of_the_help_is_a_pack_that_can_be_used() -> None:
    pack = parse_pack(written(), "yunxi-newborn/2026.toml")
    assert (pack.id, pack.version, pack.short_title) == ("yunxi-newborn", "2026", "云溪新生儿")
    assert pack.materials[-1].name == "居住证"
    assert pack.conditions[-1].when == "parents_in_province || holds_residence_permit"
    assert "holds_residence_permit" in pack.by_key


_USES = '{}\nhandling = "return"\n\n[[materials.slots]]\ndoc_type = "other"\ntag = "residence'


@pytest.mark.parametrize(("right", "wrong", "path"), [
    ("form_title =", "form_titel =", "form_titel"),
    (_USES.format('used_by = ["m_hukou"]'), _USES.format('used_by = ["m_hukuo"]'), "materials[6].used_by"),
    ("|| holds_residence", "|| hold_residence", "conditions[3].when")])
def test_a_slip_in_the_example_is_told_with_its_line(right: str, wrong: str, path: str) -> None:
    text = written()
    assert right in text
    with pytest.raises(PackError) as caught:
        parse_pack(text.replace(right, wrong, 1), "x.toml")
    assert any(mistake.path.startswith(path) and mistake.line for mistake in caught.value.mistakes)

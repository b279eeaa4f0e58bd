"""Code tables as one frozen value: regions, code sets, a county's own lists. Reading the files is the caller's.

Region codes are GB/T 2260 six digits. An abolished or unknown code is no fault of the citizen: nothing here refuses.
"""

import csv
import io
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from desktop.domain import spelling

CODESETS = ("sex", "id_type", "household_type", "country", "nation", "relation", "marital")
"""Lists of resources/codes/codesets.toml a field may name."""
LOCAL_LISTS = ("local:banks", "local:outlets")
"""Lists that depend on the county and on earlier answers; a field may name them as its codeset."""
LOOKUPS = ("medins_division_name", "medins_division_code", "only_bank", "only_outlet")
"""Tables a source may name: `lookup:<table>(<key>)`."""


@dataclass(frozen=True)
class Region:
    """One place of the region table."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True)
class Division:
    """One 基层医保区划: an address of `county` that holds `match` belongs to it."""

    county: str
    match: str
    name: str
    code: str


@dataclass(frozen=True)
class Bank:
    """A bank that issues social-security cards in `county`, and where they are collected."""

    county: str
    name: str
    outlets: tuple[str, ...]


@dataclass(frozen=True)
class Codes:
    """Everything that is looked up, never computed."""

    regions: Mapping[str, Region] = field(default_factory=dict)
    printed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Code set -> what a chip, a standard or a paper calls it -> as the form prints it."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Code set -> the values as printed, in the order clerks expect."""
    divisions: tuple[Division, ...] = ()
    banks: tuple[Bank, ...] = ()
    _by_first: Mapping[str, tuple[Region, ...]] = field(default_factory=dict, repr=False)
    _above: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _found: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def region_name(self, code: str, *, full: bool = True) -> str:
        """`河北省邢台市巨鹿县`, or only the last part; the code itself when it is unknown."""
        region = self.regions.get(code)
        if region is None:
            return code
        return (self.region_name(region.parent) if full and region.parent else "") + region.name

    def region_in(self, address: str) -> str | None:
        """The deepest region an address names; None when it names none or could mean several.

        What the address says of the places above decides: `朝阳区` alone is ambiguous, `北京市朝阳区` is not. Short forms (`河北巨鹿`)
        count when a place above is named too.
        """
        if address not in self._found:
            if len(self._found) > 256:                # a case asks for the same few addresses after every keystroke
                self._found.clear()
            bare = spelling.address(address)
            self._found[address] = self._deepest(bare, _full, 0) or self._deepest(bare, _short, 1)
        return self._found[address]

    def _deepest(self, address: str, spelling: Callable[[str], str], least: int) -> str | None:
        named = {region.code: spelling(region.name) for first in set(address) for region in self._by_first.get(first, ())
                 if spelling(region.name) in address}
        words = set(named.values())
        inside = {word for word in words if any(word != other and word in other for other in words)}
        holders = {parent for code in named for parent in self._above.get(code, ())}
        found = []
        for code, word in named.items():
            above = sum(parent in named and named[parent] != word for parent in self._above.get(code, ()))
            if word in inside and not above:
                continue
            if code not in holders:
                found.append((-above, address.index(word), code))
        found.sort()
        if not found or -found[0][0] < least or (len(found) > 1 and found[0][:2] == found[1][:2]):
            return None
        return found[0][2]

    def as_printed(self, codeset: str, value: str) -> str:
        """What the form prints for a code or another spelling; the value itself when the set does not know it."""
        return self.printed.get(codeset, {}).get(value, value)

    def list_for(self, codeset: str, county: str, bank: str = "") -> tuple[str, ...]:
        """The choices of a code set; local lists for a county (and the outlets of one bank)."""
        if codeset == "local:banks":
            return tuple(entry.name for entry in self.banks if entry.county == county)
        if codeset == "local:outlets":
            return tuple(outlet for entry in self.banks if entry.county == county and bank in {"", entry.name}
                         for outlet in entry.outlets)
        return self.choices.get(codeset, ())

    def look_up(self, table: str, key: str, county: str) -> str | None:
        """One value of a local table; None when it does not say, or says more than one."""
        if table.startswith("medins_division"):
            home = self.region_in(key) or county
            found = [entry for entry in self.divisions if entry.county == home and entry.match in key]
            if not found:
                return None
            best = max(found, key=lambda entry: len(entry.match))
            return best.name if table == "medins_division_name" else best.code
        if table == "only_bank":
            names = self.list_for("local:banks", key)
        elif table == "only_outlet":
            names = self.list_for("local:outlets", county, key)
        else:
            raise KeyError(table)
        return names[0] if len(names) == 1 else None


EMPTY = Codes()


def _full(name: str) -> str:
    return name


def _short(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "省市县区旗" else name


def from_texts(texts: Mapping[str, str]) -> Codes:
    """Codes from the files of resources/codes, by file name; a file that is absent leaves its table empty.

    Later county files of the same name simply take the place of the earlier text before this is called. Raises ValueError (also
    tomllib.TOMLDecodeError, which is one) or KeyError for a broken table.
    """
    regions = {row["code"]: Region(row["code"], row["name"], row["parent"])
               for row in csv.DictReader(io.StringIO(texts.get("regions.csv", "")))}
    if "regions.csv" in texts and not regions:
        raise ValueError("regions.csv: no rows with code, name and parent")
    by_first: dict[str, tuple[Region, ...]] = {}
    above: dict[str, tuple[str, ...]] = {}
    for region in regions.values():                   # parents stand before their children
        above[region.code] = (region.parent, *above.get(region.parent, ())) if region.parent else ()
        by_first[region.name[0]] = (*by_first.get(region.name[0], ()), region)
    sets: Mapping[str, Any] = tomllib.loads(texts.get("codesets.toml", ""))
    divisions = tomllib.loads(texts.get("medical_insurance_divisions.toml", "")).get("division", ())
    banks = tomllib.loads(texts.get("social_security_banks.toml", "")).get("bank", ())
    return Codes(
        regions=MappingProxyType(regions),
        printed={name: {spelling: item["printed"] for item in table["items"] for spelling in (item["printed"], *item["codes"])}
                 for name, table in sets.items()},
        choices={name: tuple(item["printed"] for item in table["items"]) for name, table in sets.items()},
        divisions=tuple(Division(entry["county"], entry["match"], entry["name"], entry["code"]) for entry in divisions),
        banks=tuple(Bank(entry["county"], entry["name"], tuple(entry["outlets"])) for entry in banks),
        _by_first=by_first, _above=above,
    )

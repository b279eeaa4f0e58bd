"""Who this PC is to the province: the installation id, made once, and the ticket that each sign-on changes.

The ticket is what tells a cloned disk from its original: both hold the same one, the first to sign on gets the next, and the
other's is stale from then on. Wire: resources/platform/openapi.yaml, POST /v1/terminals/sign-on.
"""

import json
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from db.faults import StoreFault, from_os
from desktop.station.files import write_whole

FILE = "station.json"


@dataclass(frozen=True)
class Identity:
    """This installation."""

    installation_id: str
    ticket: str = ""
    """From the last sign-on; empty before the first."""
    asked: str = ""
    """Id of the sign-on that is under way: asked again with it, the province gives the same answer again."""


def read_identity(home: Path) -> Identity | None:
    """None before the first start. Raises StoreFault: `station.broken` when the file is no identity."""
    try:
        table = json.loads((home / FILE).read_text("utf-8"))
        return Identity(**table)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error) from error
    except (ValueError, TypeError) as error:
        raise StoreFault("station.broken", FILE) from error


def keep_identity(home: Path, identity: Identity) -> Identity:
    """Raises StoreFault."""
    write_whole(home / FILE, json.dumps(asdict(identity), indent=1).encode())
    return identity


def identity_of(home: Path) -> Identity:
    """The identity, made when there is none yet. Raises StoreFault."""
    return read_identity(home) or keep_identity(home, Identity(installation_id=str(uuid.uuid4())))


def asking(home: Path) -> Identity:
    """Before a sign-on: its id is on the disk before it leaves, so that a lost answer can be asked for again."""
    identity = identity_of(home)
    return identity if identity.asked else keep_identity(home, replace(identity, asked=str(uuid.uuid4())))


def signed_on(home: Path, ticket: str) -> Identity:
    """After it: the next ticket."""
    return keep_identity(home, replace(identity_of(home), ticket=ticket, asked=""))


def renewed(home: Path) -> Identity:
    """Another installation from now on: this disk is a copy, or what it held was one. Also in the place of a broken file."""
    return keep_identity(home, Identity(installation_id=str(uuid.uuid4())))

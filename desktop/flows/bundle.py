"""The flows a window is handed: one of each, already at its desk."""

from dataclasses import dataclass

from desktop.flows.accept import Accept
from desktop.flows.browse_themes import BrowseThemes
from desktop.flows.capture_page import CapturePage
from desktop.flows.close_day import CloseDay
from desktop.flows.confirm_date import ConfirmDate
from desktop.flows.correct import Correct
from desktop.flows.fill import Fill
from desktop.flows.follow import Follow
from desktop.flows.greet import Greet
from desktop.flows.material_papers import MaterialPapers
from desktop.flows.people import People
from desktop.flows.print_papers import PrintPapers
from desktop.flows.rate import Rate
from desktop.flows.read_card import ReadCard
from desktop.flows.search import Search
from desktop.flows.sign import Sign
from desktop.flows.sign_in import SignIn
from desktop.flows.take_portrait import TakePortrait
from desktop.flows.tend_devices import TendDevices


@dataclass(frozen=True)
class Flows:
    """Everything a clerk can do."""

    sign_in: SignIn
    people: People
    greet: Greet
    fill: Fill
    read_card: ReadCard
    capture_page: CapturePage
    sign: Sign
    accept: Accept
    print_papers: PrintPapers
    correct: Correct
    search: Search
    follow: Follow
    close_day: CloseDay
    devices: TendDevices
    browse_themes: BrowseThemes
    rate: Rate
    material_papers: MaterialPapers
    take_portrait: TakePortrait
    confirm_date: ConfirmDate

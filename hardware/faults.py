"""The one exception a device may raise, and every reason it may give.

How a fault sounds to the clerk, and what to do about it, stands in resources/wording.toml under the same code.
"""

from enum import StrEnum


class FaultCode(StrEnum):
    """Why a device could not do what was asked. The value is the key of its sentence in wording.toml."""

    NOT_CONNECTED = "device.not_connected"      # port absent, address refused, cable out
    BUSY = "device.busy"                        # another program holds it
    DENIED = "device.denied"                    # it is there, but this computer's user may not use it
    TIMEOUT = "device.timeout"                  # it was asked and stayed silent
    BAD_ANSWER = "device.bad_answer"            # it answered, but not in its protocol
    UNSUPPORTED = "device.unsupported"          # the device or the build cannot do this at all
    CANCELLED = "device.cancelled"              # the caller gave up
    NO_CARD = "reader.no_card"                  # nothing lies on the reader
    CARD_REFUSED = "reader.card_refused"        # the card did not let itself be selected: lift it and put it back
    CARD_LOST = "reader.card_lost"              # taken away while it was being read
    CARD_UNKNOWN = "reader.card_unknown"        # a card of a kind the module does not know
    SAM_FAILED = "reader.sam_failed"            # the security module failed its self-test or is not authorised
    NO_FRAME = "camera.no_frame"                # open, but no picture comes
    PAPER_OUT = "printer.paper_out"
    PAPER_NEAR_END = "printer.paper_near_end"
    COVER_OPEN = "printer.cover_open"
    PRINTER_OFFLINE = "printer.offline"
    CUTTER = "printer.cutter"                   # the knife is stuck, mostly on a scrap of paper
    PRINTER_ERROR = "printer.error"             # an error it does not explain: head too hot, electronics
    NOT_CONFIRMED = "printer.not_confirmed"     # bytes went out, but the printer never said that it printed them
    JAMMED = "scanner.jammed"
    NO_DOCS = "scanner.no_docs"                 # the feeder is empty
    SEVERAL = "scanner.several"                 # several are there and the settings name none of them
    SCANNER_COVER = "scanner.cover_open"
    PAGE_TORN = "scanner.page_torn"             # a page ended before its last line
    QUEUE_STOPPED = "paper_printer.stopped"     # the system's queue takes no jobs or holds them back
    DLL_MISSING = "device.library_missing"      # the maker's library is not where the settings say
    DLL_CRASHED = "device.library_crashed"      # it took its helper process down; the window lives on


class DeviceFault(Exception):
    """A device could not do what was asked.

    `code` is for the clerk's sentence, `detail` for the log (no personal data). `sent` is for printers: True when bytes of
    the job had gone out, so that some of it may be on paper; False when surely nothing was printed.
    """

    def __init__(self, code: FaultCode, detail: str = "", *, sent: bool = False) -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail
        self.sent = sent

"""An eSCL ("AirScan") scanner on 127.0.0.1, after the Mopria eSCL specification 2.1: what sane-airscan needs of one, no more.

SANE's own backends are the clients; this is the device. Glass, and a feeder with `sheets`.
"""

import io
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

_NAMES = 'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"'
_INPUT = """<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2480</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight>
<scan:MaxHeight>3508</scan:MaxHeight><scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>image/png</pwg:DocumentFormat><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:DocumentFormatExt>image/png</scan:DocumentFormatExt><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
</scan:DocumentFormats><scan:SupportedResolutions><scan:DiscreteResolutions>{resolutions}</scan:DiscreteResolutions>
</scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>"""
_ONE = "<scan:DiscreteResolution><scan:XResolution>{0}</scan:XResolution><scan:YResolution>{0}</scan:YResolution></scan:DiscreteResolution>"


class EsclScanner:
    """Serves http://127.0.0.1:port/eSCL until closed. `state` is the feeder's, as in ScannerStatus."""

    def __init__(self, sheets: int = 3, state: str = "ScannerAdfLoaded") -> None:
        self.sheets, self.state = sheets, state
        self.left = 0
        self.picture = b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self._server.daemon_threads = True
        self._server.scanner = self  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def begin(self, wish: str) -> bool:
        """A scan job; False when the feeder cannot."""
        fed = "Feeder" in wish
        if fed and self.state != "ScannerAdfLoaded":
            return False
        self.left = self.sheets if fed else 1

        def told(name: str) -> int:
            found = re.search(rf"{name}>(\d+)<", wish)
            assert found, f"no {name} in {wish}"
            return int(found[1])

        size = (round(told("Width") * told("XResolution") / 300), round(told("Height") * told("YResolution") / 300))
        held = io.BytesIO()
        kind = "JPEG" if "image/jpeg" in wish else "PNG"
        Image.new("RGB" if "RGB24" in wish else "L", size, 200 if "Gray" in wish else (200, 10, 10)).save(held, kind)
        self.picture, self.kind = held.getvalue(), f"image/{kind.lower()}"
        return True

    def close(self) -> None:
        """Switch it off."""
        self._server.shutdown()
        self._server.server_close()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def scanner(self) -> EsclScanner:
        device: EsclScanner = self.server.scanner  # type: ignore[attr-defined]
        return device

    def do_GET(self) -> None:
        if self.path.endswith("/ScannerCapabilities"):
            inside = _INPUT.format(resolutions="".join(_ONE.format(dpi) for dpi in (75, 150, 300)))
            self._xml("ScannerCapabilities", "<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Desk eSCL</pwg:MakeAndModel>"
                      f"<scan:Platen><scan:PlatenInputCaps>{inside}</scan:PlatenInputCaps></scan:Platen>"
                      f"<scan:Adf><scan:AdfSimplexInputCaps>{inside}</scan:AdfSimplexInputCaps></scan:Adf>")
        elif self.path.endswith("/ScannerStatus"):
            self._xml("ScannerStatus", "<pwg:Version>2.63</pwg:Version><pwg:State>Idle</pwg:State>"
                      f"<scan:AdfState>{self.scanner.state}</scan:AdfState>")
        elif self.path.endswith("/NextDocument") and self.scanner.left:
            self.scanner.left -= 1
            self._send(200, self.scanner.picture, self.scanner.kind)
        else:
            self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        wish = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.scanner.begin(wish):
            self._send(201, b"", "text/plain", f"http://127.0.0.1:{self.scanner.port}/eSCL/ScanJobs/1")
        else:
            self._send(409, b"", "text/plain")

    def do_DELETE(self) -> None:
        self.scanner.left = 0
        self._send(200, b"", "text/plain")

    def _xml(self, root: str, inside: str) -> None:
        self._send(200, f'<?xml version="1.0" encoding="UTF-8"?><scan:{root} {_NAMES}>{inside}</scan:{root}>'.encode(), "text/xml")

    def _send(self, status: int, body: bytes, kind: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nobody reads it."""

"""The document-camera maker's local service as far as it reads cards: the documented answers, over HTTP on 127.0.0.1."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hardware.readings import IdCard

PICTURE = b"\xff\xd8 stand-in \xff\xd9"


class CardService:
    """`newer` gives the picture as images[0].base64; `answers` replaces the answer to a call by raw bytes or an object."""

    def __init__(self, newer: bool = False) -> None:
        self.newer = newer
        self.card: IdCard | None = None
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, Any]] = []
        self.port = 0
        self.start()

    def start(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                call = self.path.lstrip("/")
                service.asked.append((call, body))
                told = service.answers.get(call, service.told(call))
                raw = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def lay(self, card: IdCard) -> None:
        self.card = card

    def lift(self) -> None:
        self.card = None

    def told(self, call: str) -> dict[str, Any]:
        if call == "device=getequipmenttype":
            return {"code": "0", "data": "S920A3"}
        card = self.card
        if call != "card=idcard" or card is None:
            return {"code": "-1", "message": "读卡失败"}
        info = {
            "name": card.name, "sex": {"1": "男", "2": "女"}[card.sex], "address": card.address or "",
            "birthday": f"{card.birth_date:%Y年%m月%d日}", "cardID": card.number, "issueOrgan": card.authority or "",
            "validStart": f"{card.valid_from:%Y%m%d}",
            "validEnd": "长期" if card.long_term else f"{card.valid_to:%Y%m%d}", "nationCode": card.nation or "",
        }  # fmt: skip
        if card.type != "resident":
            flag = {"hmt_permit": "J", "foreigner_2017": "I", "foreigner_2023": "Y"}[card.type]
            info |= {"cardType": flag, "englishName": card.english_name or "", "country": card.country or "",
                     "passID": card.pass_number or ""}
        picture = base64.b64encode(PICTURE).decode()
        return {"code": "0", "IDCardInfo": info, "images": [{"base64": picture}]} if self.newer else {
            "code": "0", "IDCardInfo": info | {"photoBase64": picture}}

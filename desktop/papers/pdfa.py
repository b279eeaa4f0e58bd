"""PDF/A-2u by hand: objects, XMP that says what Info says, an embedded sRGB profile, one embedded face, the trailer.

Pages and what is drawn on them come from outside. No transparency, no encryption, no scripts, and the same input gives the same bytes.
"""

import functools
import hashlib
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

from PIL import ImageCms

from desktop.domain.hall_time import local
from desktop.papers import fonts

PRODUCER = "Oncedesk"
_WIDE, _NARROW = "国", "0"
"""Glyphs whose width stands for any character of the text layer; nothing of it is ever drawn."""
_NONCHARACTERS = range(0xFDD0, 0xFDF0)
_LATIN_BELOW = 0x2E80


@dataclass(frozen=True)
class About:
    """What the document says of itself; no personal data belongs here."""

    title: str
    subject: str
    made: datetime
    """Aware."""
    language: str = "zh-CN"


@dataclass
class Page:
    """One page in the making: sizes in points, origin at the lower left."""

    width: float
    height: float
    content: list[bytes] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    """Object numbers, drawn as /I0, /I1 …"""


class Face:
    """One Type 0 font for all text: drawn text by its glyphs, the text layer by any character there is, drawn or not.

    Codes up to the last glyph are glyphs; each further character of the text layer gets the next code, which borrows a glyph of its width.
    """

    def __init__(self, drawn: str) -> None:
        self._subset = fonts.subset("".join(dict.fromkeys(_WIDE + _NARROW + "□" + drawn)))
        self._layer: dict[str, int] = {}

    def shown(self, text: str) -> tuple[bytes, float]:
        """Codes of text that is drawn, in hexadecimal, and its width at size 1; what the face lacks is drawn as a box."""
        glyphs = [self._subset.glyphs.get(character, self._subset.glyphs["□"]) for character in text]
        return _codes(glyphs), sum(self._subset.widths[glyph] for glyph in glyphs) / 1000

    def hidden(self, text: str) -> tuple[bytes, float]:
        """The same for text that is only searched and copied."""
        codes = [self._layer.setdefault(character, len(self._subset.widths) + len(self._layer)) for character in text]
        return _codes(codes), sum(self._subset.widths[self._stand_in(character)] for character in text) / 1000

    def write(self, into: "Writer") -> int:
        """The font's objects, once everything was said; the font's number."""
        subset = self._subset
        stand_ins = [self._stand_in(character) for character in self._layer]
        widths = [*subset.widths, *(subset.widths[glyph] for glyph in stand_ins)]
        program = into.stream(subset.program, b"/Length1 %d" % len(subset.program))
        name = b"/" + _tag(subset.program) + b"+NotoSansSC-Regular"
        about = into.add(b"<</Type/FontDescriptor/FontName%b/Flags 4/FontBBox[-1002 -1048 2928 1808]/ItalicAngle 0/Ascent 880/Descent -120"
                         b"/CapHeight 733/StemV 87/FontFile2 %d 0 R>>" % (name, program))
        to_glyph = into.stream(b"".join(glyph.to_bytes(2, "big") for glyph in (*range(len(subset.widths)), *stand_ins)))
        descendant = into.add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/FontDescriptor %d 0 R/DW 1000/W[0[%b]]/CIDToGIDMap %d 0 R>>" % (name, about, b" ".join(b"%d" % w for w in widths), to_glyph))
        said = {glyph: character for character, glyph in reversed(subset.glyphs.items())}
        said.update((code, character) for character, code in self._layer.items())
        unicode = into.stream(_to_unicode(said))
        return into.add(b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
                        % (name, descendant, unicode))

    def _stand_in(self, character: str) -> int:
        return self._subset.glyphs[_NARROW if ord(character) < _LATIN_BELOW else _WIDE]


class Writer:
    """Numbered objects, written out in the order they came."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def add(self, body: bytes = b"") -> int:
        """One object; its number. An empty one is filled in later by `put`."""
        self._objects.append(body)
        return len(self._objects)

    def put(self, number: int, body: bytes) -> None:
        """Fill in an object."""
        self._objects[number - 1] = body

    def stream(self, data: bytes, entries: bytes = b"", *, packed: bool = True) -> int:
        """One stream object; its number."""
        if packed:
            data, entries = zlib.compress(data, 9), entries + b"/Filter/FlateDecode"
        return self.add(b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data))

    def picture(self, jpeg: bytes, width: int, height: int, *, grey: bool = False) -> int:
        """A JPEG as it is."""
        return self.stream(jpeg, b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/Device%b/Filter/DCTDecode"
                           % (width, height, b"Gray" if grey else b"RGB"), packed=False)

    def document(self, pages: Sequence[Page], face: Face, about: About) -> bytes:
        """The whole file."""
        font, tree = face.write(self), self.add()
        kids = []
        for page in pages:
            content = self.stream(b"\n".join(page.content))
            images = b"".join(b"/I%d %d 0 R" % (place, number) for place, number in enumerate(page.images))
            kids.append(self.add(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %b %b]/Contents %d 0 R/Resources<</Font<</F %d 0 R>>/XObject<<%b>>>>>>"
                % (tree, number_of(page.width), number_of(page.height), content, font, images)))
        self.put(tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids)))
        made = local(about.made)
        info = self.add(b"<</Title%b/Subject%b/Creator%b/Producer%b/CreationDate(%b)/ModDate(%b)>>" % (
            *map(_string, (about.title, about.subject, PRODUCER, PRODUCER)), _date(made), _date(made)))
        profile = self.stream(_srgb(), b"/N 3")
        metadata = self.stream(_xmp(about, made), b"/Type/Metadata/Subtype/XML", packed=False)
        root = self.add(
            b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang%b/ViewerPreferences<</DisplayDocTitle true>>"
            b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
            b"/RegistryName(http://www.color.org)/DestOutputProfile %d 0 R>>]>>"
            % (tree, metadata, _string(about.language), profile))
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self._objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        start, digest = len(out), hashlib.sha256(out).hexdigest()[:32].encode()
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n" % (
            len(places) + 1, root, info, digest, digest, start)
        return bytes(out)


def number_of(value: float) -> bytes:
    """A length as a PDF has it."""
    return f"{value:.2f}".rstrip("0").rstrip(".").encode()


def searchable(text: str) -> str:
    """Without what no text layer may hold: control and formatting characters, lone surrogates, noncharacters."""
    return "".join(character for character in text if unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
                   and ord(character) & 0xFFFE != 0xFFFE and ord(character) not in _NONCHARACTERS)


def _codes(numbers: Sequence[int]) -> bytes:
    return b"".join(b"%04X" % number for number in numbers)


def _tag(program: bytes) -> bytes:
    """The six letters before a subset's name."""
    return bytes(65 + byte % 26 for byte in hashlib.sha256(program).digest()[:6])


def _to_unicode(said: dict[int, str]) -> bytes:
    lines = [b"<%04X><%b>" % (code, character.encode("utf-16-be").hex().upper().encode()) for code, character in sorted(said.items())]
    blocks = [lines[at:at + 100] for at in range(0, len(lines), 100)]       # a block holds 100 at most
    body = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
            b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
            + body + b"\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")


def _string(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def _date(at: datetime) -> bytes:
    offset = at.strftime("%z")
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'".encode()


@functools.cache
def _srgb() -> bytes:
    """sRGB as Little CMS makes it (under 1 kB, no copyright), without the moment it was made."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"".join(part.to_bytes(2, "big") for part in (2000, 1, 1, 0, 0, 0))
    profile[84:100] = bytes(16)     # its own digest, which spoke of that moment too; zero = not calculated
    return bytes(profile)


def _xmp(about: About, made: datetime) -> bytes:
    """Word for word what Info says."""
    at = made.isoformat(timespec="seconds")
    title, subject = escape(about.title), escape(about.subject)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{escape(about.language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
<xmp:MetadataDate>{at}</xmp:MetadataDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()

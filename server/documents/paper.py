"""The paper that documents are printed on: A4, in the fonts that lie beside this file."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF, Align
from fpdf.fonts import TTFFont

from rules.qr_bill import Party
from server.mail.telling import one_line
from server.words import Words

FONTS = Path(__file__).parent / "fonts"
FAMILY = "sans"
WIDTH, HEIGHT = 210, 297
LEFT, RIGHT, BOTTOM = 20, 15, 15
MISSING = "□"
TEXT_WIDTH = WIDTH - LEFT - RIGHT
MILLIMETRES_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Style:
    """How a text is set: the size of its letters and the height of its lines in points, and whether it is bold."""

    size: float
    height: float
    bold: bool = False

    @property
    def line(self) -> float:
        """The height of a line in millimetres."""
        return self.height * MILLIMETRES_PER_POINT


PLAIN = Style(9, 11)
TITLE = Style(15, 18, bold=True)
SMALL = Style(8, 10)

# It would quote what people typed when a letter is in none of the fonts.
logging.getLogger("fpdf").setLevel(logging.ERROR)


class Paper(FPDF):
    """Pages on top of which stand who sends them, what they are, and how many there are.

    Nothing on it comes from elsewhere: no image, no font and no link is ever fetched (O4).
    """

    def __init__(self, sender: str, title: str, labels: Words) -> None:
        """Begin with an empty page."""
        super().__init__(format="A4", unit="mm")
        self._sender, self._title, self._labels = sender, title, labels
        self.add_font(FAMILY, "", FONTS / "LiberationSans-Regular.ttf")
        self.add_font(FAMILY, "B", FONTS / "LiberationSans-Bold.ttf")
        self.set_margins(LEFT, 15, RIGHT)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=BOTTOM)
        self.set_title(title)
        self.set_author(sender)
        self.add_page()

    def header(self) -> None:
        """Write the line on top of each page."""
        page = self._labels["page"].format(page=self.page_no(), pages=self.str_alias_nb_pages)
        self.put(LEFT, 12, TEXT_WIDTH, f"{self._sender} · {self._title}", SMALL)
        # The number of pages is put in at the end, for a mark that is wider than the number.
        spare = self.get_string_width(self.str_alias_nb_pages) - self.get_string_width("0")
        self.put(LEFT, 12, TEXT_WIDTH + spare, page, SMALL, align=Align.R)
        self.set_xy(LEFT, 22)

    def put(
        self, x: float, y: float, width: float, text: str, style: Style = PLAIN, *, align: Align = Align.L
    ) -> float:
        """Set a text into a column that begins at a place, wrapped; answers where the next line would begin."""
        self.use(style)
        self.set_xy(x, y)
        self.multi_cell(width, style.line, text, align=align, padding=0, new_x="LEFT", new_y="NEXT")
        return self.get_y()

    def use(self, style: Style) -> None:
        """Set what follows in a style."""
        self.set_font(FAMILY, "B" if style.bold else "", style.size)

    def shortened(self, text: str, width: float, style: Style) -> str:
        """The text, or as much of its beginning as fits on one line of this width."""
        self.use(style)
        kept = text
        while kept and self.get_string_width(kept if kept == text else f"{kept}…") > width:
            kept = kept[:-1].rstrip()
        return kept if kept == text else f"{kept}…"

    def clean(self, text: str) -> str:
        """What people typed: on one line, without signs that turn or hide the text around them (O4).

        A letter that is in no font of ours leaves a box, so that something is seen to be missing.
        """
        font = self.fonts[FAMILY]
        letters = font.cmap if isinstance(font, TTFFont) else {}
        return "".join(letter if ord(letter) in letters else MISSING for letter in one_line(text))

    def address(self, party: Party) -> Iterator[str]:
        """The lines of an address as they are printed; the code of the country stands before the city."""
        postal_code = f"{party.country}-{party.postal_code}" if party.postal_code else party.country
        for each in (party.name, party.street, f"{postal_code} {party.city}"):
            if text := self.clean(each):
                yield text

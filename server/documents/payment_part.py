"""The receipt and payment part of a Swiss QR-bill: the lowest 105 millimetres of a page (INV3).

Places, sizes and words follow the style guide of the Swiss Payment Standards.
"""

import segno
from fpdf import Align

from rules.money import group_amount
from rules.qr_bill import QrBill, code_text, group_fours, group_reference
from server.documents.paper import HEIGHT, WIDTH, Paper, Style
from server.words import Words

TOP = HEIGHT - 105
MARGIN = 5
RECEIPT_WIDTH = 62
CODE_SIDE = 46
CODE_PLACE = (RECEIPT_WIDTH + MARGIN, TOP + 17)
FACTS_LEFT = RECEIPT_WIDTH + MARGIN + CODE_SIDE + MARGIN
FACTS_WIDTH = WIDTH - FACTS_LEFT - MARGIN
AMOUNT_TOP = TOP + 68
HEADLINE = Style(11, 13, bold=True)
RECEIPT_HEADING, RECEIPT_VALUE = Style(6, 9, bold=True), Style(8, 9)
PART_HEADING, PART_VALUE = Style(8, 11, bold=True), Style(10, 11)
HAIR = 0.02  # modules overlap by this, so that no viewer shows a seam between them
CROSS_SIDE = 7
# The cross on its black ground, in parts of its side: left, top, width, height, and whether it is black.
CROSS = (
    (0.0, 0.0, 1.0, 1.0, False),
    (0.035, 0.035, 0.93, 0.93, True),
    (0.419, 0.202, 0.167, 0.556, False),
    (0.222, 0.399, 0.556, 0.167, False),
)


def draw_payment_part(paper: Paper, bill: QrBill, words: Words) -> None:
    """Draw both parts at the bottom of the current page, which must be free there."""
    paper.set_auto_page_break(auto=False)
    _draw_separation(paper, words)
    _draw_receipt(paper, bill, words)
    _draw_part(paper, bill, words)


def _draw_separation(paper: Paper, words: Words) -> None:
    paper.put(0, TOP - 4, WIDTH, words["separate"], Style(7, 9), align=Align.C)
    paper.set_line_width(0.1)
    paper.set_dash_pattern(dash=1, gap=1)
    paper.line(0, TOP, WIDTH, TOP)
    paper.line(RECEIPT_WIDTH, TOP, RECEIPT_WIDTH, HEIGHT)
    paper.set_dash_pattern()


def _draw_receipt(paper: Paper, bill: QrBill, words: Words) -> None:
    """Draw the receipt; there is little room on it, so that long names and streets are shortened to one line."""
    width = RECEIPT_WIDTH - 2 * MARGIN
    paper.put(MARGIN, TOP + MARGIN, width, words["receipt"], HEADLINE)
    facts = {
        "account": [group_fours(bill.qr_iban), *paper.address(bill.creditor)],
        "reference": [group_reference(bill.reference)],
        "payable_by": list(paper.address(bill.printed_debtor)),
    }
    y = TOP + 12.0
    for name, lines in facts.items():
        y = paper.put(MARGIN, y, width, words[name], RECEIPT_HEADING)
        for line in lines:
            y = paper.put(MARGIN, y, width, paper.shortened(line, width, RECEIPT_VALUE), RECEIPT_VALUE)
        y += RECEIPT_VALUE.line
    _draw_amount(paper, MARGIN, bill, words, RECEIPT_HEADING, RECEIPT_VALUE)
    paper.put(MARGIN, TOP + 82, width, words["acceptance_point"], RECEIPT_HEADING, align=Align.R)


def _draw_part(paper: Paper, bill: QrBill, words: Words) -> None:
    left = CODE_PLACE[0]
    paper.put(left, TOP + MARGIN, CODE_SIDE, words["payment_part"], HEADLINE)
    _draw_code(paper, code_text(bill))
    _draw_amount(paper, left, bill, words, PART_HEADING, PART_VALUE)
    facts = {
        "account": [group_fours(bill.qr_iban), *paper.address(bill.creditor)],
        "reference": [group_reference(bill.reference)],
        "message": [bill.message],
        "payable_by": list(paper.address(bill.printed_debtor)),
    }
    y: float = TOP + MARGIN
    for name, lines in facts.items():
        y = paper.put(FACTS_LEFT, y, FACTS_WIDTH, words[name], PART_HEADING)
        for line in lines:
            y = paper.put(FACTS_LEFT, y, FACTS_WIDTH, line, PART_VALUE)
        y += PART_VALUE.line


def _draw_amount(paper: Paper, x: float, bill: QrBill, words: Words, heading: Style, value: Style) -> None:
    for offset, title, text in ((0, "currency", str(bill.currency)), (15, "amount", group_amount(bill.amount_minor))):
        below = paper.put(x + offset, AMOUNT_TOP, 36, words[title], heading)
        paper.put(x + offset, below, 36, text, value)


def _draw_code(paper: Paper, text: str) -> None:
    """Draw the code without a border, module by module, and the Swiss cross in its middle."""
    code = segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8")
    rows = list(code.matrix)
    side = CODE_SIDE / len(rows)
    left, top = CODE_PLACE
    paper.set_fill_color(0)
    for row, modules in enumerate(rows):
        for start, length in _runs(modules):
            paper.rect(left + start * side, top + row * side, length * side + HAIR, side + HAIR, style="F")
    corner = (CODE_SIDE - CROSS_SIDE) / 2
    for across, down, width, height, black in CROSS:
        paper.set_fill_color(0 if black else 255)
        paper.rect(
            left + corner + across * CROSS_SIDE,
            top + corner + down * CROSS_SIDE,
            width * CROSS_SIDE,
            height * CROSS_SIDE,
            style="F",
        )


def _runs(modules: bytes | bytearray) -> list[tuple[int, int]]:
    """Where dark modules follow each other in a row, and how many."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(modules):
        if dark and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((place, 1))
    return runs

"""Reads a document as people and banks do: its text, page by page, and the codes on its rendered pages."""

import pypdfium2
import zxingcpp

DOTS_PER_POINT = 3


def pages_of(content: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return [" ".join(text.split()) for text in texts]


def codes_on(content: bytes) -> list[tuple[int, str]]:
    """Every code that a scanner finds on the rendered pages: the number of the page from 1, and the text."""
    document = pypdfium2.PdfDocument(content)
    found = []
    for number, page in enumerate(document, 1):
        image = page.render(scale=DOTS_PER_POINT, grayscale=True).to_pil()
        found += [(number, code.text) for code in zxingcpp.read_barcodes(image)]
    document.close()
    return found

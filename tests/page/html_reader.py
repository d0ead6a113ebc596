"""Pages to look at: hard answers as HTML, and that HTML read back."""

from __future__ import annotations

from html.parser import HTMLParser
from io import BytesIO
from typing import TYPE_CHECKING

from opttius_cli import i18n
from opttius_cli.render import registry
from opttius_cli.render.style import Style

if TYPE_CHECKING:
    from opttius_cli.result import Answer

VOID = {"input", "meta", "rect"}


def render_page(answer: Answer, language: str = "en") -> str:
    """The page of an answer."""
    before = i18n.get_language()
    i18n.set_language(language)
    try:
        out = BytesIO()
        registry.RENDERERS["html"].write(answer, out, Style(language))
    finally:
        i18n.set_language(before)
    return out.getvalue().decode()


class ParsedPage(HTMLParser):
    """Every element with its attributes, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._inside.pop() == tag, f"</{tag}> closes something else"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if not self._inside or self._inside[-1] not in {"script", "style"}:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]

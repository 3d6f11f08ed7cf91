"""From Markdown to what is delivered: the e-mail's HTML and text, and the note for the host's journal."""

from __future__ import annotations

import re
from collections.abc import Sequence

import css_inline
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup


class _Renderer(RendererHTML):
    """Emphasis inside a table cell is small print on a line of its own; links open elsewhere."""

    def td_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        inline = tokens[index + 1]
        for child in inline.children or ():
            if child.type in ("em_open", "em_close"):
                child.tag = "small"
        return self.th_open(tokens, index, options, env)

    def th_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        """Say the side twice: old mail programs and the plain text read the attribute only."""
        side = str(tokens[index].attrGet("style") or "").rpartition(":")[2]
        if side:
            tokens[index].attrSet("align", side)
        return self.renderToken(tokens, index, options, env)

    def em_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        small = tokens[index].tag == "small"
        return "<br><small>" if small else "<em>"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")


def body_html(markdown: str) -> Markup:
    """Return the HTML of a rendered body. Raw HTML in it is shown, not obeyed."""
    return Markup(_MARKDOWN.render(markdown))  # noqa: S704 - markdown-it escapes; html is off


def body_text(html: str) -> str:
    """Return HTML as plain text, tables aligned, links with their address."""
    config = ParserConfig(css=CSS_PROFILES["strict"], display_links=True)
    text = get_text(html, config)
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def inline_css(html: str, css: str) -> str:
    """Write the rules of ``css`` into the elements, which mail programs ask for. Reads no network."""
    return css_inline.CSSInliner(extra_css=css, load_remote_stylesheets=False, keep_at_rules=True).inline(
        html
    )

"""Host text shows as it is, wherever a template puts it, and can do nothing."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from connector.escape import Text, escape_markdown, finalize, one_line, web_link
from connector.message.layout import body_html


class Shown(HTMLParser):
    """Collects the text of HTML and the tags in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags = "", []
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


NASTY = [
    "<b>Évil & Co</b>",
    "a | b | c",
    "[pay here](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "# title",
    "1. one",
    "- item",
    "    code",
    "``` fence",
    "&lt;script&gt; &amp; &#60;",
    "back\\slash \\| \\\\",
    "*a* _b_ **c** ~d~ `e`",
    "line\nbreak\r\n\r\n<script>alert(1)</script>",
    "http://evil.example www.evil.example <http://evil.example>",
    "a\tb\x00c\x1b[31m",
    "---",
    "{{ 7 * 7 }} {% raw %}",
]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_stands_in_a_paragraph_as_it_is(text):
    shown = Shown(body_html(f"Hello {escape_markdown(text)}!"))
    assert shown.text.strip() == f"Hello {one_line(text)}!"
    assert shown.tags == ["p"]


@given(st.text())
@example("\\")
@example("|")
def test_any_text_in_a_table_cell_stays_one_cell(text):
    shown = Shown(body_html(f"| h | i |\n|:--|--:|\n| {escape_markdown(text)} | end |\n"))
    assert shown.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert one_line(text).strip() in shown.text


@given(st.text(min_size=1))
def test_any_text_alone_on_a_line_is_a_paragraph(text):
    shown = Shown(body_html(f"before\n\n{escape_markdown(text)}\n\nafter"))
    assert set(shown.tags) <= {"p"}


def test_a_text_is_escaped_also_when_joined_to_markup():
    joined = Markup("**") + Text("[x](y) | <b>") + Markup("**")
    assert str(joined) == r"**\[x\]\(y\) \| \<b\>**"


def test_what_a_macro_made_is_not_escaped_twice():
    assert finalize(Markup("**done**")) == "**done**"
    assert finalize("**not done**") == r"\*\*not done\*\*"


def test_one_line_keeps_narrow_spaces_and_drops_what_turns_the_direction():
    assert one_line(" 1\u202f200,00\u00a0€ \u202eevil\u202c\r\nBcc: x ") == "1\u202f200,00\u00a0€ evil Bcc: x"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://pay.example/i/1?t=a&b=c", "https://pay.example/i/1?t=a&b=c"),
        ("http://pay.example/a b)c", "http://pay.example/a%20b%29c"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//pay.example", None),
        ("https://", None),
        ("https://[", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url, link):
    assert web_link(url) == link

"""Lessons are written in Markdown, by people who may be careless or hostile: what comes out does no harm."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.markdown import html_of


def test_it_reads_what_people_write():
    found = html_of(
        "## First\n\nSay **who** you are,\nthen *listen*.\n\n- One\n- Two\n  more\n\n1. A\n2. B\n\n> Hello"
        "\n\n---\n`x < y`"
    )

    assert "<h2>First</h2>" in found
    assert "<p>Say <strong>who</strong> you are,<br>then <em>listen</em>.</p>" in found
    assert "<ul><li>One</li><li>Two\n<p>more</p></li></ul>" in found
    assert "<ol><li>A</li><li>B</li></ol>" in found
    assert "<blockquote><p>Hello</p></blockquote>" in found
    assert "<hr>" in found
    assert "<code>x &lt; y</code>" in found


def test_it_begins_headings_where_the_page_has_them():
    assert html_of("# A\n### B", 3) == "<h3>A</h3>\n<h4>B</h4>"


def test_it_links_what_is_safe():
    found = html_of(
        "[Film](https://video.example/1) https://a.example/x. [Us](/playbooks/) [Mail](mailto:a@b.example)"
    )

    assert '<a href="https://video.example/1" rel="nofollow noopener noreferrer">Film</a>' in found
    assert (
        '<a href="https://a.example/x" rel="nofollow noopener noreferrer">https://a.example/x</a>.' in found
    )
    assert '<a href="/playbooks/">Us</a>' in found
    assert 'href="mailto:a@b.example"' in found
    assert '<img src="https://a.example/p.png" alt="A &lt;b&gt;"' in html_of(
        "![A <b>](https://a.example/p.png)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "[x](http://plain.example)",
        "![x](javascript:alert(1))",
        "![x](http://plain.example/p.png)",
        '[x](https://a.example/"onmouseover="alert(1))',
        '![" onerror="alert(1)](https://a.example/p.png)',
        "**<b onclick=x>**",
        "# <script>",
        "```\n</code></pre><script>\n```",
        "> <iframe src=https://a.example>",
        "- <a href='javascript:x'>",
        "[<img src=x onerror=y>](https://a.example)",
    ],
)
def test_it_leaves_no_way_to_do_harm(text):
    found = html_of(text)
    tags = re.findall(r"<(/?)([a-z0-9]+)([^>]*)>", found)

    assert {name for _end, name, _rest in tags} <= {
        "p", "a", "img", "strong", "em", "code", "pre", "h2", "ul", "ol", "li", "blockquote", "br", "hr",
    }  # fmt: skip
    for _end, name, rest in tags:
        allowed = {"a": {"href", "rel"}, "img": {"src", "alt", "loading", "referrerpolicy"}}.get(name, set())
        assert set(re.findall(r'([a-z-]+)="[^"]*"', rest)) <= allowed
        assert re.sub(r'[a-z-]+="[^"]*"', "", rest).strip() == ""
        for url in re.findall(r'(?:href|src)="([^"]*)"', rest):
            assert url.startswith(("https://", "mailto:")) or re.match(r"/(?![/\\])", url)


def test_it_shows_a_step_of_the_playbook_or_what_was_typed():
    from django.utils.html import format_html

    found = html_of(
        "Look:\n[step find]\n[step gone]",
        step=lambda key: format_html("<section>{}</section>", key) if key == "find" else None,
    )

    assert "<section>find</section>" in found
    assert "[step gone]" in found


@pytest.mark.parametrize("piece", ["*", "[", "> ", "- ", "`", "![", "**a", "  - x\n", "#", "](", "> - "])
def test_it_grows_with_the_text_and_not_with_its_square(piece):
    def seconds(length: int) -> float:
        begun = time.perf_counter()
        html_of(piece * (length // len(piece)))
        return time.perf_counter() - begun

    short = max(seconds(2_000), 0.001)
    # Sixteen times the text: the square would be 256 times the time.
    assert seconds(32_000) < 130 * short


@given(st.text(alphabet="-*0. \n>#`[]()!x", max_size=80))
def test_any_text_comes_to_an_end(text):
    assert "<script" not in html_of(text)

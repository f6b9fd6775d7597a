"""The Markdown of lessons as HTML that cannot do harm: all text is escaped, and only what is named here becomes a tag.

Headings, paragraphs with their line breaks, lists, quotes, lines, code, **bold**, *italic*, links and pictures. Links
lead to https, to an e-mail address or to a page of this site; pictures come by https. Everything else, HTML and other
addresses too, is read as it was typed. A video is a link. `[step key]` on a line of its own shows a step of the
module's playbook as it stands today.
"""

import re
from collections.abc import Callable, Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

DEEPEST = 5
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
BULLET = re.compile(r"(\s{0,3})([-*+]|[0-9]{1,3}[.)])\s+(.*)")
RULE = re.compile(r"\s{0,3}([-*_])\s*(?:\1\s*){2,}")
STEP = re.compile(r"\[step ([A-Za-z0-9_-]{1,12})\]")
INLINE = re.compile(
    r"`(?P<code>[^`\n]{1,500})`"
    r"|(?P<picture>!?)\[(?P<label>[^\[\]\n]{0,300})\]\((?P<url>[^\s()<>]{1,800})\)"
    r"|\*\*(?P<bold>[^\s*](?:[^*\n]{0,500}[^\s*])?)\*\*"
    r"|(?<![\w*])\*(?P<italic>[^\s*](?:[^*\n]{0,500}[^\s*])?)\*(?![\w*])"
    r"|(?P<bare>https://[^\s<>()\[\]\"']{1,800}[^\s<>()\[\]\"'.,;:!?])"
)
Step = Callable[[str], SafeString | None]


def html_of(text: str, top: int = 2, step: Step | None = None) -> SafeString:
    """top: the level of the highest heading. step: what stands for `[step key]`, None for a key that is gone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    found = {len(m[1]) for line in lines if (m := HEADING.fullmatch(line))}
    levels = {level: min(6, top + place) for place, level in enumerate(sorted(found))}
    return _joined(_blocks(lines, levels, step, 0))


def _joined(parts: Iterator[str]) -> SafeString:
    return mark_safe("\n".join(parts))  # noqa: S308 - every part is escaped


def _blocks(lines: list[str], levels: dict[int, int], step: Step | None, depth: int) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].startswith("```")), len(lines))
            yield format_html("<pre><code>{}</code></pre>", "\n".join(lines[at + 1 : end]))
            at = end + 1
        elif not line.strip():
            at += 1
        elif heading := HEADING.fullmatch(line):
            level = levels.get(len(heading[1]), 6)
            yield f"<h{level}>{_inline(heading[2])}</h{level}>"
            at += 1
        elif RULE.fullmatch(line):
            yield "<hr>"
            at += 1
        elif (named := STEP.fullmatch(line.strip())) and step and (shown := step(named[1])):
            yield shown
            at += 1
        elif depth < DEEPEST and line.startswith(">"):
            end = next((n for n in range(at, len(lines)) if not lines[n].startswith(">")), len(lines))
            inside = [each[1:].removeprefix(" ") for each in lines[at:end]]
            yield f"<blockquote>{_joined(_blocks(inside, levels, step, depth + 1))}</blockquote>"
            at = end
        elif depth < DEEPEST and BULLET.fullmatch(line):
            made, at = _list(lines, at, levels, step, depth)
            yield made
        else:
            end = at + 1
            while end < len(lines) and not _begins(lines[end], depth, step):
                end += 1
            yield "<p>" + "<br>".join(_inline(each.strip()) for each in lines[at:end]) + "</p>"
            at = end


def _begins(line: str, depth: int, step: Step | None) -> bool:
    """Whether a paragraph ends before this line."""
    if not line.strip() or line.startswith("```") or HEADING.fullmatch(line) or RULE.fullmatch(line):
        return True
    if step and STEP.fullmatch(line.strip()):
        return True
    return depth < DEEPEST and (line.startswith(">") or bool(BULLET.fullmatch(line)))


def _list(
    lines: list[str], at: int, levels: dict[int, int], step: Step | None, depth: int
) -> tuple[str, int]:
    """A list, and where the text goes on. What is indented below a point belongs to it."""
    first = BULLET.fullmatch(lines[at])
    assert first is not None
    is_numbered = first[2][0].isdigit()
    points: list[list[str]] = []
    while at < len(lines):
        line = lines[at]
        point = BULLET.fullmatch(line)
        # The first line is a point, however far it is indented: so the list always goes on.
        is_next = point and len(point[1]) < 2 and not RULE.fullmatch(line)
        if point and (not points or (is_next and point[2][0].isdigit() == is_numbered)):
            points.append([point[3]])
        elif points and line.startswith("  "):
            points[-1].append(
                line[len(line) - len(line.lstrip()) :] if point is None else line[2:].lstrip(" ")
            )
        elif not line.strip() and at + 1 < len(lines) and _goes_on(lines[at + 1], is_numbered):
            points[-1].append("")
        else:
            break
        at += 1
    made = "".join(f"<li>{_point(inside, levels, step, depth)}</li>" for inside in points)
    if is_numbered:
        start = int(re.sub(r"\D", "", first[2]))
        return (f'<ol start="{start}">' if start != 1 else "<ol>") + f"{made}</ol>", at
    return f"<ul>{made}</ul>", at


def _goes_on(line: str, is_numbered: bool) -> bool:
    point = BULLET.fullmatch(line)
    return line.startswith("  ") or bool(point and point[2][0].isdigit() == is_numbered)


def _point(lines: list[str], levels: dict[int, int], step: Step | None, depth: int) -> str:
    """One line needs no paragraph of its own."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if not lines:
        return ""
    if len(lines) == 1:
        return _inline(lines[0])
    rest = _joined(_blocks(lines[1:], levels, step, depth + 1))
    return f"{_inline(lines[0])}\n{rest}"


def _inline(text: str) -> str:
    parts, at = [], 0
    for found in INLINE.finditer(text):
        parts += [escape(text[at : found.start()]), _made(found)]
        at = found.end()
    return "".join([*parts, escape(text[at:])])


def _made(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return format_html("<code>{}</code>", found["code"])
    if found["bold"] is not None:
        return f"<strong>{_inline(found['bold'])}</strong>"
    if found["italic"] is not None:
        return f"<em>{_inline(found['italic'])}</em>"
    if found["bare"] is not None:
        return _link(found["bare"], escape(found["bare"]))
    if found["picture"]:
        if not found["url"].lower().startswith("https://"):
            return escape(found[0])
        picture = '<img src="{}" alt="{}" loading="lazy" referrerpolicy="no-referrer">'
        return format_html(picture, found["url"], found["label"])
    return (
        _link(found["url"], escape(found["label"] or found["url"]))
        if _is_safe(found["url"])
        else escape(found[0])
    )


def _is_safe(url: str) -> bool:
    """By https, to an address of mail, or to a page of this site; never a scheme that runs something."""
    lower = url.lower()
    own = lower.startswith("/") and not lower.startswith(("//", "/\\"))
    return own or lower.startswith(("https://", "mailto:"))


def _link(url: str, label: str) -> str:
    rel = mark_safe("" if url.startswith("/") else ' rel="nofollow noopener noreferrer"')
    return format_html('<a href="{}"{}>{}</a>', url, rel, mark_safe(label))  # noqa: S308 - escaped by who calls

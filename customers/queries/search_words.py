"""The words of what somebody typed, and where a text holds them: without regard to case and accents."""

import unicodedata
from collections.abc import Iterator, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MOST_LETTERS = 200
MOST_TERMS = 8
PREFIX_FROM = 3


def terms_of(text: str) -> list[str]:
    """The words of what somebody typed, as the index has them but for accents; at most eight."""
    kept = "".join(char if _is_of_a_word(char) else " " for char in text[:MOST_LETTERS])
    return list(dict.fromkeys(kept.lower().split()))[:MOST_TERMS]


def _is_of_a_word(char: str) -> bool:
    # Marks too: vowel signs of Devanagari are no letters of their own.
    return unicodedata.category(char)[0] in "LNM"


def folded(text: str) -> str:
    """Without case and accents, letter for letter: the same length."""
    return text.lower() if text.isascii() else "".join(_fold(char) for char in text)


def _fold(char: str) -> str:
    if char < "\x80":
        return char.lower()
    plain = unicodedata.normalize("NFKD", char)[0].lower()
    return plain if len(plain) == 1 else char


def marked(text: str, terms: Sequence[str]) -> SafeString:
    """The text with <mark> around every beginning of a word that a term is; everything else is escaped."""
    plain, pieces, done = folded(text), list[str](), 0
    for start, end in sorted(span for term in terms for span in _spans(plain, folded(term))):
        # Of two terms that begin alike the longer one comes last; what is marked already is not marked again.
        if start >= done:
            pieces += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
            done = end
    return mark_safe("".join(pieces) + escape(text[done:]))  # noqa: S308 - every piece of text is escaped


def _spans(plain: str, term: str) -> Iterator[tuple[int, int]]:
    """Where the term begins a word of a folded text."""
    at = plain.find(term)
    while at >= 0:
        if at == 0 or not _is_of_a_word(plain[at - 1]):
            yield at, at + len(term)
        at = plain.find(term, at + len(term))


def holds(text: str, terms: Sequence[str]) -> bool:
    """Whether every term begins some word of the text."""
    plain = folded(text)
    return all(any(_spans(plain, folded(term))) for term in terms)


def tsqueries(terms: Sequence[str]) -> list[str]:
    """Each term for to_tsquery('plain_words', ...). A short word is meant whole, for too much begins with "a"; the
    last one may still be on its way."""
    last = len(terms) - 1
    return [
        f"'{term}':*" if len(term) >= PREFIX_FROM or number == last else f"'{term}'"
        for number, term in enumerate(terms)
    ]


def tsquery(terms: Sequence[str]) -> str:
    """All terms."""
    return " & ".join(tsqueries(terms))

"""A debrief as a file."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .debrief import Column, Debrief


def sheet(page: Debrief) -> tuple[list[str], Iterator[list[object]]]:
    """The debrief as rows of a file: every rating with its words, then what was recommended, then the composite."""
    header = [
        _("attribute"), _("interviewer"), _("role"), _("stage"), _("counts"), _("rating"), _("anchor"), _("evidence"),
        _("good signs"), _("warning signs"), _("said later"), _("why"),
    ]  # fmt: skip
    return header, _lines(page)


def _lines(page: Debrief) -> Iterator[list[object]]:
    for row in page.rows:
        for cell in row.cells:
            if cell.rating is None:
                continue
            later = cell.revisions
            yield [
                row.name,
                *_who(cell.column),
                _("no evidence") if cell.rating.value is None else cell.rating.value,
                cell.anchor,
                cell.rating.evidence,
                "; ".join(sign.label for sign in cell.signs if not sign.is_warning),
                "; ".join(sign.label for sign in cell.signs if sign.is_warning),
                "; ".join(str(each.value or _("no evidence")) for each in later),
                "; ".join(each.reason for each in later),
            ]
    for column in page.columns:
        told = [column.card.get_recommendation_display(), "", column.card.summary]
        yield [_("Recommendation"), *_who(column), *told, "", "", "", ""]
    if page.reckoning is not None:
        for line in page.reckoning.kept:
            weighs = _("weight %(share)s, n %(n)s, adds %(adds)s") % line
            yield [line["name"], _("Composite"), "", "", "", line["mean"], weighs, "", "", "", "", ""]
        value = page.reckoning.value
        threshold = _("line %s") % page.reckoning.threshold
        yield [_("Composite"), "", "", "", "", value, threshold, "", "", "", "", ""]


def _who(column: Column) -> list[object]:
    card = column.card
    counts = _("yes") if column.counts else _("no")
    return [card.member.name, card.get_role_display(), card.stage.name, counts]

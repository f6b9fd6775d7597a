"""The sentence at the head of a board, made from its figures."""

from django.utils.translation import gettext as _

from metrics.comparison import Verdict
from metrics.definitions import Shape

from . import words
from .tiles import Tile


def lede(tiles: list[Tile], before: str) -> str:
    """What moved among the tiles given, the most important first; before: the name of the period before."""
    said = [text for tile in tiles if (text := _about(tile, before))]
    return " ".join(said)


def _about(tile: Tile, before: str) -> str:
    told = {"metric": tile.metric.title, "before": before, "target": _target(tile)}
    if tile.change.verdict in (Verdict.NOTHING, Verdict.FEW, Verdict.UNFINISHED):
        return ""
    if not tile.change.is_clear or not tile.change.difference:
        if tile.change.verdict == Verdict.SAME and tile.metric.shape != Shape.BACKLOG:
            return _("%(metric)s shows no clear change against %(before)s%(target)s.") % told
        return ""
    told["size"] = words.difference(tile.metric, tile.change.difference)
    is_up = tile.change.difference > 0
    if tile.metric.shape == Shape.BACKLOG:
        return (_("The backlog grew by %(size)s.") if is_up else _("The backlog shrank by %(size)s.")) % told
    if is_up:
        return _("%(metric)s is up by %(size)s against %(before)s%(target)s.") % told
    return _("%(metric)s is down by %(size)s against %(before)s%(target)s.") % told


def _target(tile: Tile) -> str:
    if tile.gap is None:
        return ""
    if tile.is_on_target:
        return _(" and on target")
    return _(" and %(gap)s") % {"gap": tile.gap_text}

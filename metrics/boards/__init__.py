"""Boards: the figures of a company, a team or a person as tiles, lanes, trends and tables.

For other pages: `own_two(member)` gives the two focus tiles of a member's own last 28 complete days; put them
into a page with {% include "metrics/_tile.html" with tile=tile %} inside <ul class="tiles tiles--pair">.
A tile has value_text, change_text, arrow, tone, n_text, interval_text, meta, spark and address.explain.
"""

from .board import Board, board, own_two

__all__ = ["Board", "board", "own_two"]

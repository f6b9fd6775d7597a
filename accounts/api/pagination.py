from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor
from rest_framework.pagination import CursorPagination as Base
from rest_framework.request import Request


class CursorPagination(Base):
    """Pages by cursor: stable while rows are added, and as quick at the end as at the beginning."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = "id"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A position that was never given is no cursor; the base class would look for it as an id."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not str(cursor.position).isdecimal():
            raise NotFound(self.invalid_cursor_message)
        return cursor

from rest_framework.pagination import CursorPagination as Base


class CursorPagination(Base):
    """Pages by cursor: stable while rows are added, and as quick at the end as at the beginning."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = "id"

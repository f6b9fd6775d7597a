from django.urls import path, register_converter

from metrics.views import boards, figures, focus


class WhoseConverter:
    """A member's id, or "nobody"."""

    regex = "[0-9]{1,18}|nobody"

    def to_python(self, value: str) -> int:
        return 0 if value == "nobody" else int(value)

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(WhoseConverter, "whose")

app_name = "boards"
urlpatterns = [
    path("dashboards/team/<whose:person>/", boards.team_board, name="team"),
    path("dashboards/rep/<whose:person>/", boards.rep_board, name="rep"),
    path("figures/<slug:metric>/", figures.explain_figure, name="explain"),
    path("figures/<slug:metric>/trend/", figures.trend_table, name="trend"),
    path("settings/focus/", focus.focus, name="focus"),
]

"""Addresses of the debrief, of what is decided, of offers and of letters."""

from django.urls import URLPattern, path

from hiring.views import debrief, letter_templates, letters, offers

APPLICATION = "hiring/applications/<int:application>/"
urlpatterns: list[URLPattern] = [
    path(f"{APPLICATION}debrief/", debrief.debrief, name="debrief"),
    path(f"{APPLICATION}debrief.csv", debrief.debrief_file, name="debrief_file"),
    path(f"{APPLICATION}decisions/", debrief.decisions, name="decisions"),
    path("hiring/decisions/<int:decision>/approval/", debrief.decision_approval, name="decision_approval"),
    path("hiring/decisions/<int:decision>/return/", debrief.decision_return, name="decision_return"),
    path("hiring/ratings/<int:rating>/revision/", debrief.revision, name="revision"),
    path(f"{APPLICATION}offer/", offers.offer, name="offer"),
    path("hiring/offers/<int:offer>/answer/", offers.answer, name="offer_answer"),
    path("hiring/offers/<int:offer>/hire/", offers.hiring, name="offer_hire"),
    path(f"{APPLICATION}letters/", letters.index, name="letters"),
    path(f"{APPLICATION}letters/new/", letters.new, name="letter_new"),
    path("hiring/letters/<int:letter>/again/", letters.again, name="letter_again"),
    path("hiring/letters/templates/", letter_templates.index, name="letter_templates"),
    path("hiring/letters/templates/new/", letter_templates.new, name="letter_template_new"),
    path("hiring/letters/templates/<int:template>/", letter_templates.edit, name="letter_template"),
    path(
        "hiring/letters/templates/<int:template>/removal/",
        letter_templates.removal,
        name="letter_template_removal",
    ),
]

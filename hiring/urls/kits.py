"""Addresses of the library: attributes, questions, kits."""

from django.urls import URLPattern, path

from hiring.views import kits, library

LIBRARY = "hiring/library/"
ATTRIBUTE, QUESTION = f"{LIBRARY}attributes/<int:attribute>/", f"{LIBRARY}questions/<int:question>/"
KIT = f"{LIBRARY}kits/<int:kit>/"

urlpatterns: list[URLPattern] = [
    path(LIBRARY, library.library, name="library"),
    path(f"{LIBRARY}stocking/", library.stocking, name="stocking"),
    path(f"{LIBRARY}attributes/new/", library.attribute_new, name="attribute_new"),
    path(ATTRIBUTE, library.attribute, name="attribute"),
    path(f"{ATTRIBUTE}archiving/", library.attribute_archiving, name="attribute_archiving"),
    path(f"{ATTRIBUTE}restoration/", library.attribute_restoration, name="attribute_restoration"),
    path(f"{LIBRARY}questions/", library.questions, name="questions"),
    path(f"{LIBRARY}questions/new/", library.question_new, name="question_new"),
    path(QUESTION, library.question, name="question"),
    path(f"{QUESTION}archiving/", library.question_archiving, name="question_archiving"),
    path(f"{QUESTION}restoration/", library.question_restoration, name="question_restoration"),
    path(f"{LIBRARY}kits/new/", kits.new, name="kit_new"),
    path(KIT, kits.show, name="kit"),
    path(f"{KIT}versions/<int:number>/", kits.show, name="kit_version"),
    path(f"{KIT}edit/", kits.edit, name="kit_edit"),
    path(f"{KIT}archiving/", kits.archiving, name="kit_archiving"),
    path(f"{KIT}restoration/", kits.restoration, name="kit_restoration"),
]

"""Addresses: paths and their items."""

from django.urls import URLPattern, path

from training.views import items, paths

PATH = "training/paths/<int:enrolment>/"
ITEM = f"{PATH}items/<int:item>/"

urlpatterns: list[URLPattern] = [
    path("training/", paths.index, name="index"),
    path("training/paths.csv", paths.sheet, name="paths_sheet"),
    path("training/paths/new/", paths.new, name="path_new"),
    path("training/signoffs/", paths.signoffs, name="signoffs"),
    path(PATH, paths.show, name="path"),
    path(f"{PATH}withdrawal/", paths.withdrawal, name="path_withdrawal"),
    path(f"{PATH}waiver/", items.waiver, name="path_waiver"),
    path(ITEM, items.item, name="item"),
    path(f"{ITEM}done/", items.done, name="item_done"),
    path(f"{ITEM}asking/", items.asking, name="item_asking"),
    path(f"{ITEM}judgement/", items.judgement, name="item_judgement"),
]

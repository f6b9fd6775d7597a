"""Addresses: what roles are to know, programmes and their drafts."""

from django.urls import URLPattern, path

from training.views import drafts, modules, programmes, requirements

ONE = "training/programmes/<int:programme>/"
DRAFT = f"{ONE}draft/"
MODULE, ITEM = f"{DRAFT}modules/<int:module>/", f"{DRAFT}items/<int:item>/"

urlpatterns: list[URLPattern] = [
    path("training/requirements/", requirements.requirements, name="requirements"),
    path("training/programmes/", programmes.programmes, name="programmes"),
    path("training/programmes/new/", programmes.programme_new, name="programme_new"),
    path(ONE, programmes.programme, name="programme"),
    path(f"{ONE}versions/<int:number>/", programmes.programme, name="programme_version"),
    path(
        f"{ONE}versions/<int:number>/compare/<int:other>/",
        programmes.comparison,
        name="programme_comparison",
    ),
    path(f"{ONE}archiving/", programmes.archiving, name="programme_archiving"),
    path(f"{ONE}restoration/", programmes.restoration, name="programme_restoration"),
    path(DRAFT, drafts.draft, name="draft"),
    path(f"{DRAFT}publication/", drafts.publication, name="draft_publication"),
    path(f"{DRAFT}filling/", drafts.filling, name="draft_filling"),
    path(f"{DRAFT}discarding/", drafts.discarding, name="draft_discarding"),
    path(f"{DRAFT}putting-back/", drafts.putting_back, name="draft_putting_back"),
    path(f"{DRAFT}modules/new/", modules.module_new, name="module_new"),
    path(MODULE, modules.module, name="module"),
    path(f"{MODULE}position/", modules.module_position, name="module_position"),
    path(f"{MODULE}removal/", modules.module_removal, name="module_removal"),
    path(f"{MODULE}items/new/", modules.item_new, name="item_new"),
    path(ITEM, modules.item, name="draft_item"),
    path(f"{ITEM}position/", modules.item_position, name="item_position"),
    path(f"{ITEM}removal/", modules.item_removal, name="item_removal"),
]

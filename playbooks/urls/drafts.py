"""Addresses of drafts: the editor, its steps, and the versions that came of them."""

from django.urls import path

from playbooks.views import drafts, steps, versions

PLACE = "playbooks/<int:playbook>/"
DRAFT = PLACE + "draft/"
STEP = DRAFT + "steps/<str:key>/"

urlpatterns = [
    path(DRAFT, drafts.draft, name="draft"),
    path(DRAFT + "discard/", drafts.discard, name="draft_discard"),
    path(DRAFT + "review/", drafts.review, name="draft_review"),
    path(DRAFT + "withdrawal/", drafts.withdrawal, name="draft_withdrawal"),
    path(DRAFT + "steps/", steps.steps, name="draft_steps"),
    path(STEP, steps.step, name="draft_step"),
    path(STEP + "position/", steps.position, name="draft_step_position"),
    path(STEP + "removal/", steps.removal, name="draft_step_removal"),
    path(STEP + "return/", steps.returning, name="draft_step_return"),
    path(STEP + "exits/", steps.exits, name="draft_step_exits"),
    path(STEP + "exits/<int:place>/removal/", steps.exit_removal, name="draft_step_exit_removal"),
    path(PLACE + "versions/", versions.versions, name="versions"),
    path(PLACE + "versions/<int:first>/compare/<int:second>/", versions.compare, name="compare"),
]

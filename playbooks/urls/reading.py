"""Addresses of reading: a playbook's page and its texts, what readers say, and a new one."""

from django.urls import URLPattern, path

from playbooks.views import new, reading, text

PLACE = "playbooks/<int:playbook>/"

urlpatterns: list[URLPattern] = [
    path("playbooks/new/", new.new, name="new"),
    path(PLACE, reading.show, name="show"),
    path(PLACE + "acknowledgement/", reading.acknowledgement, name="acknowledgement"),
    path(PLACE + "asking/", reading.asking, name="asking"),
    path(PLACE + "flags/", reading.flag, name="flag"),
    path(PLACE + "flags/<int:flag>/answer/", reading.flag_answer, name="flag_answer"),
    path(PLACE + "playbook.md", text.export_markdown, name="markdown"),
    path(PLACE + "playbook.mmd", text.export_mermaid, name="mermaid"),
    path(PLACE + "draft/import/", text.importing, name="import"),
]

"""Addresses of review and of verification."""

from django.urls import URLPattern, path

from playbooks.views import reviews, settings, verification

urlpatterns: list[URLPattern] = [
    path("playbooks/reviews/", reviews.reviews, name="reviews"),
    path("playbooks/reviews/<int:version>/", reviews.review, name="review"),
    path("playbooks/reviews/<int:version>/publication/", reviews.publication, name="publication"),
    path("playbooks/reviews/<int:version>/sending-back/", reviews.sending_back, name="sending_back"),
    path("playbooks/<int:playbook>/verification/", verification.verification, name="verification"),
    path("playbooks/<int:playbook>/people/", settings.people, name="people"),
    path("playbooks/<int:playbook>/archiving/", settings.archiving, name="archiving"),
    path("playbooks/<int:playbook>/restoration/", settings.restoration, name="restoration"),
    path("playbooks/archived/", settings.archived, name="archived"),
]

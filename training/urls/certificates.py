"""Addresses: certificates, and who stands beside somebody without one."""

from django.urls import URLPattern, path

from training.views import certificates

ONE = "training/certificates/<int:certificate>/"
BESIDE = "training/certificates/people/<int:person>/processes/<int:playbook>/supervision/"

urlpatterns: list[URLPattern] = [
    path("training/certificates/", certificates.certificates, name="certificates"),
    path("training/certificates.csv", certificates.certificates_csv, name="certificates_csv"),
    path(ONE, certificates.certificate, name="certificate"),
    path(f"{ONE}renewal/", certificates.renewal, name="renewal"),
    path(f"{ONE}revocation/", certificates.revocation, name="revocation"),
    path(BESIDE, certificates.supervision, name="supervision"),
    path(f"{BESIDE}end/", certificates.supervision_end, name="supervision_end"),
]

"""Two entries of one person: both side by side, one afterwards, and back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Activity
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.actions.candidates import add_candidate_note, apply, change_candidate, close_application
from hiring.actions.erasure import erase_candidate
from hiring.actions.files import keep_file
from hiring.actions.letters import write_letter
from hiring.actions.merging import merge_candidates, unmerge_candidate
from hiring.actions.retention import wind_clock
from hiring.models import Application, Candidate, VoluntaryAnswer
from hiring.queries.candidates import alike
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def pair(mo, ana, lee):
    """The same person at two jobs of Mo's: everything that hangs on an application hangs on the second."""
    kept = an_application(mo, a_requisition(mo, "First job"), name="Noor Aziz").candidate
    other = an_application(
        mo,
        a_requisition(mo, "Second job"),
        name="NOOR AZIZ",
        phone="+31 6 1234",
        links="https://noor.example",
        consent_text="I agree",
    )
    add_candidate_note(actor=mo, application=other, text="A note")
    scored(a_card(an_interview(mo, other, {ana: "lead", lee: "scorer"}), ana), words="HEARDFROMNOOR")
    write_letter(actor=mo, application=other, occasion="status", subject="Hello", body="Dear Noor")
    keep_file(actor=mo, candidate=other.candidate, upload=SimpleUploadedFile("cv.txt", b"Led a team"))
    VoluntaryAnswer.objects.create(company=mo.company, application=other, kind="age", value="30")
    return kept, other.candidate


def told(*people: Candidate) -> list[tuple]:
    rows = Candidate.objects.filter(id__in=[each.id for each in people]).order_by("id")
    names = ("name", "email", "phone", "links", "consent_text", "consented_at", "member_id", "keep_until")
    return [
        (
            *(getattr(row, name) for name in names),
            sorted(row.applications.values_list("id", flat=True)),
            sorted(row.files.values_list("id", flat=True)),
        )
        for row in rows
    ]


def test_it_shows_both_side_by_side_and_makes_them_one(client, mo, pair):
    kept, gone = pair
    client.force_login(mo.user)
    url = f"/hiring/candidates/{kept.id}/merge/{gone.id}/"
    own = kept.applications.get()
    assert url in client.get(f"/hiring/applications/{own.id}/").content.decode()
    page = client.get(url).content.decode()
    for words in (kept.email, gone.email, "is taken over", "cv.txt", "Second job", "stays, as the newer one"):
        assert words in page

    sent = {"version": kept.version, "other_version": gone.version, "email": "gone", "name": "kept"}
    stale = client.post(url, sent | {"other_version": 77})
    assert stale.status_code == 422 and "Somebody has changed this meanwhile" in stale.content.decode()
    assert client.post(url, {"email": "gone"}).status_code == 422
    done = client.post(url, sent, follow=True)
    assert "Undo" in done.content.decode() and "Take apart" in done.content.decode()
    one = Candidate.objects.get(id=kept.id)
    assert (one.name, one.email, one.phone) == ("Noor Aziz", gone.email, "+31 6 1234")
    assert (one.links, one.consent_text) == ("https://noor.example", "I agree")
    assert one.applications.count() == 2 and one.files.count() == 1
    moved = one.applications.get(requisition__title="Second job")
    assert (moved.notes.count(), moved.letters.count(), moved.scorecards.count()) == (1, 1, 2)
    assert VoluntaryAnswer.objects.get().application == moved
    # The ledger holds ids.
    assert "noor" not in str(list(Activity.objects.values_list("detail", flat=True))).lower()
    # What is sealed stays sealed: Lee's scorecard is out, so Mo reads nothing of Ana's.
    assert "HEARDFROMNOOR" not in client.get(f"/hiring/applications/{moved.id}/debrief/").content.decode()

    again = client.post(url, sent, follow=True)
    assert "They are one already." in again.content.decode()
    assert Activity.objects.filter(verb="candidate.merged").count() == 1
    assert client.get(f"/hiring/candidates/{gone.id}/edit/").status_code == 404


def test_it_is_taken_back(client, mo, pair):
    kept, gone = pair
    before = told(*pair)
    client.force_login(mo.user)
    merge_candidates(actor=mo, kept=kept, gone=gone, from_gone=["email"])
    later = apply(actor=mo, candidate=kept, requisition=a_requisition(mo, "Third job"))
    url = f"/hiring/candidates/{kept.id}/merge/{gone.id}/undo/"
    for _ in range(2):
        assert client.post(url).status_code == 302
    after = told(*pair)
    after[0][-2].remove(later.id)
    assert after == before
    assert Activity.objects.filter(verb="candidate.unmerged").count() == 1


def test_it_keeps_what_was_changed_since_and_says_when_it_is_final(mo, pair, set_clock):
    kept, gone = pair
    one = merge_candidates(actor=mo, kept=kept, gone=gone)
    change_candidate(actor=mo, candidate=one, version=one.version, phone="+31 7")
    unmerge_candidate(actor=mo, gone=Candidate.objects.get(id=gone.id))
    assert Candidate.objects.get(id=kept.id).phone == "+31 7"

    merge_candidates(actor=mo, kept=kept, gone=gone)
    set_clock((clock.now() + timedelta(days=31)).strftime("%Y-%m-%dT%H:%M"))
    with pytest.raises(ValidationError, match="Now it is final"):
        unmerge_candidate(actor=mo, gone=Candidate.objects.get(id=gone.id))


def test_two_in_one_pipeline_are_not_merged(client, mo, pair):
    kept, gone = pair
    both = apply(actor=mo, candidate=gone, requisition=kept.applications.get().requisition)
    client.force_login(mo.user)
    url = f"/hiring/candidates/{kept.id}/merge/{gone.id}/"
    assert "End one of the two there first" in client.get(url).content.decode()
    sent = {"version": kept.version, "other_version": gone.version}
    refused = client.post(url, sent)
    assert refused.status_code == 422 and "in the pipeline of First job" in refused.content.decode()
    assert Application.objects.filter(candidate=gone).count() == 2
    close_application(actor=mo, application=both, state="withdrawn", why="Twice", version=1)
    assert client.post(url, sent).status_code == 302
    assert Application.objects.filter(candidate=kept).count() == 3


def test_who_hires_for_all_jobs_of_both_may(client, mo, lee, ana, zed, pair):
    kept, gone = pair
    of_lee = an_application(lee, a_requisition(lee, "Of Lee"), name="Noor Aziz").candidate
    for member, first, second, status in (
        (lee, of_lee, gone, 403),
        (lee, of_lee, kept, 404),
        (ana, gone, kept, 403),
        (zed, kept, gone, 404),
        (mo, kept, of_lee, 200),
    ):
        client.force_login(member.user)
        url = f"/hiring/candidates/{first.id}/merge/{second.id}/"
        assert client.get(url).status_code == status, member
        if status != 200:
            assert client.post(url, {}).status_code == status
    client.force_login(mo.user)
    assert client.post(f"/hiring/candidates/{kept.id}/merge/{kept.id}/", {
        "version": kept.version, "other_version": kept.version
    }).status_code == 422  # fmt: skip


def test_nobody_comes_to_score_or_read_themselves(client, mo, rae, lee, pair):
    kept, gone = pair
    Candidate.objects.filter(id=kept.id).update(member=rae)
    merge_candidates(actor=mo, kept=gone, gone=kept)
    assert Candidate.objects.get(id=gone.id).member == rae
    client.force_login(rae.user)
    assert client.get(f"/hiring/candidates/{gone.id}/edit/").status_code == 404
    unmerge_candidate(actor=mo, gone=Candidate.objects.get(id=kept.id))

    Candidate.objects.filter(id=kept.id).update(member=lee)
    with pytest.raises(ValidationError, match="scores the other"):
        merge_candidates(actor=mo, kept=kept, gone=gone)
    Candidate.objects.filter(id=gone.id).update(member=rae)
    with pytest.raises(ValidationError, match="two different people"):
        merge_candidates(actor=mo, kept=kept, gone=gone)


def test_the_file_ends_by_the_later_day_and_goes_whole(
    mo, pair, set_clock, django_capture_on_commit_callbacks
):
    kept, gone = pair
    chosen = gone.email
    for day, candidate in (("2027-01-10", gone), ("2027-03-01", kept)):
        set_clock(f"{day}T10:00")
        application = candidate.applications.get()
        application.interviews.update(state="held")
        close_application(actor=mo, application=application, state="rejected", why="No", version=1)
    merge_candidates(actor=mo, kept=kept, gone=gone)
    third = an_application(mo, a_requisition(mo, "Third"), name="N. Aziz").candidate
    merge_candidates(actor=mo, kept=third, gone=kept)
    wind_clock(company_id=mo.company_id)
    assert Candidate.objects.get(id=third.id).keep_until is None
    last = third.applications.order_by("-id").first()
    close_application(actor=mo, application=last, state="withdrawn", why="No", version=1)
    wind_clock(company_id=mo.company_id)
    ends = dict(Candidate.objects.values_list("id", "keep_until"))
    assert str(ends[third.id]) == "2027-09-01" and ends[kept.id] is ends[gone.id] is None
    # Whoever writes under the address of the entry that went is known.
    assert [each.candidate.id for each in alike(mo, email=kept.email)] == [third.id]

    for passed in (kept, gone):
        with pytest.raises(ValidationError, match="Go on there"):
            erase_candidate(actor=mo, candidate=passed)
    with django_capture_on_commit_callbacks(execute=True):
        erase_candidate(actor=mo, candidate=third)
    rows = Candidate.objects.all()
    assert {(row.name, row.email, row.phone, row.links, str(row.merge)) for row in rows} == {
        ("", "", "", "", "{}")
    }
    assert all(row.erased_at for row in rows) and chosen
    with pytest.raises(ValidationError, match="erased"):
        unmerge_candidate(actor=mo, gone=Candidate.objects.get(id=kept.id))


def test_an_entry_that_went_takes_nothing_new(mo, pair):
    kept, gone = pair
    with pytest.raises(EditConflict):
        merge_candidates(actor=mo, kept=kept, gone=gone, versions=(kept.version, 9))
    merge_candidates(actor=mo, kept=kept, gone=gone)
    for deed in (
        lambda: apply(actor=mo, candidate=gone, requisition=a_requisition(mo)),
        lambda: change_candidate(actor=mo, candidate=gone, version=gone.version + 1, name="x"),
        lambda: keep_file(actor=mo, candidate=gone, upload=SimpleUploadedFile("a.txt", b"x")),
        lambda: merge_candidates(actor=mo, kept=gone, gone=kept),
    ):
        with pytest.raises(ValidationError, match="Go on there"):
            deed()

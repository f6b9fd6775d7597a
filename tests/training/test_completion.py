"""Completion is computed: nothing un-completes anybody, nothing completes without what is required, nobody judges
themselves. In any order of what people do."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.actions.entries import judge, mark_done, progress_at, waive
from training.actions.programmes import open_draft, publish_programme, take_draft
from training.completion import COUNTS, counted, is_complete, loop, open_modules, progress
from training.models import Certificate, Enrolment, Entry, Item, Module

from .making import a_process, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db
KINDS = [kind.value for kind in Item.Kind]
ROW = st.tuples(
    st.integers(0, 5),
    st.sampled_from([k.value for k in Entry.Kind]),
    st.sampled_from([o.value for o in Entry.Outcome]),
)


def things(kinds, times, required):
    rows = zip(kinds, times, required, strict=True)
    return [
        Item(id=number, kind=kind, times=often, is_required=must)
        for number, (kind, often, must) in enumerate(rows)
    ]


def said(rows):
    return [
        Entry(id=n, item_id=item, kind=kind, outcome=outcome)
        for n, (item, kind, outcome) in enumerate(rows, 1)
    ]


@given(
    st.lists(st.sampled_from(KINDS), min_size=6, max_size=6),
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.lists(ROW, max_size=40),
)
def test_more_that_is_said_never_undoes_anything(kinds, times, required, rows):
    items = things(kinds, times, required)
    before: set[int] = set()
    was_complete = False
    for length in range(len(rows) + 1):
        found = progress(items, said(rows[:length]))
        done = {key for key, at in found.items() if at.is_done}
        assert before <= done
        assert is_complete(items, found) or not was_complete
        before, was_complete = done, is_complete(items, found)
        must = [item for item in items if item.is_required]
        assert is_complete(items, found) == (bool(must) and all(item.id in done for item in must))
        assert counted(items, found) == (len([item for item in must if item.id in done]), len(must))
        for item in items:
            own = [row for row in rows[:length] if row[0] == item.id]
            waived = any(kind == "waived" for _item, kind, _outcome in own)
            right = sum(kind == COUNTS[item.kind] and outcome == "passed" for _item, kind, outcome in own)
            assert (item.id in done) == (waived or right >= item.times)


@given(st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 5), max_size=3)), max_size=6))
def test_a_circle_is_found_and_only_a_circle(rows):
    modules = [Module(key=str(key), needs=[str(n) for n in needs]) for key, needs in dict(rows).items()]
    circle = loop(modules)
    left = {module.key: {n for n in module.needs if n in {m.key for m in modules}} for module in modules}
    while ready := [key for key, needs in left.items() if not needs & set(left)]:
        for key in ready:
            del left[key]
    assert bool(circle) == bool(left)
    needs = {module.key: module.needs for module in modules}
    assert all(after in needs[key] for key, after in zip(circle, [*circle[1:], *circle[:1]], strict=True))
    if not circle:
        assert open_modules(modules, {m.key for m in modules}) == {m.key for m in modules}


def test_a_path_from_the_first_lesson_to_the_certificate(ana, lee, mo):
    playbook = a_process(lee, mo)
    enrolment = an_enrolment(lee, ana)
    items = items_of(enrolment)
    assert enrolment.total == len(items)
    for item in items:
        enrolment.refresh_from_db()
        assert enrolment.state == Enrolment.State.ACTIVE
        passed(enrolment, item, lee)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.done, enrolment.total) == ("completed", len(items), len(items))
    certificate = Certificate.objects.get()
    assert (certificate.member, certificate.playbook, certificate.level) == (ana, playbook, "independent")
    with pytest.raises(ValidationError):
        judge(actor=lee, enrolment=enrolment, item=items[1], outcome="not_yet", words="x", next_step="y")


def test_a_new_version_leaves_everybody_where_they_are(ana, lee, mo):
    a_process(lee, mo)
    enrolment = an_enrolment(lee, ana)
    for item in items_of(enrolment)[:3]:
        passed(enrolment, item, lee)
    before = progress_at(enrolment)
    draft = open_draft(actor=lee, programme=enrolment.version.programme)
    take_draft(actor=lee, draft=draft, edits=0)
    Item.objects.filter(module__of=draft).first().delete()
    publish_programme(actor=lee, draft=draft)
    enrolment.refresh_from_db()
    assert enrolment.version.state == "superseded"
    assert progress_at(enrolment) == before and enrolment.done == 3


def test_the_own_work_is_never_signed_off(ana, lee, mo):
    enrolment = an_enrolment(lee, ana)
    item = next(item for item in items_of(enrolment) if item.kind == Item.Kind.ROLE_PLAY)
    for deed in (
        lambda: judge(actor=ana, enrolment=enrolment, item=item, outcome="passed"),
        lambda: waive(actor=ana, enrolment=enrolment, item=item, reason="I can"),
        lambda: mark_done(actor=ana, enrolment=enrolment, item=item),
    ):
        with pytest.raises(ValidationError):
            deed()
    # Nor past the actions: the database says no.
    for fields in (
        {"kind": "judged", "by": ana, "member": ana},
        {"kind": "waived", "by": ana, "member": ana, "words": "x"},
        {"kind": "judged", "by": None, "member": ana},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(
                company=ana.company, enrolment=enrolment, item=item, outcome="passed", **fields
            )
    assert not Entry.objects.exists()


def test_not_yet_needs_a_reason_and_what_to_do_next(ana, lee):
    enrolment = an_enrolment(lee, ana)
    item = next(item for item in items_of(enrolment) if item.kind == Item.Kind.ROLE_PLAY)
    for words, step, named in (("", "Try again", "words"), ("Too fast", " ", "next_step")):
        with pytest.raises(ValidationError) as raised:
            judge(actor=lee, enrolment=enrolment, item=item, outcome="not_yet", words=words, next_step=step)
        assert set(raised.value.message_dict) == {named}
    judge(
        actor=lee,
        enrolment=enrolment,
        item=item,
        outcome="not_yet",
        words="Too fast",
        next_step="Again on Friday",
    )
    at = progress_at(enrolment)[item.id]
    assert at.is_not_yet and not at.is_done
    judge(actor=lee, enrolment=enrolment, item=item, outcome="passed", checks=[0, 1, 99])
    at = progress_at(enrolment)[item.id]
    assert at.is_done and not at.is_not_yet
    assert Entry.objects.latest("id").checks == [0, 1]


def test_what_was_said_and_what_is_published_stays(ana, lee):
    enrolment = an_enrolment(lee, ana)
    passed(enrolment, items_of(enrolment)[0], lee)
    for change in (
        lambda: Entry.objects.update(outcome="not_yet"),
        lambda: Entry.objects.all().delete(),
        lambda: Item.objects.update(is_required=False),
        lambda: Module.objects.update(title="x"),
        lambda: enrolment.version.__class__.objects.update(state="draft"),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["done", "pass", "not_yet", "waive", "version", "own"]), st.integers(0, 30)
        ),
        max_size=30,
    )
)
def test_any_order_of_deeds(ana, lee, mo, deeds):
    """With the real tables: after each deed what was done is done, and complete means all that is required."""
    point = transaction.savepoint()
    a_process(lee, mo)
    enrolment = an_enrolment(lee, ana)
    items = items_of(enrolment)
    done: set[int] = set()
    for deed, number in deeds:
        item = items[number % len(items)]
        inner = transaction.savepoint()
        try:
            if deed == "done":
                mark_done(actor=ana, enrolment=enrolment, item=item, checks=range(9))
            elif deed in ("pass", "not_yet"):
                outcome = "passed" if deed == "pass" else "not_yet"
                judge(actor=lee, enrolment=enrolment, item=item, outcome=outcome, words="x", next_step="y")
            elif deed == "waive":
                waive(actor=mo, enrolment=enrolment, item=item, reason="Knows it")
            elif deed == "version":
                draft = open_draft(actor=lee, programme=enrolment.version.programme)
                Item.objects.filter(module__of=draft).update(is_required=bool(number % 2))
                publish_programme(actor=lee, draft=draft)
            else:
                judge(actor=ana, enrolment=enrolment, item=item, outcome="passed")
                raise AssertionError("signed off the own work")
        except ValidationError:
            transaction.savepoint_rollback(inner)
        enrolment.refresh_from_db()
        now = {key for key, at in progress_at(enrolment).items() if at.is_done}
        assert done <= now
        assert (enrolment.state == "completed") == (now == {each.id for each in items})
        assert enrolment.done == len(now)
        done = now
    transaction.savepoint_rollback(point)

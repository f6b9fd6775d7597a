"""What the demo's service desk has of playbooks: made up, from templates of ours, over its real categories."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Company, Member
from customers.models import Category, Status, Ticket
from playbooks.actions import (
    create_playbook,
    create_scenario,
    map_category,
    publish,
    save_graph,
    send_to_review,
)
from playbooks.actions.history import keep_coverage
from playbooks.actions.runs import complete_run, move_on, skip_step, start_run
from playbooks.graph import Kind
from playbooks.models import Playbook, Run, Scenario, Version
from playbooks.queries.graphs import graph_of
from playbooks.starters import starters

AUTHOR, APPROVER = "rep@demo.example", "manager@demo.example"
# By the most frequent category first: which template its scenario is made of, and how far that has come.
PLAN = (
    ("password-and-access", "verified"),
    ("bug-report", "verified"),
    ("slow-performance", "verified"),
    ("integration-fails", "none"),
    ("outage-notice", "due"),
    ("invoice-question", "verified"),
    ("refund", "lapsed"),
    ("duplicate-charge", "review"),
    ("delivery-late", "verified"),
    ("feature-request", "draft"),
    ("data-deletion-request", "none"),
    ("angry-customer", "verified"),
)
DUE_IN, LAPSED_FOR = timedelta(days=6), timedelta(days=12)
RUN_TEMPLATES, RUNS = 3, 12
MOST_MOVES = 40


@transaction.atomic
def add(company: Company, say: Callable[[str], None]) -> None:
    """All of it or nothing; a company that has scenarios, or that is not the service desk, is left as it is."""
    people = {member.email: member for member in Member.objects.filter(company=company)}
    author, approver = people.get(AUTHOR), people.get(APPROVER)
    if author is None or approver is None or Scenario.objects.filter(company=company).exists():
        return
    made = [
        _of_category(author, approver, category, name, state)
        for category, (name, state) in zip(_categories(company), PLAN, strict=False)
    ]
    published = [version for version in made if version and version.state == Version.State.PUBLISHED]
    runs = sum(_run(version) for version in published[:RUN_TEMPLATES])
    keep_coverage(company_id=company.id)
    note = _(
        "The scenarios that ticket categories are mapped to, the playbooks, which are templates of ours, and their "
        "runs are made up."
    )
    company.demo_note = f"{company.demo_note} {note}".strip()
    company.save(update_fields=["demo_note"])
    say(f"{company.slug}: {len(made)} scenarios, {len(published)} published playbooks, {runs} runs made up")


def _categories(company: Company) -> list[Category]:
    """The most frequent ones first."""
    counts = Ticket.objects.filter(company=company, category__isnull=False).values_list("category_id")
    ids = [row[0] for row in counts.annotate(n=Count("id")).order_by("-n", "category_id")[: len(PLAN)]]
    found = Category.objects.in_bulk(ids)
    return [found[each] for each in ids]


def _of_category(
    author: Member, approver: Member, category: Category, name: str, state: str
) -> Version | None:
    starter = starters()[name]
    scenario = create_scenario(actor=approver, name=str(starter.title), senior=author)
    map_category(actor=approver, scenario=scenario, category=category)
    if state == "none":
        return None
    draft = create_playbook(actor=author, scenario=scenario, owner=author, verifier=approver)
    draft = save_graph(actor=author, draft=draft, graph=starter.graph)
    if state == "draft":
        return draft
    draft = send_to_review(
        actor=author, draft=draft, change=Version.Change.MATERIAL, summary=_("Made up: a template of ours.")
    )
    if state == "review":
        return draft
    version = publish(actor=approver, version=draft)
    _age(version.playbook, state)
    return version


def _age(playbook: Playbook, state: str) -> None:
    """As if it had been verified some time ago."""
    today = playbook.company.today()
    until = {"due": today + DUE_IN, "lapsed": today - LAPSED_FOR}.get(state)
    if until is not None:
        Playbook.objects.filter(id=playbook.id).update(
            verified_until=until, verified_on=until - timedelta(days=playbook.interval_days)
        )


def _run(version: Version) -> int:
    """Runs on the newest tickets of the scenario, each by who resolved it."""
    tickets = Ticket.objects.filter(
        company_id=version.company_id,
        category__in=version.playbook.scenario.categories.values("category"),
        status__in=(Status.RESOLVED, Status.CLOSED),
        resolver__isnull=False,
        resolver__is_active=True,
    )
    found = list(tickets.select_related("resolver").order_by("-opened_at")[:RUNS])
    graph = graph_of(version)
    for number, ticket in enumerate(found):
        run = start_run(actor=ticket.resolver, version=version, ticket=ticket)
        for _step in _until_done(run, number):
            node = graph[run.step_key]
            if node.kind == Kind.END:
                complete_run(actor=ticket.resolver, run=run)
                break
            exit = number % len(node.exits) if len(node.exits) > 1 else None
            if _step == 2 and number % 4 == 0 and exit is None:
                run = skip_step(actor=ticket.resolver, run=run, reason=_("Made up: it was done already."))
            else:
                run = move_on(actor=ticket.resolver, run=run, exit=exit)
    return len(found)


def _until_done(run: Run, number: int) -> Iterator[int]:
    """Steps of a run; every sixth run is still under way."""
    return iter(range(2 if number % 6 == 5 else MOST_MOVES))

"""The demo is removed by a button, any company by a command: all of it, and nothing of anybody else."""

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.actions import enter_member, remove_company, take_away
from accounts.models import Activity, Company, Member, Removal, ReportingLine, Role, User
from customers.demo import marks
from customers.imports.engine import Busy, one_at_a_time
from customers.imports.removal import remove_piece
from customers.models import ImportRun, Ticket, Upload
from customers.tasks import continue_removals
from customers.tasks import remove_company as remove_task
from tests.accounts.other import holding
from tests.accounts.rows import fill_every_table, rows_of, rows_of_all
from tests.factories import a_company, a_customer, a_member, a_ticket

pytestmark = pytest.mark.django_db
NAME = "Northwind"
REMOVAL = "/settings/demo/removal/"


@pytest.fixture(autouse=True)
def _in_a_folder(settings, tmp_path):
    settings.VAR, settings.EMAIL_FILE_PATH = tmp_path, str(tmp_path / "mail")
    settings.SETUP_IS_OPEN, settings.SETUP_TOKEN = False, ""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def demo() -> Company:
    return _filled("demo", name=NAME, demo_note="Real records")


@pytest.fixture
def forum() -> Company:
    return _filled("forum", demo_note="Real records too")


def _filled(slug: str, **fields) -> Company:
    company = a_company(slug, **fields)
    leader = a_member(company, "Leader", Role.LEADER)
    rep = a_member(company, "Rep", Role.REP, leader)
    customer = a_customer(rep)
    into = a_ticket(rep, customer=customer)
    a_ticket(rep, customer=customer, body="Words to be found")
    Ticket.objects.filter(company=company).exclude(id=into.id).update(merged_into=into)
    fill_every_table(company.id)
    return company


@pytest.fixture
def admin(demo) -> Member:
    return a_member(demo, "Admin", Role.ADMIN)


@pytest.fixture
def theirs(client, admin) -> Client:
    client.force_login(admin.user)
    return client


def work() -> None:
    """What workers do with the messages."""
    for removal in Removal.objects.filter(finished_at=None):
        while not remove_piece(removal):
            pass


# --- Who may, and how ---------------------------------------------------------------------------------------------


def test_the_settings_lead_there_in_the_demo_only(theirs, client, rae):
    assert REMOVAL in theirs.get("/settings/").content.decode()
    client.force_login(rae.user)
    assert REMOVAL not in client.get("/settings/").content.decode()
    for answer in (client.get(REMOVAL), client.post(REMOVAL, {"name": rae.company.name})):
        assert answer.status_code == 403
    assert not Removal.objects.exists()


@pytest.mark.parametrize("name", ["Leader", "Rep"])
def test_it_is_for_admins(client, demo, name):
    client.force_login(a_member(demo, name).user)

    assert client.get(REMOVAL).status_code == 403
    assert client.post(REMOVAL, {"name": NAME}).status_code == 403
    assert not Removal.objects.exists()


def test_it_says_what_goes(theirs, forum):
    page = theirs.get(REMOVAL).content.decode()

    for words in (NAME, "Forum", "cannot be undone", "Other companies stay as they are"):
        assert words in page


@pytest.mark.parametrize(
    "typed", ["", "northwind", "Northwind Service", "x\0", "<b>Northwind</b>", "N" * 500]
)
def test_it_wants_the_name_typed(theirs, typed):
    answer = theirs.post(REMOVAL, {"name": typed})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert not Removal.objects.exists()
    assert theirs.get("/settings/").status_code == 200


# --- What goes, and what stays ------------------------------------------------------------------------------------


def test_all_of_it_goes_and_nothing_else(theirs, demo, forum, rae, django_capture_on_commit_callbacks):
    fill_every_table(rae.company_id)
    both = a_member(demo, "Both")
    enter_member(actor=None, company=rae.company, email=both.email, name="Both", role=Role.REP)
    Member.objects.filter(company=rae.company, email=both.email).update(user=both.user)
    own, own_browser = rows_of(rae.company_id), Client()
    own_browser.force_login(rae.user)
    lives_in_both = Client()
    lives_in_both.force_login(both.user)
    assert set(own) == set(rows_of(demo.id)) == set(rows_of(forum.id))
    for company in (demo, forum, rae.company):
        assert [table for table, rows in rows_of(company.id).items() if not rows] == [], company

    with django_capture_on_commit_callbacks(execute=True):
        answer = theirs.post(REMOVAL, {"name": NAME})

    assert (answer.status_code, answer["Location"]) == (302, "/removal/")
    assert "is being removed" in theirs.get("/removal/").content.decode()
    assert theirs.get("/settings/").status_code == 403, "nobody of it gets in from now on"
    work()

    for company in (demo, forum):
        assert {table: rows for table, rows in rows_of(company.id).items() if rows} == {}
    assert rows_of(rae.company_id) == own
    everything = rows_of_all()
    assert {table: everything[table] for table in own} == own
    assert everything["accounts_company"] == 1
    assert set(User.objects.values_list("email", flat=True)) == {rae.email, both.email}
    users = {session.get_decoded()["_auth_user_id"] for session in Session.objects.all()}
    assert users == {str(rae.user_id), str(both.user_id)}
    assert own_browser.get("/settings/").status_code == 200
    assert lives_in_both.get("/my-day/").status_code == 200
    assert theirs.get("/removal/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert NAME not in own_browser.get("/settings/").content.decode()


def test_no_model_of_a_company_is_left_out(demo):
    """The same once more by Django's own list."""
    models = [model for model in apps.get_models() if hasattr(model, "company")]
    assert all(model.objects.filter(company=demo).exists() for model in models)
    remove_company(company=demo)
    work()

    assert [model for model in models if model.objects.filter(company_id=demo.id).exists()] == []
    assert len(models) > 30


def test_its_files_go_and_others_stay(demo, rae, tmp_path):
    def handed_in(company: Company, name: str) -> Path:
        folder = tmp_path / "imports/uploads" / name
        folder.mkdir(parents=True)
        (folder / "file.csv").write_text("a")
        path = str((folder / "file.csv").relative_to(tmp_path))
        Upload.objects.create(company=company, file_name="file.csv", path=path, size=1)
        errors = tmp_path / "imports" / f"{name}.errors.csv"
        errors.write_text("line")
        ImportRun.objects.create(
            company=company, kind="tickets", file_name="f", digest=name, error_file=str(errors)
        )
        return folder

    def mailed(name: str, to: str) -> Path:
        (tmp_path / "mail").mkdir(exist_ok=True)
        file = tmp_path / "mail" / f"{name}.log"
        file.write_text(f"Subject: Hi\nTo: {to}\n\nHi\n{'-' * 79}\n")
        return file

    theirs, own = handed_in(demo, "theirs"), handed_in(rae.company, "own")
    mails = [
        mailed("1", "rep@demo.example"),
        mailed("2", rae.email),
        mailed("3", f"rep@demo.example, {rae.email}"),
    ]
    (tmp_path / "demo/demo").mkdir(parents=True)
    (tmp_path / "demo/forum").mkdir()
    remove_company(company=demo)
    work()

    assert (theirs.exists(), own.exists()) == (False, True)
    assert [file.name for file in (tmp_path / "imports").glob("*.csv")] == ["own.errors.csv"]
    assert [file.exists() for file in mails] == [False, True, True]
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["forum"]


# --- In portions --------------------------------------------------------------------------------------------------


def test_cut_off_anywhere_it_goes_on(demo, rae, monkeypatch):
    fill_every_table(rae.company_id)
    own = rows_of(rae.company_id)
    removal = remove_company(company=demo)
    monkeypatch.setattr("accounts.actions.removal.FIRST_PORTION", 1)
    pieces = 0
    while not take_away(removal, seconds=0):
        pieces += 1
        assert pieces < 1000
    removal.refresh_from_db()

    assert pieces > 40, "a table at least each time"
    assert removal.finished_at
    assert removal.rows_gone >= pieces
    assert rows_of(rae.company_id) == own
    assert take_away(removal, seconds=5), "and again: nothing to do"
    assert not Company.objects.filter(id=demo.id).exists()


def test_pressed_twice_it_is_one_removal(demo, forum, django_capture_on_commit_callbacks):
    first = remove_company(company=demo)
    assert remove_company(company=demo) == first
    work()
    remove_task(first.id)
    continue_removals()

    assert Removal.objects.get().finished_at
    assert Company.objects.get() == forum


def test_a_late_straggler_is_swept_up(demo):
    """A task that was on its way writes a lock for a company that is gone."""
    removal = remove_company(company=demo)
    work()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO metrics_lock (company_id) VALUES (%s)", [demo.id])
    removal.refresh_from_db()
    ended = removal.finished_at
    remove_task(removal.id)
    removal.refresh_from_db()
    assert removal.finished_at == ended, "looked after for a while, not for ever"

    assert not any(rows_of(demo.id).values())


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_an_import(demo):
    removal = remove_company(company=demo)
    with holding(7_301, demo.id), pytest.raises(Busy):
        remove_piece(removal)
    with holding(7_301, 0), pytest.raises(Busy):
        remove_piece(removal)
    with one_at_a_time(demo.id):
        assert remove_piece(removal)


# --- The ledger ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Activity, ReportingLine])
@pytest.mark.parametrize("named", ["", "other", "own"])
@pytest.mark.parametrize("is_marked", [False, True])
def test_the_ledger_goes_only_with_a_company_that_is_marked(demo, rae, model, named, is_marked):
    if is_marked:
        remove_company(company=demo)
    rows = model.objects.filter(company=demo)
    setting = {"": "", "other": str(rae.company_id), "own": str(demo.id)}[named]
    may = is_marked and named == "own"

    def delete() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('cs.removing', %s, true)", [setting])
            rows._raw_delete("default")

    if may:
        delete()
        assert not rows.exists()
    else:
        with pytest.raises(DatabaseError, match="never changed or deleted"):
            delete()
        assert rows.exists()


def test_a_marked_ledger_is_still_not_rewritten(demo):
    remove_company(company=demo)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('cs.removing', %s, true)", [str(demo.id)])
        Activity.objects.filter(company=demo).update(verb="x")


# --- Afterwards ---------------------------------------------------------------------------------------------------


def test_sign_ins_are_offered_as_long_as_they_work(client, demo):
    for name in ("leader", "rep"):
        assert f"{name}@demo.example" in client.get("/accounts/login/").content.decode()
    remove_company(company=demo)
    assert "demo.example" not in client.get("/accounts/login/").content.decode()
    work()
    assert "demo" not in client.get("/accounts/login/", follow=True).content.decode().split("<form")[0]


def test_the_last_company_leaves_an_installation_to_set_up(client, demo, tmp_path):
    (tmp_path / "setup_token").write_text("known to many")
    remove_company(company=demo)
    work()
    token = (tmp_path / "setup_token").read_text()

    assert token not in ("", "known to many")
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/setup/"
    sent = {
        "name": "Own", "slug": "", "zone": "UTC", "admin_name": "Rae", "admin_email": "rae@own.example",
        "password": "seven wet umbrellas", "start": "empty", "token": token,
    }  # fmt: skip
    assert client.post("/setup/", sent | {"token": "known to many"}).status_code == 422
    assert client.post("/setup/", sent).status_code == 302
    assert Company.objects.get().name == "Own"


def test_with_another_company_left_no_token_is_made(demo, rae, tmp_path):
    remove_company(company=demo)
    work()
    assert not (tmp_path / "setup_token").exists()


def test_the_next_start_does_not_bring_it_back(demo, forum, capsys):
    assert marks.nothing_to_do()
    for company in (demo, forum):
        remove_company(company=company)
    assert marks.nothing_to_do()
    work()
    assert marks.nothing_to_do()
    call_command("seed_demo")

    assert "Removed, and left so" in capsys.readouterr().out
    assert not Company.objects.exists()


# --- The command --------------------------------------------------------------------------------------------------


def test_the_command_removes_any_company(rae, zed, capsys):
    fill_every_table(rae.company_id)
    with pytest.raises(CommandError, match="--yes"):
        call_command("remove_company", "harbour")
    assert "Harbour & Pine" in capsys.readouterr().out
    assert not Removal.objects.exists()
    call_command("remove_company", "harbour", "--yes")

    assert "harbour is removed" in capsys.readouterr().out
    assert not any(rows_of(rae.company_id).values())
    assert Company.objects.get() == zed.company


def test_the_command_names_what_it_does_not_find(db):
    with pytest.raises(CommandError, match="no company harbour"):
        call_command("remove_company", "harbour", "--yes")


def test_the_command_goes_on_where_another_was_cut_off(demo):
    removal = remove_company(company=demo)
    take_away(removal, seconds=0)
    call_command("remove_company", "demo", "--yes")

    assert not Company.objects.exists()

"""Migration operations that the database itself keeps tenants apart with."""

from django.db.migrations import RunSQL


def same_company(table: str, column: str, target: str) -> RunSQL:
    """A second foreign key that goes through the company: a link to another company's row is impossible.

    The target has a unique key on (company_id, id). Deferred, like Django's own foreign keys.
    """
    name = f"{table}_{column}_same_company"[:63]
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {target} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def only_grows(table: str, *, may_set: tuple[str, ...] = ()) -> list[RunSQL]:
    """Rows of the table are never changed or deleted, except that a column of may_set goes from null to a value.

    A trigger, since no CHECK sees the old row and REVOKE does not bind an owner.
    """
    allowed = " AND ".join(f"OLD.{column} IS NULL" for column in may_set) or "false"
    blanked = "".join(f" - '{column}'" for column in may_set)
    function = f"{table}_only_grows"
    return [
        RunSQL(
            f"""
            CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'UPDATE' AND {allowed} AND to_jsonb(OLD){blanked} = to_jsonb(NEW){blanked} THEN
                RETURN NEW;
              END IF;
              RAISE EXCEPTION 'rows of {table} are never changed or deleted';
            END $$;
            CREATE TRIGGER {function} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();
            """,
            f"DROP TRIGGER {function} ON {table}; DROP FUNCTION {function}();",
        )
    ]


def only_grows_but_for(table: str, column: str, *, setting: str) -> list[RunSQL]:
    """As `only_grows`, but one column may be written over while a setting of the transaction is "on".

    For the erasure of personal text. The role of the application owns no table, so it could not set a trigger
    aside; nor can the setting be on by accident.
    """
    function = f"{table}_only_grows"
    body = """
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          {exception}
          RAISE EXCEPTION 'rows of {table} are never changed or deleted';
        END $$;
    """
    exception = f"""IF TG_OP = 'UPDATE' AND current_setting('{setting}', true) = 'on'
             AND to_jsonb(OLD) - '{column}' = to_jsonb(NEW) - '{column}' THEN
            RETURN NEW;
          END IF;"""
    return [
        RunSQL(
            body.format(function=function, table=table, exception=exception),
            body.format(function=function, table=table, exception=""),
        )
    ]


def goes_with_its_company(table: str) -> list[RunSQL]:
    """Lets the rows of an `only_grows` table be deleted together with their company, and in no other way.

    `is_being_removed` says when: the transaction names the company in the setting `cs.removing`, and a row of
    accounts_removal says that this company is on its way out.
    """
    name = f"{table}_only_grows"
    create = (
        "CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}();"
    )
    unless = "WHEN (NOT is_being_removed(OLD.company_id))"
    forward = [
        f"DROP TRIGGER {name} ON {table};",
        create.format(name=name, what="UPDATE", table=table, when="", function=name),
        create.format(name=f"{table}_stays", what="DELETE", table=table, when=unless, function=name),
    ]
    back = [
        f"DROP TRIGGER {table}_stays ON {table};",
        f"DROP TRIGGER {name} ON {table};",
        create.format(name=name, what="UPDATE OR DELETE", table=table, when="", function=name),
    ]
    return [RunSQL(" ".join(forward), " ".join(back))]


def any_company(*tables: str) -> list[RunSQL]:
    """Keeps no statistics of which company the rows of a table belong to.

    With them the planner takes a company that it has not met for one without rows, and reads all of the
    company's rows where an index would have found the one that is looked for. Without them every company is
    an average one, so that a key that says more is always the better one.
    """
    alter = "ALTER TABLE {table} ALTER COLUMN company_id SET STATISTICS {target}"
    return [RunSQL(alter.format(table=t, target=0), alter.format(table=t, target=-1)) for t in tables]

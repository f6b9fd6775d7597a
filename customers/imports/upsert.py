"""Adds what is new and changes what differs; what is the same is not written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass
class Upserted:
    """Rows of one model after an upsert; `former` holds the values that changed, by id."""

    rows: dict[Any, Any] = field(default_factory=dict)
    added: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    former: dict[int, dict[str, Any]] = field(default_factory=dict)


def upsert(
    model: type[models.Model],
    company_id: int,
    key: str,
    wanted: dict[Any, dict[str, Any]],
    given: Mapping[Any, Collection[str]],
) -> Upserted:
    """wanted is {key: {field: value}}. Of a row that exists only the fields in given[key] change."""
    found = model._default_manager.filter(company_id=company_id, **{f"{key}__in": list(wanted)})
    result = Upserted(rows={getattr(row, key): row for row in found})
    for value, fields in wanted.items():
        row = result.rows.get(value)
        if row is None:
            row = result.rows[value] = model(company_id=company_id, **{key: value}, **fields)
            result.added.append(row)
            continue
        different = {
            name: getattr(row, name)
            for name in fields
            if name in given[value] and getattr(row, name) != fields[name]
        }
        if different:
            for name in different:
                setattr(row, name, fields[name])
            result.former[row.pk] = different
            result.changed.append(row)
    model._default_manager.bulk_create(result.added, batch_size=1000)
    if result.changed:
        names = sorted({name for different in result.former.values() for name in different})
        model._default_manager.bulk_update(result.changed, names, batch_size=500)
    return result

"""A telecom company's customers as customers and revenue by month, ending with the last full month.

The source says for how many months somebody has been a customer, the monthly and the total charge, and
whether they left; neither when nor why. When is made up here.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from .made_up import dice

MONTHS = 14  # no older revenue, so that seeding stays quick: twelve months, and the same some months before
DEPARTURES = 24  # who left did so in one of so many months up to the last full one
SETTLED = 4  # callers are customers that have been there for at least so many months
CURRENCY = "USD"


def read(path: Path, now: pd.Timestamp) -> pd.DataFrame:
    """One row a customer: code, contract, tenure, charge, first_charge, start and end; months count from 1970."""
    source = pd.read_csv(path)
    this_month = (now.year - 1970) * 12 + now.month - 1
    left = (source["Churn"] == "Yes").to_numpy()
    ago = np.where(left, dice("departures").integers(0, DEPARTURES, len(source)), 0)
    end = this_month - 1 - ago
    total = pd.to_numeric(source["TotalCharges"], errors="coerce")
    charge = source["MonthlyCharges"]
    # A straight line from the first charge to the last one that adds up to the total.
    first = (2 * total / source["tenure"].clip(lower=1) - charge).fillna(charge)
    return pd.DataFrame(
        {
            "code": source["customerID"],
            "contract": source["Contract"],
            "tenure": source["tenure"],
            "charge": charge,
            "first_charge": first.clip(charge / 2, charge * 1.5),
            "left": left,
            "start": end - source["tenure"] + 1,
            "end": end,
        }
    )


def paired(telco: pd.DataFrame, callers: pd.DataFrame) -> pd.DataFrame:
    """With external_id and name: callers of the service desk are paired, at random, with settled customers."""
    settled = np.flatnonzero(~telco["left"] & (telco["tenure"] >= SETTLED))
    chosen = dice("pairs").permutation(settled)[: len(callers)]
    result = telco.assign(external_id=telco["code"], name="Customer " + telco["code"])
    for field in ("external_id", "name"):
        result.iloc[chosen, result.columns.get_loc(field)] = callers[field].to_numpy()[: len(chosen)]
    return result


def customers(telco: pd.DataFrame, callers: pd.DataFrame, owners: list[str]) -> pd.DataFrame:
    """Rows for the importer; a caller for whom no customer was left comes with a name alone."""
    left = telco["left"]
    rows = pd.DataFrame(
        {
            "external_id": telco["external_id"],
            "name": telco["name"],
            "segment": telco["contract"],
            "started_on": _month(telco["start"]) + "-01",
            "ended_on": _last_day(telco["end"]).where(left, ""),
            "churn_reason": np.where(left, _("not stated in the source"), ""),
        }
    )
    alone = callers[~callers["external_id"].isin(rows["external_id"])]
    rows = pd.concat([rows, alone[["external_id", "name"]]], ignore_index=True).fillna("")
    return rows.assign(owner_email=dice("owners").choice(owners, len(rows)))


def revenue(telco: pd.DataFrame) -> pd.DataFrame:
    """A row for each customer and month of the last MONTHS."""
    horizon = telco["end"].max() - MONTHS + 1
    first = telco["start"].clip(lower=horizon)
    counts = (telco["end"] - first + 1).clip(lower=0).to_numpy()
    rows = telco.loc[telco.index.repeat(counts)]
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    month = first.loc[rows.index].to_numpy() + nth
    share = (month - rows["start"]) / (rows["tenure"] - 1).clip(lower=1)
    share = share.where(rows["tenure"] > 1, 1)
    amount = rows["first_charge"] + (rows["charge"] - rows["first_charge"]) * share
    return pd.DataFrame(
        {
            "customer_external_id": rows["external_id"].to_numpy(),
            "month": _month(pd.Series(month)).to_numpy(),
            "amount": amount.map("{:.2f}".format).to_numpy(),
            "currency": CURRENCY,
        }
    )


def _month(months: pd.Series) -> pd.Series:
    return (1970 + months // 12).astype(str) + "-" + (months % 12 + 1).astype(str).str.zfill(2)


def _last_day(months: pd.Series) -> pd.Series:
    firsts = pd.to_datetime(_month(months + 1) + "-01")
    return (firsts - pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d")

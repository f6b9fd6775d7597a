"""Business days of a path, checked against numpy's."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.calendar import business_day, business_days, first_business_day

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(DAYS, st.integers(1, 300), st.sets(st.integers(0, 400), max_size=20))
def test_it_is_the_day_that_numpy_finds(start, number, off):
    holidays = {start + timedelta(days=each) for each in off}
    calendar = np.busdaycalendar(holidays=sorted(holidays))
    expected = np.busday_offset(start, number - 1, roll="forward", busdaycal=calendar)
    day = business_day(start, number, holidays)
    assert day == expected.astype(date)
    assert business_days(start, day, holidays) == number


def test_a_start_on_a_day_off_begins_on_the_next_business_day():
    saturday, holiday = date(2026, 5, 2), date(2026, 5, 4)
    assert first_business_day(saturday, [holiday]) == date(2026, 5, 5)
    assert business_day(saturday, 1, [holiday]) == date(2026, 5, 5)
    assert business_days(saturday, date(2026, 5, 4), [holiday]) == 0
    assert business_days(saturday, date(2026, 5, 9), [holiday]) == 4

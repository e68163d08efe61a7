"""A composed query answers what the ORM's own would."""

import threading

import pytest
from django.db import connection
from django.db.models import Sum

from ledger.engine.funding import purchase
from ledger.models import Entry
from locations.db.prepared import Given, composed, read
from tests.factories import NOON, key, make_location


@composed
def entries_of(newest_first: bool):
    entries = Entry.objects.filter(location=Given("location"), at__lte=Given("at"))
    return entries.select_related("location").order_by("-number" if newest_first else "number")


@composed
def sum_of():
    entries = Entry.objects.filter(location=Given("location")).order_by().values("location")
    return entries.annotate(sum=Sum("purchased_delta")).values_list("sum", flat=True)


def bought(*credits: int):
    location = make_location(included=None)
    for figure in credits:
        purchase(location.pk, figure, key=key(), at=NOON, reference="Invoice")
    return location


@pytest.mark.django_db
def test_values_are_those_of_the_call():
    one, two = bought(5, 7), bought(11)
    for location, figures in ((one, [5, 7]), (two, [11]), (one, [5, 7])):
        found = list(entries_of(False)(location=location.pk, at=NOON))
        assert [entry.purchased_delta for entry in found] == figures
        assert {entry.location for entry in found} == {location}
        assert list(sum_of()(location=location.pk)) == [sum(figures)]


@pytest.mark.django_db
def test_a_statement_that_is_written_out_takes_its_values_by_name():
    one, two = bought(5, 7), bought(11)
    newest = """SELECT purchased_delta, count(*) OVER () FROM ledger_entry
                 WHERE location_id = %(location)s ORDER BY number DESC LIMIT %(most)s"""
    assert read(newest, location=one.pk, most=1) == [(7, 2)]
    assert read(newest, location=two.pk, most=5) == [(11, 1)]


@composed
def of_reference():
    entries = Entry.objects.filter(location=Given("location"), reference="5 % \\ of o'clock")
    return entries.order_by("number")


@pytest.mark.django_db
def test_values_of_its_own_are_what_they_are():
    location = make_location(included=None)
    for reference in ("5 % \\ of o'clock", "5 %% \\ of o'clock", "other"):
        purchase(location.pk, 7, key=key(), at=NOON, reference=reference)
    for _ in range(3):
        assert [entry.number for entry in of_reference()(location=location.pk)] == [1]


@pytest.mark.django_db
def test_a_value_that_is_not_given_is_missed_by_name():
    with pytest.raises(KeyError, match="at"):
        entries_of(True)(location=1)


def test_each_thread_asks_over_its_own_connection(cloned_database):
    location = bought(3, 4)
    list(sum_of()(location=location.pk))
    found: dict[int, tuple[list[int], int]] = {}

    def ask(number: int) -> None:
        for _ in range(20):
            sums = list(sum_of()(location=location.pk))
        found[number] = (sums, connection.connection.info.backend_pid)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [sums for sums, _ in found.values()] == [[7]] * 4
    assert len({server for _, server in found.values()}) == 4

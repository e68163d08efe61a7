"""Terms loaded from the database and cached in the process."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from locations.contracts import terms as terms_module
from locations.contracts.terms import Terms, UnknownLocation, load_terms
from locations.known_terms import known_terms
from locations.models import Contract, Location
from tests.factories import make_contract, make_location
from tests.locations.contract_terms import day


@pytest.fixture
def soho(db: None) -> Location:
    return make_location(name="Soho", time_zone="Europe/London", included=None)


def test_terms_are_loaded_with_the_zone_and_the_contracts_in_order(soho: Location):
    assert load_terms(soho.pk) == Terms(soho.pk, 1, ZoneInfo("Europe/London"), ())
    first = make_contract(soho, starts_on=day("2026-01-01"), included_credits=100)
    second = make_contract(soho, starts_on=day("2027-01-01"), included_credits=200)
    loaded = load_terms(soho.pk)
    assert loaded.contracts == (first, second)
    assert [c.ends_on for c in loaded.contracts] == [day("2027-01-01"), None]
    assert loaded.local_day(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)) == day("2026-07-01")


def test_every_change_of_contracts_or_time_zone_is_another_version(soho: Location):
    versions = [load_terms(soho.pk).version]
    made = make_contract(soho, starts_on=day("2026-01-01"), included_credits=100)
    versions.append(load_terms(soho.pk).version)
    Contract.objects.filter(pk=made.pk).update(overdraft_limit=50)
    versions.append(load_terms(soho.pk).version)
    Location.objects.filter(pk=soho.pk).update(time_zone="Europe/Paris")
    versions.append(load_terms(soho.pk).version)
    Contract.objects.filter(pk=made.pk).delete()
    versions.append(load_terms(soho.pk).version)
    assert versions == sorted(set(versions))


def test_renamed_location_has_the_same_version(soho: Location):
    Location.objects.filter(pk=soho.pk).update(name="Soho Square", time_zone="Europe/London")
    assert load_terms(soho.pk).version == 1


def test_a_location_that_moves_gets_both_versions_raised(soho: Location):
    other = make_location(included=None)
    made = make_contract(soho, starts_on=day("2026-01-01"), included_credits=100)
    before = load_terms(soho.pk).version, load_terms(other.pk).version
    Contract.objects.filter(pk=made.pk).update(location=other)
    after = load_terms(soho.pk).version, load_terms(other.pk).version
    assert after == (before[0] + 1, before[1] + 1)


def test_known_terms_stay_until_the_cache_is_cleared(soho: Location):
    before = known_terms.get(soho.pk)
    make_contract(soho, starts_on=day("2026-01-01"), included_credits=100)
    assert known_terms.get(soho.pk) is before
    known_terms.clear_stale()
    assert known_terms.get(soho.pk) == load_terms(soho.pk)


def test_older_version_does_not_replace_a_newer_one(soho: Location):
    before = Location.objects.get(pk=soho.pk)
    make_contract(soho, starts_on=day("2026-01-01"), included_credits=100)
    newest = known_terms.get(soho.pk)
    (terms,) = known_terms.for_locations([before])
    assert terms.version == before.terms_version
    assert known_terms.get(soho.pk) is newest


def test_terms_that_change_while_read_count_as_stale(
    soho: Location, monkeypatch: pytest.MonkeyPatch
):
    """What was read may be newer than its version says, never the other way round."""
    real = terms_module.Contract.objects.filter

    def entered_just_before(**arguments: int) -> object:
        monkeypatch.undo()
        make_contract(soho, starts_on=day("2026-01-01"), included_credits=100)
        return real(**arguments)

    monkeypatch.setattr(terms_module.Contract.objects, "filter", entered_just_before)
    loaded = load_terms(soho.pk)
    assert len(loaded.contracts) == 1
    assert loaded.version < load_terms(soho.pk).version


@pytest.mark.django_db
@pytest.mark.parametrize("read", [load_terms, known_terms.get])
def test_unknown_location_has_no_terms(read: object):
    with pytest.raises(UnknownLocation, match=r"^There is no location 987654321\.$"):
        read(987654321)  # type: ignore[operator]

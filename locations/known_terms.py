import datetime as dt
from collections.abc import Sequence

from locations.contracts.terms import HasTerms, Terms, load_terms
from locations.models import Contract, RateCard
from locations.rate_cards.prices import PriceList, PublishedCards, load_price_list

MAX_LOCATIONS = 20_000
MAX_PRICE_LISTS = 256


class KnownTerms:
    """Contracts and rate cards, cached in each process.

    Terms and the card in force may be stale: posting compares both under its lock, and charging
    calls `clear_stale` where they changed. The prices of a published card never change.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.clear_stale()
        self._price_lists: dict[int, PriceList] = {}

    def clear_stale(self) -> None:
        self._terms: dict[int, Terms] = {}
        self._published: PublishedCards | None = None

    def get(self, location_id: int) -> Terms:
        terms = self._terms.get(location_id)
        return terms if terms is not None else self._store(load_terms(location_id))

    def for_locations(self, locations: Sequence[HasTerms]) -> list[Terms]:
        """In order, at the version that each location was read with: never stale. One query."""
        terms: dict[int, Terms] = {}
        missing: dict[int, HasTerms] = {}
        for location in locations:
            cached = self._terms.get(location.pk)
            if cached and cached.version == location.terms_version and cached.zone == location.zone:
                terms[location.pk] = cached
            else:
                missing[location.pk] = location
        if missing:
            contracts: dict[int, list[Contract]] = {pk: [] for pk in missing}
            for contract in Contract.objects.filter(location_id__in=missing).order_by("starts_on"):
                contracts[contract.location_id].append(contract)
            for pk, location in missing.items():
                terms[pk] = self._store(
                    Terms(pk, location.terms_version, location.zone, tuple(contracts[pk]))
                )
        return [terms[location.pk] for location in locations]

    def card_in_force(self, series_id: int | None, day: dt.date) -> int | None:
        published = self._published
        if published is None:
            published = self._published = PublishedCards.load()
        return published.in_force(series_id, day)

    def price_list(self, card_id: int) -> PriceList:
        prices = self._price_lists.get(card_id)
        if prices is None:
            prices = load_price_list(RateCard.objects.published().get(pk=card_id))
            if len(self._price_lists) >= MAX_PRICE_LISTS:
                self._price_lists.clear()
            self._price_lists[card_id] = prices
        return prices

    def _store(self, terms: Terms) -> Terms:
        cached = self._terms.get(terms.location_id)
        # A reader in an older snapshot must not replace newer terms.
        if cached is None or cached.version <= terms.version:
            if len(self._terms) >= MAX_LOCATIONS:
                self._terms.clear()
            self._terms[terms.location_id] = terms
        return terms


known_terms = KnownTerms()

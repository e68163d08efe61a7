"""What the columns of somebody else's price list mean: guessed from headings, chosen by staff."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.formatting.countries import country_code
from locations.models import CarrierType, Channel

BOTH = "both"
LOOKED_FOR_HEADINGS = 20  # rows: price lists have titles above their tables


class Role(models.TextChoices):
    """What a column holds. Prices name the channel and the kind of line that they are for."""

    COUNTRY = "country", _("Country")
    CARRIER_TYPE = "carrier_type", _("Kind of line")
    CHANNEL = "channel", _("Text or voice")
    PREFIX = "prefix", _("Prefix")
    OPERATOR = "operator", _("Operator")
    CREDITS = "credits", _("Credits")
    TEXT = "text", _("Credits per text")
    TEXT_MOBILE = "text_mobile", _("Credits per text, mobile")
    TEXT_LANDLINE = "text_landline", _("Credits per text, landline")
    VOICE = "voice", _("Credits per minute")
    VOICE_MOBILE = "voice_mobile", _("Credits per minute, mobile")
    VOICE_LANDLINE = "voice_landline", _("Credits per minute, landline")
    MOBILE = "mobile", _("Credits, mobile")
    LANDLINE = "landline", _("Credits, landline")
    FIRST_SECONDS = "first_seconds", _("First seconds")
    FOLLOWING_SECONDS = "following_seconds", _("Following seconds")
    INCREMENTS = "increments", _("Increments, like 60/60")


class Rule(models.TextChoices):
    """Which of several prices for one destination is taken."""

    REFUSE = "", _("None: a second price is an error")
    DEAREST = "dearest", _("The dearest")
    MEDIAN = "median", _("The median, rounded up")


# By role: channel and kind of line of a price; empty: another column or the answer below says it.
PRICES: Mapping[str, tuple[str, str]] = {
    Role.CREDITS: ("", ""),
    Role.TEXT: (Channel.TEXT, ""),
    Role.TEXT_MOBILE: (Channel.TEXT, CarrierType.MOBILE),
    Role.TEXT_LANDLINE: (Channel.TEXT, CarrierType.LANDLINE),
    Role.VOICE: (Channel.VOICE, ""),
    Role.VOICE_MOBILE: (Channel.VOICE, CarrierType.MOBILE),
    Role.VOICE_LANDLINE: (Channel.VOICE, CarrierType.LANDLINE),
    Role.MOBILE: ("", CarrierType.MOBILE),
    Role.LANDLINE: ("", CarrierType.LANDLINE),
}
MONEY = r"(credits|price|rate|cost)"
TEXT = r"(text|sms|message)"
VOICE = r"(voice|call|minute|min\b)"
MOBILE = r"(mobile|cell|gsm)"
LANDLINE = r"(landline|land line|fixed|fix\b|geographic)"
# The first that fits a heading, in this order.
HEADINGS: tuple[tuple[str, Role], ...] = (
    (r"^(iso|iso ?2|iso code|iso country|country iso|iso.*3166.*|alpha ?[23])\b", Role.COUNTRY),
    (rf"(?=.*{TEXT})(?=.*{MOBILE})", Role.TEXT_MOBILE),
    (rf"(?=.*{TEXT})(?=.*{LANDLINE})", Role.TEXT_LANDLINE),
    (rf"(?=.*{VOICE})(?=.*{MOBILE})", Role.VOICE_MOBILE),
    (rf"(?=.*{VOICE})(?=.*{LANDLINE})", Role.VOICE_LANDLINE),
    (r"^(carrier type|line type|number type|kind of line|type|network type)$", Role.CARRIER_TYPE),
    (r"^(channel|service|product|text or voice)$", Role.CHANNEL),
    (r"^(prefix|prefixes|dial code|dialing code|dialling code|code|area code)$", Role.PREFIX),
    (r"^(operator|network|carrier|operator name|network name|mno|provider)$", Role.OPERATOR),
    (r"^(first seconds|first increment|initial increment|minimum|min seconds)$",
     Role.FIRST_SECONDS),
    (r"^(following seconds|following increment|next increment|increment)$",
     Role.FOLLOWING_SECONDS),
    (r"^(increments|billing increments?|billing)$", Role.INCREMENTS),
    (r"^(country|country name|country code|destination|land|nation|region|territory)$",
     Role.COUNTRY),
    (rf"^{MONEY}? ?(per )?(a )?{TEXT}s?( {MONEY})?$", Role.TEXT),
    (rf"^{MONEY}? ?(per )?(a )?{VOICE}s?( {MONEY})?$", Role.VOICE),
    (rf"^{MONEY}? ?{MOBILE}( {MONEY})?$", Role.MOBILE),
    (rf"^{MONEY}? ?{LANDLINE}( {MONEY})?$", Role.LANDLINE),
    (r"^(credits|price|rate|cost|tariff|credits each)$", Role.CREDITS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """How a table is read: a role for each column ("": not used) and what it does not say.

    `heading_line` is the line of the headings; what stands above it is no price.
    """

    roles: tuple[str, ...]
    heading_line: int = 1
    channel: str = ""
    carrier_type: str = ""  # or both
    rule: str = ""

    def kept(self) -> dict[str, Any]:
        return asdict(self) | {"roles": list(self.roles)}

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{**kept, "roles": tuple(kept["roles"])})

    def wanting(self) -> Iterator[str]:
        """What is missing or contradicts itself, in words; nothing where the table can be read."""
        used = [role for role in self.roles if role]
        twice = sorted({role for role in used if used.count(role) > 1 and role != Role.OPERATOR})
        for role in twice:
            yield gettext("Two columns are “%s”: choose one.") % Role(role).label
        if Role.COUNTRY not in used:
            yield gettext("Choose the column of the country.")
        prices = [PRICES[role] for role in used if role in PRICES]
        if not prices:
            yield gettext("Choose at least one column of credits.")
        if Role.INCREMENTS in used and {Role.FIRST_SECONDS, Role.FOLLOWING_SECONDS} & set(used):
            yield gettext("Increments stand in one column or in two, not in both ways.")
        if Role.CHANNEL not in used and not self.channel and any(not one for one, _line in prices):
            yield gettext("Say whether the credits are for texts or for calls, below.")
        if (
            Role.CARRIER_TYPE not in used
            and not self.carrier_type
            and any(not line for _one, line in prices)
        ):
            yield gettext("Say which kind of line the credits are for, below.")


def guess(first: Sequence[tuple[int, list[str]]]) -> Columns:
    """How a table seems to be meant, by its first rows."""
    line, headings = max(
        first[:LOOKED_FOR_HEADINGS], key=lambda row: sum(map(bool, map(_role, row[1])))
    )
    body = [row for number, row in first if number > line]
    roles = [str(_role(heading)) for heading in headings]
    countries = [index for index, role in enumerate(roles) if role == Role.COUNTRY]
    if len(countries) > 1:
        # "Country" beside "ISO", or a calling code under "Country code": what can be read wins.
        best = max(countries, key=lambda index: (_countries(body, index), -index))
        for index in countries:
            roles[index] = Role.COUNTRY if index == best else ""
    seen: set[str] = set()
    for index, role in enumerate(roles):
        if role in seen:
            roles[index] = ""
        seen.add(role)
    return Columns(roles=tuple(roles), heading_line=line)


def _role(heading: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", " ", heading.casefold()).strip()
    if not plain:
        return ""
    return next((role for pattern, role in HEADINGS if re.search(pattern, plain)), "")


def _countries(body: Sequence[list[str]], index: int) -> int:
    return sum(bool(index < len(row) and country_code(row[index])) for row in body)

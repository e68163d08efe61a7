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
MAX_HEADING_ROWS = 20  # price lists have titles above their tables


class ColumnRole(models.TextChoices):
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


class MergeRule(models.TextChoices):
    REFUSE = "", _("None: a second price is an error")
    DEAREST = "dearest", _("The dearest")
    MEDIAN = "median", _("The median, rounded up")


# Channel and carrier type of a price column; empty where another column or staff give it.
PRICES: Mapping[str, tuple[str, str]] = {
    ColumnRole.CREDITS: ("", ""),
    ColumnRole.TEXT: (Channel.TEXT, ""),
    ColumnRole.TEXT_MOBILE: (Channel.TEXT, CarrierType.MOBILE),
    ColumnRole.TEXT_LANDLINE: (Channel.TEXT, CarrierType.LANDLINE),
    ColumnRole.VOICE: (Channel.VOICE, ""),
    ColumnRole.VOICE_MOBILE: (Channel.VOICE, CarrierType.MOBILE),
    ColumnRole.VOICE_LANDLINE: (Channel.VOICE, CarrierType.LANDLINE),
    ColumnRole.MOBILE: ("", CarrierType.MOBILE),
    ColumnRole.LANDLINE: ("", CarrierType.LANDLINE),
}
MONEY = r"(credits|price|rate|cost)"
TEXT = r"(text|sms|message)"
VOICE = r"(voice|call|minute|min\b)"
MOBILE = r"(mobile|cell|gsm)"
LANDLINE = r"(landline|land line|fixed|fix\b|geographic)"
# The first match counts.
HEADINGS: tuple[tuple[str, ColumnRole], ...] = (
    (r"^(iso|iso ?2|iso code|iso country|country iso|iso.*3166.*|alpha ?[23])\b",
     ColumnRole.COUNTRY),
    (rf"(?=.*{TEXT})(?=.*{MOBILE})", ColumnRole.TEXT_MOBILE),
    (rf"(?=.*{TEXT})(?=.*{LANDLINE})", ColumnRole.TEXT_LANDLINE),
    (rf"(?=.*{VOICE})(?=.*{MOBILE})", ColumnRole.VOICE_MOBILE),
    (rf"(?=.*{VOICE})(?=.*{LANDLINE})", ColumnRole.VOICE_LANDLINE),
    (r"^(carrier type|line type|number type|kind of line|type|network type)$",
     ColumnRole.CARRIER_TYPE),
    (r"^(channel|service|product|text or voice)$", ColumnRole.CHANNEL),
    (r"^(prefix|prefixes|dial code|dialing code|dialling code|code|area code)$", ColumnRole.PREFIX),
    (r"^(operator|network|carrier|operator name|network name|mno|provider)$", ColumnRole.OPERATOR),
    (r"^(first seconds|first increment|initial increment|minimum|min seconds)$",
     ColumnRole.FIRST_SECONDS),
    (r"^(following seconds|following increment|next increment|increment)$",
     ColumnRole.FOLLOWING_SECONDS),
    (r"^(increments|billing increments?|billing)$", ColumnRole.INCREMENTS),
    (r"^(country|country name|country code|destination|land|nation|region|territory)$",
     ColumnRole.COUNTRY),
    (rf"^{MONEY}? ?(per )?(a )?{TEXT}s?( {MONEY})?$", ColumnRole.TEXT),
    (rf"^{MONEY}? ?(per )?(a )?{VOICE}s?( {MONEY})?$", ColumnRole.VOICE),
    (rf"^{MONEY}? ?{MOBILE}( {MONEY})?$", ColumnRole.MOBILE),
    (rf"^{MONEY}? ?{LANDLINE}( {MONEY})?$", ColumnRole.LANDLINE),
    (r"^(credits|price|rate|cost|tariff|credits each)$", ColumnRole.CREDITS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """`roles` has one for each column ("": not used); rows up to `heading_row` hold no prices."""

    roles: tuple[str, ...]
    heading_line: int = 1
    channel: str = ""
    carrier_type: str = ""  # or both
    rule: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"roles": list(self.roles)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**{**value, "roles": tuple(value["roles"])})

    def find_problems(self) -> Iterator[str]:
        used = [role for role in self.roles if role]
        repeated = sorted(
            {role for role in used if used.count(role) > 1 and role != ColumnRole.OPERATOR}
        )
        for role in repeated:
            yield gettext("Two columns are “%s”: choose one.") % ColumnRole(role).label
        if ColumnRole.COUNTRY not in used:
            yield gettext("Choose the column of the country.")
        prices = [PRICES[role] for role in used if role in PRICES]
        if not prices:
            yield gettext("Choose at least one column of credits.")
        if ColumnRole.INCREMENTS in used and {
            ColumnRole.FIRST_SECONDS,
            ColumnRole.FOLLOWING_SECONDS,
        } & set(used):
            yield gettext("Increments stand in one column or in two, not in both ways.")
        if (
            ColumnRole.CHANNEL not in used
            and not self.channel
            and any(not channel for channel, _carrier in prices)
        ):
            yield gettext("Say whether the credits are for texts or for calls, below.")
        if (
            ColumnRole.CARRIER_TYPE not in used
            and not self.carrier_type
            and any(not carrier for _channel, carrier in prices)
        ):
            yield gettext("Say which kind of line the credits are for, below.")


def guess_columns(sample: Sequence[tuple[int, list[str]]]) -> ColumnMapping:
    line, headings = max(
        sample[:MAX_HEADING_ROWS], key=lambda row: sum(map(bool, map(_guess_role, row[1])))
    )
    body = [row for number, row in sample if number > line]
    roles = [str(_guess_role(heading)) for heading in headings]
    countries = [index for index, role in enumerate(roles) if role == ColumnRole.COUNTRY]
    if len(countries) > 1:
        # "Country" beside "ISO", or a calling code under "Country code": the readable one wins.
        best = max(countries, key=lambda index: (_count_countries(body, index), -index))
        for index in countries:
            roles[index] = ColumnRole.COUNTRY if index == best else ""
    seen: set[str] = set()
    for index, role in enumerate(roles):
        if role in seen:
            roles[index] = ""
        seen.add(role)
    return ColumnMapping(roles=tuple(roles), heading_line=line)


def _guess_role(heading: str) -> str:
    text = re.sub(r"[^a-z0-9]+", " ", heading.casefold()).strip()
    if not text:
        return ""
    return next((role for pattern, role in HEADINGS if re.search(pattern, text)), "")


def _count_countries(body: Sequence[list[str]], index: int) -> int:
    return sum(bool(index < len(row) and country_code(row[index])) for row in body)

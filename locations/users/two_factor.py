"""The second step of signing in: six digits of an app (TOTP, RFC 6238), or a recovery code.

django-otp keeps the secrets, allows for clocks that differ, takes each code once, and makes
guessers wait longer with every wrong one.
"""

from base64 import b32encode

import pghistory
import segno
from django.db import transaction
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from locations.models import User
from locations.models.audit import SECOND_STEP_OFF

RECOVERY_CODES = 10
PASSED = "second_factor"  # in the session, where the second step was taken


def is_on(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def begin(user: User) -> TOTPDevice:
    """The secret that an app is to learn; nothing asks for its codes until `confirm`."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "app"}
    )
    return device


def as_picture(device: TOTPDevice) -> str:
    """The secret as a QR code that apps read: an SVG as a data address."""
    return str(segno.make(device.config_url, micro=False).svg_data_uri(scale=5, border=3))


def as_words(device: TOTPDevice) -> str:
    """The secret to be typed: base32 in groups of four."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def confirm(user: User, code: str) -> list[str] | None:
    """Turn it on where the app's code is right: the recovery codes; None where it is wrong."""
    with transaction.atomic():
        # Two confirmations at once: the second finds it confirmed.
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None or not device.verify_is_allowed()[0]:
            return None
        if not device.verify_token(_digits(code)):
            return None
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return new_recovery_codes(user)


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes for a lost phone, each of which works once; the old ones stop working."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def passes(user: User, code: str) -> bool:
    """Whether this is a code of the app now, or a recovery code, which is used up by it."""
    return match_token(user, _digits(code)) is not None


def turn_off(user: User) -> None:
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        pghistory.create_event(user, label=SECOND_STEP_OFF)


def _digits(code: str) -> str:
    """Without the spaces and capitals that people put into codes."""
    return "".join(code.split()).lower()

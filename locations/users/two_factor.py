"""Two-factor sign-in: six digits of an app (TOTP, RFC 6238) or a recovery code.

django-otp stores the secrets, tolerates clock drift, refuses used codes and throttles guessing.
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
VERIFIED = "second_factor"  # session key, set after the right code


def is_on(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def begin_setup(user: User) -> TOTPDevice:
    """The device to show to the user; its codes are not required until `confirm`."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "app"}
    )
    return device


def qr_code(device: TOTPDevice) -> str:
    return str(segno.make(device.config_url, micro=False).svg_data_uri(scale=5, border=3))


def readable_secret(device: TOTPDevice) -> str:
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def confirm(user: User, code: str) -> list[str] | None:
    """Turn it on and return the recovery codes; None if the code is wrong."""
    with transaction.atomic():
        # Lock, so that of two concurrent confirmations the second finds no open device.
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None or not device.verify_is_allowed()[0]:
            return None
        if not device.verify_token(_normalise(code)):
            return None
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return make_recovery_codes(user)


def make_recovery_codes(user: User) -> list[str]:
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def count_recovery_codes(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def verify(user: User, code: str) -> bool:
    """Whether the code of the app or the recovery code is right; it cannot be used again."""
    return match_token(user, _normalise(code)) is not None


def disable(user: User) -> None:
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        pghistory.create_event(user, label=SECOND_STEP_OFF)


def _normalise(code: str) -> str:
    return "".join(code.split()).lower()

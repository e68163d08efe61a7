from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from locations.models import Account, Location, Membership, User
from locations.models.users import DETAIL_ROLES

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SignedInRequest(HttpRequest):
    user: User


def open_details(user: "User | AnonymousUser", location_id: int) -> Location:
    """The location, with `may_open_account` for its account.

    Raises Http404 where the user is no member, as for a location that does not exist, and
    PermissionDenied where the role does not include Location Details.
    """
    may_open = Location.objects.details_open_to(user).filter(pk=OuterRef("pk"))
    may_open_account = accounts_open_to(user).filter(pk=OuterRef("account"))
    location = (
        Location.objects.visible_to(user)
        .select_related("account")
        .annotate(may_open=Exists(may_open), may_open_account=Exists(may_open_account))
        .filter(pk=location_id)
        .first()
    )
    if location is None:
        raise Http404
    if not location.may_open:
        raise PermissionDenied
    return location


def accounts_open_to(user: "User | AnonymousUser") -> QuerySet[Account]:
    if not user.is_authenticated:
        return Account.objects.none()
    if user.is_staff:
        return Account.objects.all()
    return Account.objects.filter(memberships__user=user)


def open_account(user: "User | AnonymousUser", account_id: int) -> Account:
    account = accounts_open_to(user).filter(pk=account_id).first()
    if account is None:
        raise Http404
    return account


def sees_masked_numbers(user: "User | AnonymousUser", location: Location) -> bool:
    if not user.is_authenticated:
        return False
    if user.is_staff:
        return not user.has_perm("locations.view_personal_data")
    if not location.masked_roles:
        return False
    memberships = Membership.objects.filter(
        Q(location=location) | Q(account=location.account_id),
        user=user,
        role__in=DETAIL_ROLES,
    )
    return not memberships.exclude(role__in=location.masked_roles).exists()


def detail_readers(location: Location) -> QuerySet[User]:
    memberships = Membership.objects.filter(
        Q(location=location, role__in=DETAIL_ROLES) | Q(account=location.account_id)
    )
    return User.objects.filter(is_active=True, pk__in=memberships.values("user")).order_by(
        "full_name", "email"
    )

"""Who may open the Location Details of which location (domain.md section 1)."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from locations.db.prepared import Given, GivenUser, composed
from locations.models import Account, Location, Membership, User
from locations.models.users import DETAIL_ROLES

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` is given."""

    user: User


def open_details(user: "User | AnonymousUser", location_id: int) -> Location:
    """The location, where this user may open its details, Credit Usage included.

    Raises Http404 for a location that the user has no part in, the same as for one that never
    was, and PermissionDenied where the user's role does not include Location Details.
    """
    found = _seen(user.is_staff)(user=user.pk, location=location_id) if user.pk else []
    location = next(iter(found), None)
    if location is None:
        raise Http404
    if not location.may_open:
        raise PermissionDenied
    return location


@composed
def _seen(is_staff: bool) -> QuerySet[Location]:
    """The location that is given, where the user may see it, and what of it the user may open."""
    user: Any = GivenUser(is_staff=is_staff)
    may_open = Location.objects.details_open_to(user).filter(pk=OuterRef("pk"))
    may_open_account = accounts_open_to(user).filter(pk=OuterRef("account"))
    return (
        Location.objects.visible_to(user)
        .select_related("account")
        .annotate(may_open=Exists(may_open), may_open_account=Exists(may_open_account))
        .filter(pk=Given("location"))
    )


def accounts_open_to(user: "User | AnonymousUser") -> QuerySet[Account]:
    """The accounts whose locations the user may see side by side: an Account Admin's, or all."""
    if not user.is_authenticated:
        return Account.objects.none()
    if user.is_staff:
        return Account.objects.all()
    return Account.objects.filter(memberships__user=user)


def open_account(user: "User | AnonymousUser", account_id: int) -> Account:
    """The account, where this user may open it; raises Http404."""
    account = accounts_open_to(user).filter(pk=account_id).first()
    if account is None:
        raise Http404
    return account


def sees_masked_numbers(user: "User | AnonymousUser", location: Location) -> bool:
    """Whether every role through which the user opens this location's details is a masked one.

    Staff see them as their groups say. No query of memberships where the location masks none.
    """
    if not user.is_authenticated:
        return False
    if user.is_staff:
        return not user.has_perm("locations.view_personal_data")
    if not location.masked_roles:
        return False
    here = Membership.objects.filter(
        Q(location=location) | Q(account=location.account_id),
        user=user,
        role__in=DETAIL_ROLES,
    )
    return not here.exclude(role__in=location.masked_roles).exists()


def detail_readers(location: Location) -> QuerySet[User]:
    """The members who may open the location's details, by name; staff are none of them."""
    here = Membership.objects.filter(
        Q(location=location, role__in=DETAIL_ROLES) | Q(account=location.account_id)
    )
    return User.objects.filter(is_active=True, pk__in=here.values("user")).order_by(
        "full_name", "email"
    )

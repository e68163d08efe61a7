"""Who is signed in."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from locations.db.prepared import Given, composed
from locations.models import User


class Backend(ModelBackend):
    """Django's own, which asks for the person of each request by a prepared statement."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_user()(user=user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None


@composed
def _user() -> QuerySet[User]:
    return User.objects.filter(pk=Given("user"))

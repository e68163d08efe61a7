import datetime as dt
from typing import Any

from locations.models import Session, User
from locations.models.sessions import BEGAN_AT, BROWSER

# Marks in a User-Agent, the more specific first: Edge names Chrome too, Chrome Safari.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"} | {
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad"} | {
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def begin(session: Any, *, user_agent: str, at: dt.datetime) -> None:
    session[BEGAN_AT] = at.timestamp()
    session[BROWSER] = browser_name(user_agent)


def browser_name(user_agent: str) -> str:
    """Like `Firefox, Windows`; empty if neither is recognised."""
    names = (
        next((name for mark, name in marks.items() if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in names if name)


def end_others(user: User, *, current_key: str | None, name: str = "", at: dt.datetime) -> int:
    """End the user's session of this name, or all but the current one; returns how many."""
    others = Session.objects.for_user(user, at=at).exclude(session_key=current_key)
    if not name:
        return int(others.delete()[0])
    return sum(session.delete()[0] for session in others if session.name == name)


def delete_expired(*, at: dt.datetime) -> int:
    return int(Session.objects.filter(expire_date__lte=at).delete()[0])

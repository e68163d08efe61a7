"""Beginning and ending sessions."""

import datetime as dt
from typing import Any

from locations.models import Session, User
from locations.models.sessions import BEGAN_AT, BROWSER

# What a User-Agent says, the more particular first: Edge calls itself Chrome, Chrome Safari.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"} | {
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad"} | {
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def begin(session: Any, *, user_agent: str, at: dt.datetime) -> None:
    """Note since when a session is somebody's, and in which browser."""
    session[BEGAN_AT] = at.timestamp()
    session[BROWSER] = browser_name(user_agent)


def browser_name(user_agent: str) -> str:
    """By what people know a browser, like `Firefox, Windows`; empty where nothing is known."""
    named = (
        next((name for mark, name in known.items() if mark in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in named if name)


def end_others(user: User, *, but: str | None, name: str = "", at: dt.datetime) -> int:
    """Sign a person out elsewhere: in the session of this name, or everywhere but here.

    `but` is the key of the session that asks. Returns how many ended.
    """
    others = Session.objects.of(user, at=at).exclude(session_key=but)
    if not name:
        return int(others.delete()[0])
    return sum(session.delete()[0] for session in others if session.name == name)


def forget_ended(*, at: dt.datetime) -> int:
    """Delete the sessions that had run out by the instant `at`; returns how many."""
    return int(Session.objects.filter(expire_date__lte=at).delete()[0])

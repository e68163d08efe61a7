"""A browser on a phone and a desktop, and one product for all tests of a run.

Tests only read what `world` holds. Those that write get a location, an account or a person of
their own in it; where that is not enough, their module has a `live_product` of its own.
"""

import contextlib
import functools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from locations.models import User
from tests import product
from tests.browser.world import World, build
from tests.plugin import ROOT
from tests.product import LiveProduct

# Playwright keeps an event loop, beside which Django refuses synchronous database calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Kept to be looked at; `var/` is not part of the repository.
PICTURES = ROOT / "var" / "screenshots"
HEIGHT = 800
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# The violations alone: all that axe finds in order is megabytes, and takes longer to read here
# than to find. Without preloading, for which axe writes style sheets into the page, which the
# policy refuses: only pages that play something need it.
AXE = """([within, runOnly]) => {
    document.getAnimations().forEach(each => each instanceof CSSTransition && each.finish());
    return axe
        .run(within || document, {runOnly, preload: false, resultTypes: ["violations"]})
        .then(found => found.violations);
}"""
EMPTY = '<link rel="icon" href="data:,">'  # else the browser asks for /favicon.ico
FETCHING = ".htmx-request, .htmx-swapping, .htmx-settling"


@dataclass(frozen=True)
class Screen:
    width: int

    @property
    def is_phone(self) -> bool:
        return self.width < 768

    def __str__(self) -> str:
        return str(self.width)


PHONE, DESK = Screen(390), Screen(1280)
on_both_screens = pytest.mark.parametrize("screen", [PHONE, DESK], ids=str)
on_a_phone = pytest.mark.parametrize("screen", [PHONE], ids=str)


@dataclass
class Visit:
    """One person's tab. What the console complains about fails the test, unless expected."""

    page: Page
    screen: Screen
    url: str
    pictures: bool = False
    complaints: list[str] = field(default_factory=list)

    def begin(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", self._note_error)
        self.page.emulate_media(media="null", color_scheme="light", reduced_motion="reduce")
        self.resize(self.screen.width)
        self.page.mouse.move(0, 0)

    def leave(self) -> None:
        """Reset the tab for the next visit."""
        self.page.unroute_all()
        empty = f"{self.url}/empty"  # a page of this origin, to clear what the origin has stored
        self.page.route(empty, lambda route: route.fulfill(body=EMPTY, content_type="text/html"))
        self.page.goto(empty)
        self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.page.unroute_all()
        self.page.goto("about:blank")
        self.page.remove_listener("console", self._note)
        self.page.remove_listener("pageerror", self._note_error)
        self.page.context.clear_cookies()
        self.page.context.clear_permissions()

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def open_as(self, user: User, path: str = "/") -> None:
        """With a session that has begun already: most tests are not about signing in."""
        # A sign-in by the form may have stored the password with another hasher: a session begun
        # with the old hash would not count.
        user.refresh_from_db()
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.url}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        self.open(path)

    def sign_in(self, email: str, password: str) -> None:
        self.open("/sign-in/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def paste(self, label: str, text: str) -> None:
        """By the clipboard, as people do: typing ten thousand lines takes a browser minutes."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.get_by_label(label).focus()
        self.page.keyboard.press("ControlOrMeta+v")

    def expect_refusal(self, status: int) -> None:
        """The browser logs every answer of 400 and more: this one was meant."""
        refused = [text for text in self.complaints if f"status of {status}" in text]
        assert len(refused) == 1, self.complaints
        self.complaints.remove(refused[0])

    def check(
        self, name: str, *, within: str | None = None, closely: bool = False, themed: bool = True
    ) -> None:
        """Expect no accessibility violation, and no page wider than a phone or a desktop.

        All rules of axe are checked on this screen in the light, and with `closely` on the other
        screen too. In the dark only contrast is checked, on the other screen only the width:
        the content is the same. `within` limits axe to a part, where a menu covers the rest.
        """
        self.page.wait_for_load_state()
        expect(self.page.locator(FETCHING)).to_have_count(0)
        self._fits(name)
        self._axe(name, within, EVERY_RULE)
        if themed:
            self.page.emulate_media(color_scheme="dark")
            self._axe(f"{name}, dark", within, CONTRAST)
            self.page.emulate_media(color_scheme="light")
        other = DESK if self.screen.is_phone else PHONE
        self.resize(other.width)
        self._fits(name)
        if closely:
            self._axe(f"{name}, {other}", within, EVERY_RULE)
        if self.pictures:
            self._keep_pictures(name)
        self.resize(self.screen.width)

    def check_widths(self, name: str, *widths: int) -> None:
        """Expect no page wider than the screen at these widths."""
        for width in widths:
            self.resize(width)
            self._fits(name)
        self.resize(self.screen.width)

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _fits(self, name: str) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        size = self.page.viewport_size
        assert size and wide <= size["width"], f"{name} is {wide} px wide: {size}"

    def _axe(self, name: str, within: str | None, rules: list[str] | dict[str, Any]) -> None:
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE_SCRIPT)
        violations = self.page.evaluate(AXE, [within, rules])
        report = AxeResults({"violations": violations}).generate_report() if violations else ""
        assert not violations, f"{name}:\n{report}"

    def _keep_pictures(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for screen in (PHONE, DESK):
            self.resize(screen.width)
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme)
                path = PICTURES / f"{name}-{screen}-{theme}.png"
                self.page.screenshot(path=path, full_page=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures", action="store_true", help="keep a picture of each state in var/screenshots"
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return {**browser_type_launch_args, "executable_path": chromium, "args": QUIET}


@pytest.fixture(scope="session")
def live_product(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveProduct]:
    """One for all tests of a process. No worker runs: what waits for one waits."""
    logs = tmp_path_factory.mktemp("product")
    with django_db_blocker.unblock(), product.with_database(logs) as running:
        yield running


@pytest.fixture(scope="module")
def own_product(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveProduct]:
    """For a module whose `live_product` it is: with an empty database, beside that of all."""
    logs = tmp_path_factory.mktemp("own-product")
    with django_db_blocker.unblock(), product.with_database(logs) as running:
        yield running


@pytest.fixture(scope="session")
def world(live_product: LiveProduct) -> World:
    return build()


@pytest.fixture
def screen() -> Screen:
    return DESK


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Callable[[bool], Page]:
    """A tab of a phone and one of a desktop, which most visits use in turn.

    A tab of its own for each takes Chromium most of a second.
    """

    @functools.cache
    def tab(is_phone: bool) -> Page:
        return browser.new_context(has_touch=is_phone).new_page()

    return tab


@pytest.fixture
def new_visit(
    browser: Browser,
    tabs: Callable[[bool], Page],
    live_product: LiveProduct,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Visit]]:
    """The first visit with a screen is in a tab that others have used, any other in a new one."""
    visits: list[Visit] = []
    pictures = request.config.getoption("--pictures", default=False)

    with contextlib.ExitStack() as leaving:  # each in its turn, also where one fails

        def visiting(screen: Screen, **options: Any) -> Visit:
            page = tabs(screen.is_phone)
            is_new = bool(options) or page in [visit.page for visit in visits]
            if is_new:
                page = browser.new_context(has_touch=screen.is_phone, **options).new_page()
            visit = Visit(page, screen, live_product.url, pictures)
            visits.append(visit)
            leaving.callback(page.context.close if is_new else visit.leave)
            visit.begin()
            return visit

        yield visiting
    assert [visit.complaints for visit in visits] == [[] for _ in visits]


@pytest.fixture
def visit(new_visit: Callable[..., Visit], screen: Screen) -> Visit:
    return new_visit(screen)

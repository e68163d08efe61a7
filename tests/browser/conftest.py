"""A browser on a phone and a desktop, each in both themes, and a product with its own world."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.world import World, build
from tests.plugin import ROOT
from tests.product import LiveProduct

# Kept to be looked at; `var/` is not part of the repository.
PICTURES = ROOT / "var" / "screenshots"
HEIGHT = 800
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": RULES}
# To look into style sheets that others import, as Django's forms.css does, axe writes them into
# an inline style, which the policy refuses and the console complains about.
IMPORTS = """[...document.styleSheets].some(
    (sheet) => [...sheet.cssRules].some((rule) => rule instanceof CSSImportRule))"""


@dataclass(frozen=True)
class Screen:
    """`also` are widths and themes in which what a visit looks at is looked at besides, by every
    rule: a state is reached once for all of them."""

    width: int
    theme: str
    also: tuple[tuple[int, str], ...] = ()

    @property
    def is_phone(self) -> bool:
        return self.width < 768

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"


# A phone and a desktop, each in both themes.
SCREENS = [Screen(width, "light", also=((width, "dark"),)) for width in (390, 1280)]


@dataclass
class Visit:
    """One person's tab. What the console complains about fails the test, unless expected."""

    page: Page
    screen: Screen
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

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

    def look(self, name: str, *, within: str | None = None) -> None:
        """No accessibility violation, nothing beyond the edge; and a picture for people.

        `within` is the part that can be used now, where an open menu lies over the rest.
        """
        PICTURES.mkdir(parents=True, exist_ok=True)
        self._look(name, self.screen, within)
        for width, theme in self.screen.also:
            self._as(width, theme)
            self._look(name, Screen(width, theme), within)
        if self.screen.also:
            self._as(self.screen.width, self.screen.theme)

    def _as(self, width: int, theme: str) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]

    def _look(self, name: str, screen: Screen, within: str | None) -> None:
        self.page.screenshot(path=PICTURES / f"{name}-{screen}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= screen.width, f"{name} is {wide} px wide"
        options = AXE | {"preload": not self.page.evaluate(IMPORTS)}
        results = Axe().run(self.page, context=within, options=options)
        assert results.violations_count == 0, f"{name}-{screen}:\n{results.generate_report()}"

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return {**browser_type_launch_args, "executable_path": chromium, "args": QUIET}


@pytest.fixture(scope="module")
def world(live_product: LiveProduct) -> World:
    return build()


@pytest.fixture(params=SCREENS, ids=str)
def screen(request: pytest.FixtureRequest) -> Screen:
    return request.param


@pytest.fixture
def new_visit(
    browser: Browser, live_product: LiveProduct, tmp_path: Path
) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    def begin(screen: Screen, **options: Any) -> Visit:
        context = browser.new_context(
            viewport={"width": screen.width, "height": HEIGHT},
            color_scheme=screen.theme,
            has_touch=screen.is_phone,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        visit = Visit(context.new_page(), screen, live_product.url)
        visit.page.on("console", visit.note)
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visits.append(visit)
        return visit

    yield begin
    for context in contexts:
        context.close()
    assert [visit.complaints for visit in visits] == [[] for _ in visits]


@pytest.fixture
def visit(new_visit: Callable[..., Visit], screen: Screen) -> Visit:
    return new_visit(screen)

"""Pages as a browser shows them: at two widths, light and dark, without scripts, errors or outside requests."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from kg.engine import Limits, Pool
from server import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

sys.path.insert(0, str(Path(__file__).parent.parent / "server"))
import newsroom as n

pytestmark = pytest.mark.browser

#: Milliseconds that a page may take on a machine whose cores are all busy; a page that never comes still fails.
SLOW = 30_000
RUN = quote(
    "SELECT ?thing ?name ?iri { ?thing <http://schema.org/name> ?name BIND(STR(?thing) AS ?iri) } ORDER BY ?name"
)
#: Width and colours. Each width and each scheme is always tried, the other pairs at length.
LOOKS = [
    (1280, "light"),
    (390, "dark"),
    pytest.param(1280, "dark", marks=pytest.mark.long),
    pytest.param(390, "light", marks=pytest.mark.long),
]
PAGES = {
    "home": "/",
    "article": n.FREED.removeprefix(n.BASE),
    "withheld": n.FOREIGN.removeprefix(n.BASE),
    "hostile": n.HOSTILE.removeprefix(n.BASE),
    "right-to-left": n.ARABIC.removeprefix(n.BASE),
    "thing": n.DAWIT.removeprefix(n.BASE),
    "event": n.RULING.removeprefix(n.BASE),
    "things": "/things",
    "articles": "/articles",
    "search": "/search?q=ourabi",
    "sparql": "/sparql",
    "answer": f"/sparql?query={RUN}",
    "status": "/status",
    "shapes": "/shapes.html",
    "check": "/shapes/validate",
}
#: Colour contrast of text against its background, as WCAG 2.2 (section 1.4.3) counts it, for every visible text.
CONTRAST = """() => {
  const rgb = c => {
    const m = c.match(/[0-9.]+/g).map(Number);
    return {c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1};
  };
  const light = c => {
    const f = c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const back = e => {
    for (; e; e = e.parentElement) {
      const b = rgb(getComputedStyle(e).backgroundColor);
      if (b.a) return b.c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.getClientRects().length || e.closest('script')) continue;
    const one = light(rgb(getComputedStyle(e).color).c), two = light(back(e));
    const ratio = (Math.max(one, two) + .05) / (Math.min(one, two) + .05);
    if (ratio < 4.5) bad.push([walk.currentNode.data.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return bad;
}"""


#: Elements that reach past the right edge, what scrolls by itself apart (YASQE hides a wide text area in itself).
OVERHANG = """() => [...document.querySelectorAll('main *')]
  .filter(e => !e.closest('.scroll, pre, .CodeMirror') && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.outerHTML.slice(0, 80))"""


class Quiet(WSGIRequestHandler):
    """A server that does not write to the test's output."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing is written."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server over the test publication."""
    folder = tmp_path_factory.mktemp("newsroom")
    n.open_newsroom(folder)
    app = create_app(n.settings(folder), engine=Pool(folder / "store", Limits(seconds=20)))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["newsgraph"].close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips where playwright or Chromium is absent."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install playwright)")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with api.sync_playwright() as play:
        try:
            made = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except api.Error as error:
            pytest.skip(f"Chromium cannot be started: {str(error).splitlines()[0]}")
        yield made
        made.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_loads_nothing_from_elsewhere_and_can_be_read(
    browser: Browser, address: str, name: str, width: int, scheme: str, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    outside: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(f"a script ran: {dialog.message}"))
    page.on("request", lambda one: outside.append(one.url) if not one.url.startswith(address) else None)
    answer = page.goto(address + PAGES[name])
    assert answer is not None
    assert answer.status == 200
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(OVERHANG) == []
    assert page.evaluate(CONTRAST) == []
    assert errors == []
    assert outside == []
    context.close()


def test_everything_can_be_reached_by_keyboard_and_the_first_stop_skips_to_the_content(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address + PAGES["article"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.close()


def expect(found: Locator) -> Any:
    """Playwright's assertions, which wait: a click returns before the page it opens has been read."""
    from playwright.sync_api import expect as waiting

    return waiting(found)


def test_searching_and_asking_work_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/")
    page.get_by_role("searchbox").fill("mended a pump")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Court frees ship’s mechanic").click()
    page.get_by_role("link", name="Northern Court").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Northern Court", timeout=SLOW)
    page.get_by_role("link", name="SPARQL").click()
    page.get_by_label("Query").fill("SELECT ?o { ?s <http://schema.org/headline> ?o } ORDER BY ?o LIMIT 2")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(3, timeout=SLOW)
    context.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_data_can_be_checked_in_the_form_and_the_report_read(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address + "/shapes/validate")
    page.get_by_label("RDF").fill(
        f"""<{n.FREED}#quote-1> a <http://schema.org/Quotation> ; <http://schema.org/text> "{"longword" * 60}" ;
        <http://schema.org/isPartOf> <{n.FREED}#id> . <{n.FREED}#id> a <http://schema.org/NewsArticle> ."""
    )
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("main")).to_contain_text("refused: ", timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(OVERHANG) == []
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("link", name="A1", exact=True).click()
    page.wait_for_url("**/shapes.html#A1", timeout=SLOW)
    assert page.evaluate("document.querySelector(':target').innerText").startswith("A1")
    context.close()

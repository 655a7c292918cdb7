"""The page ``/sparql`` in a browser: with scripts and without, by keyboard, and nothing is sent anywhere else."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.serving import make_server

from kg.engine import Limits, Pool
from server import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent.parent / "server"))
sys.path.insert(0, str(Path(__file__).parent))
import newsroom as n
from test_pages_in_a_browser import CONTRAST, OVERHANG, SLOW, Quiet, browser, expect

__all__ = ["browser"]

pytestmark = pytest.mark.browser

HEADLINES = "SELECT ?o { ?s <http://schema.org/headline> ?o } ORDER BY ?o"
EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 450"
#: Runs for minutes where nobody stops it.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@dataclass
class Site:
    """A running server; ``pool`` is the engine behind it."""

    address: str
    pool: Pool


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("newsroom")
    n.open_newsroom(folder)
    pool = Pool(folder / "store", Limits(seconds=120, concurrent=2))
    app = create_app(n.settings(folder), engine=pool)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", pool)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["newsgraph"].close()


@dataclass
class Watched:
    """A page, and what went wrong on it or left for elsewhere."""

    page: Page
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def opened(browser: Browser, site: Site, path: str = "/sparql", **context: object) -> Watched:
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    made = Watched(page)
    page.on("console", lambda said: made.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: made.errors.append(str(error)))
    page.on("dialog", lambda dialog: made.errors.append(f"a script ran: {dialog.message}"))
    ours = (site.address, "data:")
    page.on("request", lambda one: made.outside.append(one.url) if not one.url.startswith(ours) else None)
    page.set_default_timeout(SLOW)
    page.goto(site.address + path)
    return made


def write(page: Page, query: str) -> None:
    """The query replaces what is in the editor, as keys."""
    page.get_by_label("Query", exact=True).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)


def plain(browser: Browser, site: Site, path: str = "/sparql", **context: object) -> Watched:
    """The page as it is where make editor has not run: the text area stays one."""
    made = opened(browser, site, path, **context)
    made.page.route("**/static/yasqe*", lambda route: route.abort())
    made.page.goto(site.address + path)
    made.errors.clear()  # the files that were kept away
    return made


def with_yasqe() -> None:
    if not files("server").joinpath("static", "vendor", "yasqe.min.js").is_file():
        pytest.skip("the editor of queries is not built (make editor)")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("path", ["/sparql?query=" + quote(f"# why\n{HEADLINES} LIMIT 3"), "/dataset"])
def test_the_pages_fit_and_can_be_read(browser: Browser, site: Site, path: str, width: int, scheme: str) -> None:
    seen = opened(browser, site, path, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = seen.page
    if path == "/dataset":
        page.locator("summary").first.click()
    else:
        expect(page.get_by_role("tab", name="Table")).to_be_visible(timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(OVERHANG) == []
    assert page.evaluate(CONTRAST) == []
    assert (seen.errors, seen.outside) == ([], [])
    page.context.close()


def test_a_query_runs_in_place_and_its_address_can_be_kept(browser: Browser, site: Site) -> None:
    seen = opened(browser, site)
    page = seen.page
    page.evaluate("window.same = true")
    write(page, HEADLINES)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("row")).to_have_count(6, timeout=SLOW)
    assert page.evaluate("window.same")
    assert "query=SELECT" in page.url
    expect(page.get_by_role("main")).to_contain_text(n.EVIL, timeout=SLOW)  # shown as text, run by nobody
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.get_by_role("row")).to_have_count(6, timeout=SLOW)
    write(page, "ASK {}")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#answer .lead")).to_have_text("Yes", timeout=SLOW)
    assert (seen.errors, seen.outside) == ([], [])
    page.context.close()


def test_tabs_change_by_keyboard_between_the_table_and_the_raw_answer(browser: Browser, site: Site) -> None:
    page = opened(browser, site, "/sparql?query=" + quote(HEADLINES)).page
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Raw")).to_be_focused(timeout=SLOW)
    expect(page.get_by_role("tabpanel", name="Raw")).to_contain_text('"bindings"', timeout=SLOW)
    expect(page.get_by_role("table")).to_be_hidden(timeout=SLOW)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("table")).to_be_visible(timeout=SLOW)
    page.context.close()


def test_an_error_is_shown_at_its_place(browser: Browser, site: Site) -> None:
    page = plain(browser, site).page
    write(page, "SELECT * {\n ?s ?p ! }")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Line 2, column", timeout=SLOW)
    expect(page.locator("pre.place")).to_contain_text("^", timeout=SLOW)
    at = page.evaluate("document.getElementById('query').selectionStart")
    assert page.evaluate("document.getElementById('query').value")[:at].count("\n") == 1
    page.context.close()


def test_a_running_query_can_be_stopped(browser: Browser, site: Site) -> None:
    page = opened(browser, site).page
    write(page, ENDLESS)
    page.keyboard.press("Control+Enter")
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible(timeout=SLOW)
    expect(page.locator(".running")).to_contain_text(" 1 s", timeout=SLOW)
    assert len(site.pool.running()) == 1
    cancel.click()
    expect(page.get_by_role("alert")).to_contain_text("stopped", timeout=SLOW)
    expect(cancel).to_be_hidden(timeout=SLOW)
    assert site.pool.running() == ()
    page.context.close()


def test_without_scripts_rows_are_turned_page_by_page(browser: Browser, site: Site) -> None:
    page = opened(browser, site, java_script_enabled=False).page
    page.get_by_label("Query").fill(EVERYTHING)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Rows 1 to 200", timeout=SLOW)
    expect(page.get_by_role("row")).to_have_count(201, timeout=SLOW)
    first = page.get_by_role("row").nth(1).inner_text()
    page.get_by_role("link", name="Next rows").click()
    expect(page.get_by_role("main")).to_contain_text("Rows 201 to 400", timeout=SLOW)
    page.get_by_role("link", name="Next rows").click()
    expect(page.get_by_role("main")).to_contain_text("Rows 401 to 450, the last", timeout=SLOW)
    expect(page.get_by_role("link", name="Next rows")).to_have_count(0, timeout=SLOW)
    page.get_by_role("link", name="Previous rows").click()
    page.get_by_role("link", name="Previous rows").click()
    expect(page.get_by_role("main")).to_contain_text("Rows 1 to 200", timeout=SLOW)
    assert page.get_by_role("row").nth(1).inner_text() == first
    page.context.close()


def test_a_long_query_is_turned_by_post(browser: Browser, site: Site) -> None:
    page = opened(browser, site, java_script_enabled=False).page
    page.get_by_label("Query").fill(f"# {'long ' * 2_000}\n{EVERYTHING}")
    page.get_by_role("button", name="Run as POST").click()
    page.get_by_role("button", name="Next rows").click()
    expect(page.get_by_role("main")).to_contain_text("Rows 201 to 400", timeout=SLOW)
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_runs_by_one_click_and_has_a_permalink(browser: Browser, site: Site, scripts: bool) -> None:
    seen = opened(browser, site, java_script_enabled=scripts)
    page = seen.page
    page.get_by_role("link", name="who said what, word for word").click()
    expect(page.get_by_role("table")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Get a permalink").click()
    page.wait_for_url("**/q/*")
    expect(page.get_by_role("heading", name="The permalink of this query")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("table")).to_have_count(0, timeout=SLOW)  # it is not run
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("table")).to_be_visible(timeout=SLOW)
    assert (seen.errors, seen.outside) == ([], [])
    page.context.close()


def test_names_are_completed_from_our_own_model_and_from_nowhere_else(browser: Browser, site: Site) -> None:
    with_yasqe()
    seen = opened(browser, site)
    page = seen.page
    write(page, "PREFIX schema: <http://schema.org/>\nSELECT * { ?s schema:headl")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint").first).to_have_text("schema:headline", timeout=SLOW)
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-code")).to_contain_text("schema:headline", timeout=SLOW)
    page.keyboard.insert_text(" ?o . ?s a schema:NewsArt")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint").first).to_have_text("schema:NewsArticle", timeout=SLOW)
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-code")).to_contain_text("schema:NewsArticle", timeout=SLOW)
    page.keyboard.insert_text(" }")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("row")).to_have_count(6, timeout=SLOW)
    assert (seen.errors, seen.outside) == ([], [])
    page.context.close()


def test_back_leads_to_the_query_before_and_a_jump_in_the_page_loses_nothing(browser: Browser, site: Site) -> None:
    page = opened(browser, site, "/sparql?query=" + quote(HEADLINES)).page
    write(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer .lead")).to_have_text("Yes", timeout=SLOW)
    write(page, "ASK { <a:half> <a:done>")
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    assert page.evaluate("document.getElementById('query').value") == "ASK { <a:half> <a:done>"
    page.go_back()
    page.go_back()
    expect(page.get_by_role("row")).to_have_count(6, timeout=SLOW)
    page.context.close()


def test_the_editor_lets_the_tab_key_go_on(browser: Browser, site: Site) -> None:
    with_yasqe()
    page = opened(browser, site).page
    page.get_by_label("Query", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_focused(timeout=SLOW)
    page.context.close()

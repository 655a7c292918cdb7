"""The page ``/sparql`` as the server writes it: pages of rows, values as text, errors at their place."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import newsroom as n
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg import queries

HTML = {"Accept": "text/html"}
ALL = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 450"


def shown(client: FlaskClient, query: str, **parameters: str) -> str:
    answer = client.get("/sparql", headers=HTML, query_string={"query": query, **parameters})
    assert answer.status_code == 200
    return answer.text


def link(page: str, words: str) -> str:
    found = re.search(rf'<a[^>]*href="([^"]*)"[^>]*>{words}</a>', page)
    assert found is not None, words
    return html.unescape(found[1])


def test_the_policy_lets_nothing_in_from_elsewhere(client: FlaskClient) -> None:
    policy = client.get("/sparql", headers=HTML).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; object-src 'none'")
    assert not re.search(r"https?:|\*|unsafe-eval|script-src", policy)
    # every other page keeps the policy under which no script runs at all
    assert client.get("/dataset", headers=HTML).headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_search_engines_stay_away(client: FlaskClient) -> None:
    answer = client.get("/sparql", headers=HTML)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    robots = client.get("/robots.txt").text
    assert "Disallow: /q/" in robots


def test_rows_are_turned_two_hundred_at_a_time_in_one_snapshot(client: FlaskClient) -> None:
    pages = [shown(client, ALL)]
    while "Next rows" in pages[-1]:
        address = link(pages[-1], "Next rows")
        assert parse_qs(urlsplit(address).query)["snapshot"]
        pages.append(client.get(address, headers=HTML).text)
    rows = [re.findall(r"<tr><td>.*?</tr>", page, re.DOTALL) for page in pages]
    assert [len(one) for one in rows] == [200, 200, 50]
    assert len({row for page in rows for row in page}) == 450
    before = client.get(link(pages[2], "Previous rows"), headers=HTML).text
    assert re.findall(r"<tr><td>.*?</tr>", before, re.DOTALL) == rows[1]


def test_a_page_may_be_shorter_and_is_never_longer(client: FlaskClient) -> None:
    assert shown(client, ALL, rows="7").count("<tr>") == 8
    assert shown(client, ALL, rows="100000").count("<tr>") == 201
    assert "rows=7&amp;skip=7" in shown(client, ALL, rows="7")


def test_statements_of_a_graph_are_turned_too(client: FlaskClient) -> None:
    page = shown(client, "CONSTRUCT WHERE { ?s ?p ?o }")
    second = client.get(link(page, "Next statements"), headers=HTML).text
    assert "from number 201 on" in second


def test_links_to_files_carry_the_dataset_and_lead_to_the_whole_answer(client: FlaskClient) -> None:
    graph = f"{n.BASE}/graphs/things"
    page = shown(client, ALL, **{"default-graph-uri": graph, "skip": "2"})
    answer = client.get(link(page, "CSV"))
    assert answer.mimetype == "text/csv"
    assert len(answer.text.splitlines()) == 4  # the graph has three statements
    assert f'name="default-graph-uri" value="{graph}"' in page


def test_a_query_too_long_for_an_address_is_turned_by_forms(client: FlaskClient) -> None:
    query = f"# {'long ' * 1_000}\n{ALL}"
    answer = client.post("/sparql", data={"query": query}, headers=HTML)
    assert answer.status_code == 200
    assert max(len(address) for address in re.findall(r'href="([^"]*)"', answer.text)) < 8_000
    assert re.search(
        r'<form class="inline" method="post".*?name="skip" value="200".*?Next rows', answer.text, re.DOTALL
    )


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        n.EVIL_NAME,
        "'\" onmouseover=alert(1) x=",
        "{{ 7*7 }}",
        "</pre><script>alert(1)</script>",
    ],
)
def test_values_and_names_are_text(client: FlaskClient, value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    page = shown(client, f'SELECT ("{escaped}" AS ?value) {{}}')
    assert value not in page.replace(html.escape(value, quote=True), "") or "<" not in value
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "49" not in re.sub(r"[0-9a-f]{12}", "", page.partition("<tbody>")[2].partition("</tbody>")[0])


def test_only_web_addresses_are_links(client: FlaskClient) -> None:
    page = shown(client, "SELECT ?x { VALUES ?x { <javascript:alert(1)> <https://a.example/> <data:text/html,x> } }")
    cells = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert re.findall(r'href="([^"]*)"', cells) == ["https://a.example/"]
    assert "javascript:alert(1)" in cells


def test_a_long_value_is_shortened_and_says_so(client: FlaskClient) -> None:
    page = shown(client, f'SELECT ("{"x" * 5_000}" AS ?value) {{}}')
    assert "4,400 characters more in the file" in page


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("SELECT * {\n ?s ?p ! }", 2),
        ("SELECT * {\r\n\r\n ?s ?p ! }", 3),
        (f"SELECT * {{ {'?s ?p ?o . ' * 300} ! }}", 1),
        ("SELECT * { ?s ?p \U0001f600 ! }", 1),
    ],
)
def test_an_error_is_shown_with_its_line(client: FlaskClient, query: str, line: int) -> None:
    answer = client.get("/sparql", headers=HTML, query_string={"query": query})
    assert answer.status_code == 400
    assert f"Line {line}, column" in answer.text
    place = answer.text.partition('<pre class="place">')[2].partition("</pre>")[0]
    text, mark = html.unescape(place).split("\n")[:2]
    assert mark.strip() == "^"
    assert len(mark) <= len(text) + 1
    assert len(text) < 130
    assert f'data-line="{line}"' in answer.text


def test_every_question_stands_in_a_group(client: FlaskClient) -> None:
    page = client.get("/sparql", headers=HTML).text
    for example in queries.examples():
        assert f">{example.title}</a>" in page
        assert f"<h3>{example.group}</h3>" in page
    assert {one.group for one in queries.examples()} >= {"Who said what", "Events"}


def test_the_limits_are_told_in_words(client: FlaskClient) -> None:
    page = client.get("/sparql", headers=HTML).text
    assert "30 seconds a query may run" in page
    assert "1,000,000 rows" in page


def test_behind_a_prefix_every_address_of_the_page_keeps_it(app: Flask) -> None:
    answer = app.test_client().get(
        "/sparql", headers=HTML, query_string={"query": ALL}, environ_overrides={"SCRIPT_NAME": "/news"}
    )
    found = re.findall(r'(?:href|action|src|data-completion|data-queries)="(/[^"]*)"', answer.text)
    assert len(found) > 40
    assert [one for one in found if not one.startswith("/news/")] == []

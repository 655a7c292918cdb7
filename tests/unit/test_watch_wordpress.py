"""Polling WordPress: what changed, what a schedule published, what went, whatever happens while the list is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from newsstand import Stand, stand
from website import Answer, Asked

from kg.watch import State, state_file
from kg.watch.arrivals import fetched

WORDPRESS = {"url": "{site}/", "kind": "wordpress"}


@dataclass
class Blog:
    """The posts of a WordPress site and its REST API, as far as polling uses it."""

    made: Stand
    posts: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    between: Callable[[], None] = lambda: None

    def put(self, number: int, modified: str, *, date: str | None = None, status: str = "publish") -> None:
        self.posts[number] = {
            "id": number,
            "date": date or modified,
            "date_gmt": date or modified,
            "modified": modified,
            "modified_gmt": modified,
            "guid": {"rendered": f"https://blog.example/?p={number}"},
            "link": f"https://blog.example/story-{number}/",
            "status": status,
            "title": {"rendered": f"Quay number {number} changed at {modified}"},
            "content": {"rendered": TEXT, "protected": False},
            "excerpt": {"rendered": "<p>Short. [&hellip;]</p>"},
        }

    def answer(self, asked: Asked) -> Answer:
        query = {key: value[0] for key, value in parse_qs(urlsplit(asked.path).query).items()}
        self.asked.append(query)
        tail = (query.pop("rest_route", "") or urlsplit(asked.path).path).rpartition("/posts")[2].strip("/")
        if tail:
            post = self.posts.get(int(tail))
            if post is None:
                return reply({"code": "rest_post_invalid_id", "data": {"status": 404}}, 404)
            if post["status"] != "publish":
                return reply({"code": "rest_forbidden", "data": {"status": 401}}, 401)
            return reply({"id": post["id"], "status": "publish"})
        shown = [post for post in self.posts.values() if post["status"] == "publish"]
        for name, column in (("modified_after", "modified"), ("after", "date")):
            if name in query:
                after = datetime.fromisoformat(query[name]).strftime("%Y-%m-%dT%H:%M:%S")
                shown = [post for post in shown if post[column] > after]
        if "include" in query:
            shown = [post for post in shown if str(post["id"]) in query["include"].split(",")]
        order = query.get("orderby", "date")
        shown.sort(key=lambda post: (post[order], post["id"]), reverse=query.get("order") != "asc")
        size, number = int(query.get("per_page", "10")), int(query.get("page", "1"))
        pages = -(-len(shown) // size)
        if number > max(pages, 1):
            return reply({"code": "rest_post_invalid_page_number"}, 400)
        rows = shown[(number - 1) * size : number * size]
        if "_fields" in query:
            rows = [{"id": post["id"]} for post in rows]
        made = reply(rows, headers={"X-WP-Total": str(len(shown)), "X-WP-TotalPages": str(pages)})
        self.between()
        return made


def minute(number: int) -> str:
    """A time for each post, in their order."""
    return f"2026-01-01T{8 + number // 60:02}:{number % 60:02}:00"


TEXT = (
    "<p>The old quay of Kampen will be rebuilt after the storm of last week, the town council decided on Monday.</p>"
    "<p>Work on the quay had stopped in February after a dispute with the contractor.</p>"
)


def reply(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(json.dumps(value).encode(), status, {"Content-Type": "application/json", **(headers or {})})


class Pages(dict[str, Any]):
    """Every path below the API, whatever the query."""

    def __init__(self, blog: Blog, plain: bool) -> None:
        super().__init__()
        self.blog, self.plain = blog, plain

    def get(self, path: str, default: Any = None) -> Any:
        if self.plain:
            return self.blog.answer if "rest_route=" in path else default
        return self.blog.answer if path.startswith("/wp-json/wp/v2/posts") else default


def blog(made: Stand, *, plain: bool = False) -> Blog:
    found = Blog(made)
    made.site.pages = Pages(found, plain)
    return found


def cursor(made: Stand) -> dict[str, Any]:
    (state,) = State.read(state_file(made.settings.store))
    found: dict[str, Any] = json.loads(state.cursor or "{}")
    return found


def numbers(outcomes: list[tuple[str, str]]) -> list[tuple[str, int]]:
    return [(status, int(origin.rstrip("/").rpartition("-")[2])) for status, origin in outcomes]


@pytest.mark.parametrize("plain", [False, True])
def test_posts_come_once_and_again_when_they_change(plain: bool, tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made, plain=plain)
        site.put(1, "2026-03-01T08:00:00")
        site.put(2, "2026-03-02T08:00:00")
        assert numbers(made.poll()) == [("stored", 1), ("stored", 2)]
        assert cursor(made)["modified"] == "2026-03-02T08:00:00Z"
        assert made.poll() == []
        site.put(1, "2026-03-12T07:00:00", date="2026-03-01T08:00:00")
        site.put(3, "2026-03-12T07:30:00")
        site.asked.clear()
        assert numbers(made.poll()) == [("updated", 1), ("stored", 3)]
        assert site.asked[0]["modified_after"] == "2026-03-02T07:59:59Z"
        assert len(made.headlines()) == 3


@pytest.mark.long
def test_a_long_list_is_read_to_its_end_and_never_twice(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        for number in range(1, 202):
            site.put(number, minute(number))
        made.poll()
        assert len(made.outcomes) == 201
        assert len({one.iri for one in made.outcomes}) == 201
        assert len(site.asked) <= 4


def test_a_post_that_changes_while_the_list_is_read_pushes_no_other_over_the_edge(tmp_path: Path) -> None:
    """By page number, post 101 would move to place 100 of a page that was already read."""
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        for number in range(1, 131):
            site.put(number, minute(number))

        def change() -> None:
            site.put(50, "2026-03-12T07:00:00")
            site.between = lambda: None

        site.between = change
        seen = {number for _, number in numbers(made.poll())}
        assert seen == set(range(1, 131))
        assert numbers([(one.status, one.origin) for one in made.outcomes])[-1] == ("updated", 50)


def test_more_posts_of_one_second_than_one_list_holds(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        for number in range(1, 121):
            site.put(number, "2026-03-01T08:00:00")
        made.poll()
        assert len({one.iri for one in made.outcomes}) == 120


def test_a_post_that_a_schedule_publishes_is_found_although_it_was_changed_long_before(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        site.put(1, "2026-03-10T08:00:00")
        site.put(2, "2026-03-09T08:00:00", date="2026-03-12T08:30:00", status="future")
        assert numbers(made.poll()) == [("stored", 1)]
        made.clock.later(hours=1)
        site.posts[2]["status"] = "publish"
        assert [number for _, number in numbers(made.poll())] == [2]


@pytest.mark.parametrize("status", [None, "draft", "trash"])
def test_once_a_day_what_went_is_retracted(status: str | None, tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        for number in (1, 2, 3):
            site.put(number, f"2026-03-0{number}T08:00:00")
        made.poll()
        if status is None:
            del site.posts[2]
        else:
            site.posts[2]["status"] = status
        made.clock.later(hours=20)
        assert made.poll() == []
        made.clock.later(hours=5)
        assert numbers(made.poll()) == [("retracted", 2)]
        assert made.poll() == []
        assert len(made.headlines()) == 2


def test_a_post_that_is_only_missing_from_the_list_is_not_retracted(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        site.put(1, "2026-03-01T08:00:00")
        made.poll()
        made.clock.later(days=2)
        whole = site.answer

        def hiding(asked: Asked) -> Answer:
            return reply([]) if "_fields=id&" in asked.path or asked.path.endswith("_fields=id") else whole(asked)

        site.answer = hiding  # type: ignore[method-assign]
        assert made.poll() == []
        assert len(made.headlines()) == 1


def test_a_clock_that_runs_ahead_does_not_hide_what_comes_after(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        site.put(1, "2026-03-01T08:00:00")
        site.put(2, "2099-01-01T08:00:00", date="2026-03-01T08:00:00")
        site.put(3, "0001-01-01T00:00:00", date="2026-03-01T08:00:00")
        assert len(made.poll()) == 3
        assert cursor(made)["modified"] == "2026-03-12T08:00:00Z"
        site.put(4, "2026-03-12T08:00:00")
        made.clock.later(hours=1)
        assert [number for _, number in numbers(made.poll())] == [4]


def test_a_site_that_gives_the_same_list_for_every_page_is_not_asked_for_ever(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        for number in range(1, 101):
            site.put(number, "2026-03-01T08:00:00")
        rows = list(site.posts.values())
        site.answer = lambda _: site.asked.append({}) or reply(rows)  # type: ignore[method-assign]
        assert len(made.poll()) == 100
        assert len(site.asked) <= 6


def test_a_site_without_the_api_says_so(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS, pages={"/": Answer(b"<html>A site</html>")}) as made:
        made.poll()
        assert "404" in str(made.polls[0].error)


def test_an_answer_that_is_no_list_of_posts_is_an_error(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS) as made:
        site = blog(made)
        for value in ({"code": "x"}, [1, 2], "text", None):
            site.answer = lambda _, value=value: reply(value)  # type: ignore[method-assign]
            made.poll()
            assert "list of WordPress posts" in str(made.polls[-1].error)
        site.answer = lambda _: Answer(b"[" * 100_000)  # type: ignore[method-assign]
        made.poll()
        assert "list of WordPress posts" in str(made.polls[-1].error)


def test_the_address_of_the_list_itself_and_its_own_filters_are_kept(tmp_path: Path) -> None:
    with stand(tmp_path, WORDPRESS | {"url": "{site}/wp-json/wp/v2/posts?categories=7"}) as made:
        site = blog(made)
        site.put(1, "2026-03-01T08:00:00")
        assert numbers(made.poll()) == [("stored", 1)]
        assert {one["categories"] for one in site.asked} == {"7"}


def test_kg_ingest_of_a_list_brings_its_posts(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/"}) as made:
        site = blog(made)
        site.put(1, "2026-03-01T08:00:00")
        url = made.site.url("/wp-json/wp/v2/posts")
        (one,) = fetched([url], made.settings, None, made.clock.now, made.clock.sleep)
        assert one.key == "guid:source-1/https://blog.example/?p=1"  # type: ignore[union-attr]

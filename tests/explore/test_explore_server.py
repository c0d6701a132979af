"""The explorer answers the page that it served, and nobody else."""

from __future__ import annotations

import http.client
import json
import re

import pytest

from semialg.errors import PatternError
from semialg.explore.view import LARGEST, neighbours, typed_pattern, view


def request(
    link: str, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, str, dict[str, str]]:
    port = int(re.search(r":(\d+)/", link)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    data = None if body is None else json.dumps(body)
    sent = {"host": f"127.0.0.1:{port}", "content-type": "application/json"} | headers
    connection.request(method, path, data, {k.replace("_", "-"): v for k, v in sent.items()})
    reply = connection.getresponse()
    answer = reply.status, reply.read().decode(), {k.lower(): v for k, v in reply.getheaders()}
    connection.close()
    return answer


def token(link: str) -> str:
    return link.partition("#token=")[2]


def test_the_link_is_on_the_loopback_interface(link):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#token=[\w-]{20,}", link)


def test_a_question_with_the_token_is_answered(link):
    bearer = f"Bearer {token(link)}"
    status, text, headers = request(link, "POST", "/api/check", {"pattern": "lu:2"}, authorization=bearer)
    answer = json.loads(text)
    assert (status, answer["verdict"], answer["checked"]) == (200, "not_closed", "valid")
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": ""}, 401),
        ({"content_type": "text/plain"}, 415),
        ({"content_length": "70000"}, 413),
    ],
)
def test_everything_else_is_refused(link, headers, expected):
    sent = {"authorization": f"Bearer {token(link)}"} | headers
    assert request(link, "POST", "/api/check", {"pattern": "lu:2"}, **sent)[0] == expected


@pytest.mark.parametrize("body", [[], {}, {"pattern": 7}, "lu:2", {"pattern": None}])
def test_a_question_that_is_none_is_refused_in_a_sentence(link, body):
    bearer = f"Bearer {token(link)}"
    status, text, _ = request(link, "POST", "/api/check", body, authorization=bearer)
    assert status == 400
    assert "expected" in json.loads(text)["error"]


@pytest.mark.parametrize(
    "text", ["/etc/passwd", "masks.json", "1/11", "10/12*1", "", "lu:0", "dense:100x100x100"]
)
def test_a_text_that_is_no_small_pattern_is_refused(link, text):
    bearer = f"Bearer {token(link)}"
    status, reply, _ = request(link, "POST", "/api/check", {"pattern": text}, authorization=bearer)
    assert status == 422
    assert json.loads(reply)["error"]


def test_only_the_files_of_the_page_are_served(link):
    assert request(link, "GET", "/")[0] == 200
    assert request(link, "GET", "/page.js")[0] == 200
    for path in ("/app.py", "/guard.py", "/../setup.cfg", "/%2e%2e/app.py"):
        assert request(link, "GET", path)[0] == 404


def test_the_page_takes_nothing_from_elsewhere(link):
    text = "".join(request(link, "GET", f"/{name}")[1] for name in ("", "page.js", "page.css", "drawing.js"))
    assert set(re.findall(r"https?://[^\"'\s]+", text)) == {"http://www.w3.org/1998/Math/MathML"}


def test_a_closed_pattern_has_a_proof_and_no_obstruction():
    shown = view("dense:2x2x2", 30)
    assert (shown["verdict"], shown["obstruction"]) == ("closed", None)
    assert "semialg-proof" in shown["proof"]["html"]


def test_neighbours_agree_with_verdicts():
    masks = [[[1, 0], [1, 1]], [[1, 1], [0, 1]]]
    found = neighbours("lu:2")["verdicts"]
    for layer, i, j in ((0, 0, 1), (1, 1, 0), (1, 0, 0)):
        changed = [[list(row) for row in mask] for mask in masks]
        changed[layer][i][j] ^= 1
        text = "*".join("/".join("".join(map(str, row)) for row in mask) for mask in changed)
        assert found[layer][i][j] == view(text, 30)["verdict"]


def test_the_largest_pattern_is_shown_and_the_next_is_not():
    side = int((LARGEST // 2) ** 0.5)
    assert typed_pattern(f"dense:{side}x{side}x{side}").widths == (side,) * 3
    with pytest.raises(PatternError, match="at most"):
        typed_pattern(f"dense:{side + 1}x{side + 1}x{side + 1}")

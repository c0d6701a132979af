"""Audits: verdicts, names, advice, exit statuses; text, JSON and HTML say the same and need nothing else."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser

import numpy as np
import pytest
from click.testing import CliRunner

from semialg import checker
from semialg.audit.audit import audit
from semialg.audit.formats import block_size, describe_mask, n_of_m
from semialg.audit.model import NeuronNames
from semialg.audit.picture import picture_of, png
from semialg.audit.read import read_model
from semialg.cli.group import cli
from semialg.pattern.mask import Mask
from semialg.pattern.pattern import Pattern
from semialg.verdict import check

#: A network 2 -> 2 -> 3 whose first layer is upper and second lower triangular: not closed.
FIRST = np.array([[1.0, 2.0], [0.0, 3.0]])
SECOND = np.array([[1.0, 0.0], [4.0, 5.0], [0.0, 0.0]])


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "net.npz"
    np.savez(path, **{"enc.weight": FIRST, "dec.weight": SECOND, "dec.bias": np.ones(3)})
    return str(path)


def test_the_obstruction_is_told_in_the_models_names(network) -> None:
    names = NeuronNames({"input": ("age", "dose"), "enc": ("u", "v"), "dec": ("a", "b", "c")})
    report = audit(read_model([network]), names=names)
    (finding,) = report.findings
    assert finding.verdict.verdict == "not_closed"
    assert [(layer, where) for layer, _, where in finding.site.levels] == [
        ("input", ("age", "dose")),
        ("enc", ("u", "v")),
        ("dec", ("a", "b")),
    ]
    # Exactly the entries that the mask has, and the growing ones among them.
    assert finding.site.connections == (
        frozenset({(0, 0), (0, 1), (1, 1)}),
        frozenset({(0, 0), (1, 0), (1, 1)}),
    )
    shapes = {"enc": FIRST, "dec": SECOND}
    assert finding.site.growing
    assert all(shapes[layer][i, j] for layer, i, j in finding.site.growing)


def test_advice_makes_the_masks_closed(network) -> None:
    report = audit(read_model([network]))
    (finding,) = report.findings
    arrays = {"enc": FIRST != 0, "dec": SECOND != 0}
    for change in finding.advice.changes:
        assert arrays[change.layer][change.output, change.input] != change.add
        arrays[change.layer][change.output, change.input] = change.add
    assert check(Pattern([arrays["dec"], arrays["enc"]])).verdict == "closed"
    assert finding.advice.at_least == len(finding.advice.changes)


def test_certificates_are_valid_for_the_reversed_masks(network) -> None:
    (finding,) = audit(read_model([network])).findings
    masks = [(SECOND != 0).astype(int).tolist(), (FIRST != 0).astype(int).tolist()]
    assert checker.check(finding.verdict.certificate.document, masks).status == "valid"


def invoke(*arguments: str):
    return CliRunner().invoke(cli, ["audit", *arguments])


@pytest.mark.parametrize(
    ("pattern", "status"),
    [
        ("dense:3x2x3", 0),
        ("lu:3", 1),
        ("butterfly:8", 0),
        ("dense:3x2", 3),
        ("lu:x", 2),
        ("no-such-file.pt", 2),
    ],
)
def test_exit_status(pattern: str, status: int) -> None:
    assert invoke(pattern).exit_code == status


def test_unknown_has_its_own_status(monkeypatch) -> None:
    report = json.loads(invoke("lu:3", "--json").stdout)
    assert report["verdict"] == "not_closed"
    monkeypatch.setattr("semialg.verdict.decide", lambda *_: time.sleep(600))
    result = invoke("lu:3", "--time-limit", "0.3", "--json")
    assert json.loads(result.stdout)["verdict"] == "unknown"
    assert result.exit_code == 3


def test_json_holds_everything(network, tmp_path) -> None:
    folder = tmp_path / "certificates"
    result = invoke(network, "--json", "--certificates", str(folder))
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    (finding,) = document["findings"]
    assert finding["layers"] == ["enc", "dec"]
    assert finding["widths"] == [2, 2, 3]
    assert finding["obstruction"]["levels"][0] == {
        "layer": "input",
        "neurons": [0, 1],
        "names": ["input[0]", "input[1]"],
    }
    (written,) = folder.iterdir()
    assert checker.check(written.read_bytes()).status == "valid"
    assert json.loads(written.read_text()) == finding["certificate"]


class Page(HTMLParser):
    """Collects the attributes that could load something, and checks that tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.sources += [value for name, value in attrs if name in {"src", "href", "xlink:href", "data"}]
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.sources += [value for name, value in attrs if name in {"src", "href", "xlink:href", "data"}]

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "pattern", ["lu:3", "dense:3x2x3", "random:60x50x70:0.1:1", "butterfly:8", "dense:3x2"]
)
def test_html_is_self_contained_and_well_formed(tmp_path, pattern: str) -> None:
    path = tmp_path / "r.html"
    result = invoke(pattern, "--html", str(path))
    page = Page(path.read_text(encoding="utf-8"))
    assert not page.open
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert not page.tags & {"script", "link", "iframe", "object"}
    assert re.search(r'<span class="badge (closed|not_closed|unknown)">', path.read_text(encoding="utf-8"))
    assert result.exit_code in {0, 1, 3}


def test_names_from_outside_cannot_break_the_page(tmp_path) -> None:
    evil = '<script>alert("x")</script>'
    np.savez(tmp_path / "n.npz", **{f"{evil}.weight".replace("/", "|"): FIRST, "b.weight": SECOND})
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"input": [evil, evil], "b": [evil] * 3}))
    path = tmp_path / "r.html"
    assert invoke(str(tmp_path / "n.npz"), "--html", str(path), "--names", str(names)).exit_code == 1
    assert "script" not in Page(path.read_text(encoding="utf-8")).tags


def test_bad_names_and_chains_are_refused(network, tmp_path) -> None:
    names = tmp_path / "names.json"
    names.write_text('{"input": 3}')
    assert invoke(network, "--names", str(names)).exit_code == 2
    assert invoke(network, "--chain", "enc,nothing").exit_code == 2
    assert invoke(network, "--chain", "enc,dec").exit_code == 1


def test_pictures_conserve_ones() -> None:
    for pattern in ("random:300x500x3:0.3:1", "lu:5"):
        mask = Pattern.parse(pattern).masks[0]
        picture = picture_of(mask, 100)
        down = np.bincount(np.arange(mask.rows) * picture.shares.shape[0] // mask.rows)
        across = np.bincount(np.arange(mask.columns) * picture.shares.shape[1] // mask.columns)
        assert round(float((picture.shares * np.multiply.outer(down, across)).sum())) == mask.ones
        assert picture.exact == (pattern == "lu:5")


def test_png_is_decoded_by_another_reader(tmp_path) -> None:
    image = pytest.importorskip("matplotlib.image")
    grey = (np.arange(12, dtype=np.uint8) * 20).reshape(3, 4)
    (tmp_path / "p.png").write_bytes(png(grey))
    read = image.imread(tmp_path / "p.png")
    assert np.array_equal(np.round(read * 255).astype(int), grey)


def test_structures() -> None:
    assert n_of_m(Pattern.parse("nm:2:4:8x16x8:5").masks[0]) == (2, 4)
    assert n_of_m(Pattern.parse("nm:1:8:8x16x8:5").masks[0]) == (1, 8)
    assert block_size(Mask.from_dense(np.kron(np.eye(3), np.ones((8, 8))))) == 8
    assert describe_mask(Mask.from_dense(np.zeros((2, 3)))) == "empty"


def test_verdicts_show_themselves_in_notebooks() -> None:
    for pattern in ("lu:2", "dense:2x2x2"):
        verdict = check(Pattern.parse(pattern))
        page = Page(verdict._repr_html_())
        assert not page.open
        assert "details" in page.tags
    report = audit(read_model(["lu:2"]))
    assert not Page(report._repr_html_()).open


def test_inputs_of_later_chains_are_not_those_of_the_network(tmp_path) -> None:
    arrays = {"a.weight": FIRST, "conv.weight": np.ones((1, 1, 3)), "b.weight": 2 * FIRST, "c.weight": SECOND}
    np.savez(tmp_path / "n.npz", **arrays)
    names = NeuronNames({"input": ("age", "dose")})
    report = audit(read_model([str(tmp_path / "n.npz")]), names=names)
    assert [(f.kind, f.layers) for f in report.findings] == [("layer", ("a",)), ("pair", ("b", "c"))]
    assert report.findings[1].site.levels[0][2] == ("input of b[0]", "input of b[1]")


def test_equal_findings_are_told_once(tmp_path) -> None:
    dense = {f"fc{at}.weight": np.full((2, 2), at + 0.5) for at in range(5)}
    np.savez(tmp_path / "n.npz", **dense)
    text = audit(read_model([str(tmp_path / "n.npz")])).to_text()
    assert text.count("CLOSED  pair") == 4
    assert text.count("no limit of weights is lost") == 2  # of the pairs, and of the chain

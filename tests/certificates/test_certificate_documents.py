from __future__ import annotations

from fractions import Fraction

import pytest

from semialg.certificates import claims
from semialg.certificates.certificate import Certificate
from semialg.certificates.outside import Identity, Split, monomial, multiply, relabel
from semialg.errors import CertificateError
from semialg.pattern.pattern import Pattern

PATTERN = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])


def test_files_round_trip(tmp_path):
    certificate = claims.certificate("closed", PATTERN, claims.units(claims.empty()))
    path = tmp_path / "certificate.json"
    certificate.save(path)
    assert Certificate.load(path) == certificate
    assert path.read_text() == certificate.to_json()
    assert certificate.kind == "closed"
    assert certificate.masks == PATTERN.to_lists()
    assert certificate.proof == {"rule": "units", "proof": {"rule": "empty"}}


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"format": "other"}', "nonsense", "[" * 100_000])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(CertificateError):
        Certificate.load(path)


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(CertificateError, match="cannot be read"):
        Certificate.load(tmp_path / "none.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CertificateError, match="not UTF-8"):
        Certificate.load(tmp_path / "binary")
    with pytest.raises(CertificateError, match="version"):
        Certificate({"format": "semialg-certificate", "version": 2, "claim": {"kind": "closed"}})
    with pytest.raises(CertificateError, match="no claim"):
        Certificate({"format": "semialg-certificate", "version": 1})


def test_large_patterns_are_named_by_their_hash():
    large = Pattern([[[1] * 150] * 150, [[1] * 150] * 150])
    assert claims.masks_claim(large) == {"masks_sha256": large.sha256}
    assert claims.masks_claim(PATTERN) == {"masks": PATTERN.to_lists()}
    assert claims.certificate("closed", large, {}).masks is None


def test_builders_leave_out_what_says_nothing():
    assert claims.reduce_by([], claims.rank()) == {"rule": "rank"}
    assert claims.transpose(claims.transpose(claims.rank())) == {"rule": "rank"}


def test_outside_proofs_rename_their_variables():
    v = (0, 1, 2)
    cofactor = {monomial([v, v, ("inverse", *v)]): Fraction(1, 2)}
    leaf = Identity({(0, 1): cofactor}, {v: {monomial([]): Fraction(-1)}})
    moved = relabel(Split(v, leaf, leaf), lambda i, j: (i + 1, j + 1), lambda w: (w[0], w[1] + 3, w[2] + 4))
    data = moved.to_json()
    assert data["variable"] == [0, 4, 6]
    assert data["zero"] == data["nonzero"]
    assert data["zero"]["terms"] == [
        {
            "row": 1,
            "column": 2,
            "cofactor": [{"coefficient": "1/2", "monomial": [[[0, 4, 6], 2], [["inverse", 0, 4, 6], 1]]}],
        },
        {"inverse_of": [0, 4, 6], "cofactor": [{"coefficient": "-1", "monomial": []}]},
    ]


def test_polynomials_multiply():
    x, y = monomial([(0, 0, 0)]), monomial([(1, 0, 0)])
    assert multiply({x: 1, y: 1}, {x: 1, y: -1}) == {
        monomial([(0, 0, 0)] * 2): 1,
        monomial([(1, 0, 0)] * 2): -1,
    }

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pytest

import semialg
from semialg import verdict as module
from semialg.certificates import claims
from semialg.closedness.engine import Outcome
from semialg.errors import CertificateError
from semialg.pattern.pattern import Pattern

LU = Pattern([[[1, 0], [1, 1]], [[1, 1], [0, 1]]])


def test_the_json_object_has_the_agreed_keys():
    verdict = semialg.check(LU)
    data = json.loads(json.dumps(verdict.to_json()))
    assert list(data) == [
        "verdict", "checked", "method", "reason", "seconds", "pattern", "training", "certificate",
    ]  # fmt: skip
    assert (data["verdict"], data["checked"]) == ("not_closed", "valid")
    assert data["pattern"] == {"masks": LU.to_lists()}
    assert list(data["training"]) == ["finite_data", "bounded_domain", "reason"]
    assert verdict.exit_status == 1
    assert verdict.witness.pattern == LU


def test_large_patterns_are_named_by_hash_and_widths():
    lower = np.tri(200, dtype=bool)
    pattern = Pattern([lower, lower.T])
    verdict = semialg.check(pattern)
    assert verdict.to_json()["pattern"] == {"masks_sha256": pattern.sha256, "widths": [200, 200, 200]}
    assert (verdict.verdict, verdict.checked) == ("not_closed", "valid")
    assert "masks_sha256" in verdict.certificate.document["claim"]


def test_closed_and_its_exit_status():
    verdict = semialg.check(Pattern([[[1, 1], [1, 1]], [[1, 1], [0, 1]]]))
    assert (verdict.verdict, verdict.checked, verdict.exit_status) == ("closed", "valid", 0)


def test_a_time_limit_gives_unknown_with_the_reason(monkeypatch):
    monkeypatch.setattr(module, "decide", lambda *_: time.sleep(600))
    verdict = semialg.check(LU, time_limit=0.3)
    assert (verdict.verdict, verdict.checked, verdict.certificate) == ("unknown", None, None)
    assert "limit" in verdict.reason
    assert verdict.training.finite_data == "may_fail"  # X1 needs no verdict on products
    assert verdict.training.bounded_domain == "unknown"
    assert verdict.exit_status == 3


@pytest.mark.parametrize("kind", ["closed", "not_closed"])
def test_a_wrong_proof_never_comes_out(monkeypatch, kind):
    """The engine is not trusted: a certificate that the checker rejects turns into unknown."""
    limit = claims.limit([["0", "1"], ["1", "0"]], [[[{}]]], {"rule": "identity", "terms": []})
    wrong = claims.certificate(kind, LU, claims.units(claims.antitone()) if kind == "closed" else limit)
    outcome = Outcome(kind, "C3", "because", wrong, None, ())
    monkeypatch.setattr(module, "decide", lambda *_: outcome)
    verdict = semialg.check(LU)
    assert (verdict.verdict, verdict.certificate, verdict.checked) == ("unknown", None, None)
    assert "rejects" in verdict.reason


def test_verify_compares_with_the_pattern():
    certificate = semialg.check(LU).certificate
    assert semialg.verify(certificate).status == "valid"
    assert semialg.verify(certificate, LU).status == "valid"
    other = Pattern([[[1, 1], [1, 1]], [[1, 1], [0, 1]]])
    assert semialg.verify(certificate, other).status == "invalid"
    with pytest.raises(CertificateError, match="cannot read"):
        semialg.verify(claims.certificate("closed", LU, {"rule": "no such rule"}), LU)


def test_stages_are_reported():
    stages: list[str] = []
    semialg.check(LU, on_stage=stages.append)
    assert stages == ["searching for a proof", "checking the certificate"]


def test_small_patterns_need_no_heavy_library():
    code = (
        "import sys, semialg; v = semialg.check(semialg.Pattern([[[1,0],[1,1]],[[1,1],[0,1]]])); "
        "print(v.verdict, sorted({'scipy', 'sympy', 'networkx', 'z3'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["not_closed", "[]"]


def test_public_names_resolve():
    for name in semialg.__all__:
        assert getattr(semialg, name) is not None
    with pytest.raises(AttributeError):
        _ = semialg.no_such_name

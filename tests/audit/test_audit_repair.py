"""Repair: masks that are certified closed, keyed as the model is, no denser by magnitude, and applied."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from semialg import checker
from semialg.cli.group import cli
from semialg.errors import PatternError
from semialg.pattern.pattern import Pattern
from semialg.suggest.repair import repair
from semialg.verdict import check


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 2**30), st.sampled_from([(3, 3, 3), (4, 3, 4), (3, 3, 3, 3), (2, 3, 3, 2)]))
def test_what_comes_out_is_closed_and_counted_right(seed: int, widths: tuple[int, ...]) -> None:
    rng = np.random.default_rng(seed)
    masks = [rng.random((m, n)) < 0.6 for m, n in pairwise(widths)]
    weights = [rng.normal(size=mask.shape) for mask in masks]
    pattern = Pattern(masks)
    for by in ("entries", "magnitude"):
        found = repair(pattern, weights, by=by, seconds=2)
        assert found.after is not None
        assert found.verdict.verdict == "closed"
        assert checker.check(found.verdict.certificate.document, found.after.to_lists()).status == "valid"
        new = [np.array(mask, dtype=bool) for mask in found.after.to_lists()]
        pairs = list(zip(new, masks, weights, strict=True))
        assert found.added == sum(int((n & ~m).sum()) for n, m, _ in pairs)
        assert found.removed == sum(int((m & ~n).sum()) for n, m, _ in pairs)
        whole = sum(np.abs(w[m]).sum() for _, m, w in pairs)
        assert found.lost == pytest.approx(
            sum(np.abs(w[m & ~n]).sum() for n, m, w in pairs) / max(whole, 1e-9)
        )
        if by == "magnitude":
            assert found.added <= found.removed
        if found.how == "nothing":
            assert check(pattern).verdict == "closed"


def test_forests_are_closed_at_any_depth() -> None:
    found = repair(Pattern.parse("10/11*10/11*11/01"))
    assert found.how.startswith("forest")
    assert found.verdict.checked == "valid"


def test_bad_measures_and_weights_are_refused() -> None:
    lu = Pattern.parse("lu:2")
    with pytest.raises(PatternError, match="expected one of"):
        repair(lu, by="time")
    with pytest.raises(PatternError, match="weights are not known"):
        repair(lu, by="magnitude")
    with pytest.raises(PatternError, match="expected those of the masks"):
        repair(lu, [np.eye(3), np.eye(2)])


def test_the_command_writes_masks_by_the_names_of_the_weights(tmp_path) -> None:
    arrays = {"enc.weight": [[1.0, 2.0], [0.0, 3.0]], "dec.weight": [[1.0, 0.0], [4.0, 5.0], [0.0, 0.0]]}
    np.savez(tmp_path / "m.npz", **{name: np.array(array) for name, array in arrays.items()})
    model, masks = str(tmp_path / "m.npz"), str(tmp_path / "masks.npz")
    for by in ("entries", "magnitude"):
        result = CliRunner().invoke(cli, ["repair", model, "-o", masks, "--by", by, "--json"])
        document = json.loads(result.stdout)
        assert (result.exit_code, document["closed"]) == (0, True)
        assert checker.check(document["chains"][0]["certificate"]).status == "valid"
        with np.load(masks) as written:
            assert {name: written[name].shape for name in written} == {
                "enc.weight": (2, 2),
                "dec.weight": (3, 2),
            }
        # The written masks are read back, and make the audit of the same model closed.
        assert CliRunner().invoke(cli, ["audit", model, "--masks", masks]).exit_code == 0
    np.savez(
        tmp_path / "d.npz",
        **{k: np.array(v) for k, v in arrays.items()},
        **{"enc.scores": np.ones((2, 2)) / 3},
    )
    result = CliRunner().invoke(cli, ["repair", str(tmp_path / "d.npz"), "-o", masks])
    assert result.exit_code == 3
    assert "enc.scores" in result.output


def test_a_module_is_pruned_with_the_masks() -> None:
    torch = pytest.importorskip("torch")
    from torch import nn
    from torch.nn.utils import prune

    import semialg.torch

    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    ones = torch.ones(2, 2)
    for layer, mask in ((net[0], torch.triu(ones)), (net[2], torch.tril(ones))):
        prune.custom_from_mask(layer, "weight", mask)
    assert semialg.torch.check(net).verdict == "not_closed"
    found = semialg.torch.repair(net)
    assert set(found.masks) == {"0.weight", "2.weight"}
    found.apply()
    assert semialg.torch.check(net).verdict == "closed"
    net(torch.ones(1, 2))

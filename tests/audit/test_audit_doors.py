"""No audit fails open: masks wherever people keep them, orders, frozen and shared weights, and the rest."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812
from torch.nn.utils import parametrize, prune  # noqa: E402

from semialg.audit.audit import audit  # noqa: E402
from semialg.audit.read import read_model  # noqa: E402
from semialg.cli.group import cli  # noqa: E402
from semialg.torch import check  # noqa: E402

UPPER, LOWER = torch.tensor([[1.0, 1], [0, 1]]), torch.tensor([[1.0, 0], [1, 1]])
MASKS = {"fc1": UPPER, "fc2": LOWER}
RANDOM = {
    "fc1": torch.tensor([[1.54, -0.29], [-2.18, 0.57]]),
    "fc2": torch.tensor([[-1.08, -1.4], [0.4, 0.84]]),
}
WEIGHTS = {f"{name}.weight": weight for name, weight in RANDOM.items()}


@pytest.fixture(autouse=True)
def one_thread():
    """Keep torch from waiting for cores that others use."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def masks(form: str, change=lambda mask: mask) -> dict:
    return {form.format(name): change(mask) for name, mask in MASKS.items()}


def saved(tmp_path, content) -> dict:
    """Return the report on a file, and see that text, HTML and exit status say the same."""
    torch.save(content, tmp_path / "m.pt")
    page = tmp_path / "m.html"
    result = CliRunner().invoke(cli, ["audit", str(tmp_path / "m.pt"), "--json", "--html", str(page)])
    if result.exit_code == 2:
        return {"status": 2, "message": result.output}
    report = json.loads(result.stdout)
    report["status"] = result.exit_code
    assert result.exit_code == {"closed": 0, "not_closed": 1, "unknown": 3}[report["verdict"]]
    looked = report["weights"]
    assert f"({looked['looked_at']} of {looked['total']})" in page.read_text()
    return report


BOOL, INT = torch.Tensor.bool, torch.Tensor.int
FOUND = {
    "a dictionary beside": {"state_dict": WEIGHTS, "mask_dict": masks("{}.weight")},
    "by modules": {"state_dict": WEIGHTS, "masks": masks("{}")},
    "under another name": {"model": WEIGHTS, "supports": masks("{}.weight")},
    "a list": {"state_dict": WEIGHTS, "masks": list(MASKS.values())},
    "deeper": {"net": {"params": WEIGHTS}, "pruner": {"masks": masks("{}.weight", BOOL)}},
    "for each module": {"model": WEIGHTS, "mask": {name: {"weight": mask} for name, mask in MASKS.items()}},
    "weight.mask": WEIGHTS | masks("{}.weight.mask"),
    "mask": WEIGHTS | masks("{}.mask", BOOL),
    "_mask": WEIGHTS | masks("{}._mask", INT),
    "pruning_mask": WEIGHTS | masks("{}.pruning_mask"),
    "weight_mask": WEIGHTS | masks("{}.weight_mask", BOOL),
    "weightMask": WEIGHTS | masks("{}.weightMask"),
    "mask_weight": WEIGHTS | masks("{}.mask_weight"),
    "a prefix": WEIGHTS | masks("mask_{}"),
    "a prefix with a dot": WEIGHTS | masks("masks.{}.weight"),
    "a suffix of the module": WEIGHTS | masks("{}_mask.weight"),
    "DataParallel": {f"module.{k}": v for k, v in WEIGHTS.items()} | masks("{}.mask"),
    "zeros and ones by themselves": WEIGHTS | masks("{}.support"),
    "edge-popup with hard scores": WEIGHTS | masks("{}.scores"),
    "apex": WEIGHTS | masks("{}.__weight_mma_mask", BOOL) | {
        f"{k[:-6]}__weight_mma_pruned_p": v for k, v in WEIGHTS.items()
    },
    "torch.nn.utils.prune": {f"{k}_orig": v for k, v in WEIGHTS.items()} | masks("{}.weight_mask"),
    "parametrizations": {
        f"{k[:-6]}parametrizations.weight.original": v for k, v in WEIGHTS.items()
    } | masks("{}.parametrizations.weight.0.mask", BOOL),
    "a sparsifier beside its model": {
        "model": {f"{k[:-6]}parametrizations.weight.original": v for k, v in WEIGHTS.items()},
        "sparsifier": {"state": {f"{k}.weight": {"mask": m.bool()} for k, m in MASKS.items()}, "groups": []},
    },
    "a sparsifier alone": {"state": {f"{k}.weight": {"mask": m.bool()} for k, m in MASKS.items()}},
    "NNI": {k: {"weight": m, "bias": None} for k, m in MASKS.items()},
    "masks alone": masks("{}.weight_mask"),
    "a training": {
        "state_dict": WEIGHTS, "mask_dict": masks("{}.weight"), "epoch": 3,
        "optimizer": {"state": {0: {"exp_avg": RANDOM["fc1"]}}, "param_groups": []},
        "ema_state_dict": {k: v * 0.9 for k, v in WEIGHTS.items()},
    },
    "zeros": {k: v * MASKS[k[:3]] for k, v in WEIGHTS.items()},
}  # fmt: skip


@pytest.mark.parametrize("how", FOUND)
def test_masks_are_found_wherever_they_are(tmp_path, how: str) -> None:
    report = saved(tmp_path, FOUND[how])
    assert report["status"] == 1, report
    assert [f["layers"][-1].removeprefix("module.") for f in report["findings"]] == ["fc2"]
    assert [layer["ones"] for layer in report["layers"]] == [3, 3]
    assert report["weights"] == {"looked_at": 8, "total": 8}


NAMED = ["fc1", "fc2"]
DOUBTFUL = {
    "scores": WEIGHTS | {f"{n}.scores": RANDOM[n] * 0.3 for n in NAMED},
    "something of that shape": WEIGHTS | {f"{n}.theta": RANDOM[n] * 0.3 for n in NAMED},
    "scores in a dictionary": {"state_dict": WEIGHTS, "importance": {k: v * 2 for k, v in WEIGHTS.items()}},
    "ones alone say nothing": WEIGHTS | {f"{n}.support": torch.ones(2, 2) for n in NAMED},
    "zeros mark what is removed": WEIGHTS | masks("{}.pruned_mask"),
    "masks of gradients": WEIGHTS | masks("{}.grad_mask"),
    "a mask without its weight": WEIGHTS | {"other.mask": torch.eye(3)},
    "two masks that differ": WEIGHTS | masks("{}.mask") | masks("{}.weight_mask", lambda m: 1 - m),
    "a parametrization without its mask": {
        f"{n}.parametrizations.weight.original": RANDOM[n] for n in NAMED
    },
    "weight_orig alone": {f"{n}.weight_orig": RANDOM[n] for n in NAMED},
    "a mask by neurons": WEIGHTS | {"fc1.mask": torch.tensor([1.0, 0.0])},
    "tiny weights": WEIGHTS | {"fc1.weight": torch.tensor([[1.0, 2.0], [1e-9, 0.5]])},
    "no numbers": WEIGHTS | {"fc1.weight": torch.tensor([[1.0, 2.0], [float("nan"), 0.5]])},
    "one weight twice": {"fc1.weight": RANDOM["fc1"], "fc2.weight": RANDOM["fc1"]},
    "a weight and its transpose": {"fc1.weight": RANDOM["fc1"], "fc2.weight": RANDOM["fc1"].T.contiguous()},
    "an unknown matrix": WEIGHTS | {"basis": torch.ones(5, 7) * 0.3},
    "a weight only outside its mask": {
        k: v * (1 - MASKS[k[:3]]) for k, v in WEIGHTS.items()
    } | masks("{}.mask"),
    "nothing but False": WEIGHTS | masks("{}.keep", lambda m: m > 1),
    "weight_norm": {
        "fc1.weight_g": torch.ones(2, 1), "fc1.weight_v": RANDOM["fc1"], "fc2.weight": RANDOM["fc2"]
    },
    "masks counted from 0": WEIGHTS | {"mask_0": UPPER, "mask_1": LOWER},
    "actor and critic": {"actor.fc1.weight": RANDOM["fc1"], "critic.fc1.weight": RANDOM["fc2"]},
    "experts": WEIGHTS | {"experts.0.fc1.weight": torch.ones(2, 2)},
    "a recurrent layer": {"lstm.weight_ih_l0": torch.ones(8, 2)} | WEIGHTS,
    "a convolution": {"conv.weight": torch.ones(2, 1, 3, 3)} | WEIGHTS,
    "two networks": {"generator": WEIGHTS, "discriminator": {k: v + 1 for k, v in WEIGHTS.items()}},
    "names against the order": {"fc2.weight": RANDOM["fc2"], "fc1.weight": RANDOM["fc1"]},
}  # fmt: skip


@pytest.mark.parametrize("how", DOUBTFUL)
def test_what_is_not_understood_is_never_closed(tmp_path, how: str) -> None:
    report = saved(tmp_path, DOUBTFUL[how])
    assert report["status"] == 3, report
    assert report["reasons"] or any(f["reason"] for f in report["findings"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fc1.weight_packed", "compressed-tensors"),
        ("fc1.qweight", "GPTQ"),
        ("fc1.weight.absmax", "bitsandbytes"),
    ],
)
def test_known_formats_that_are_not_read_are_refused_by_name(tmp_path, name: str, said: str) -> None:
    report = saved(tmp_path, WEIGHTS | {name: torch.ones(2, 2)})
    assert report["status"] == 2
    assert said in report["message"]


def test_the_plain_checkpoint_is_closed(tmp_path) -> None:
    report = saved(tmp_path, {"epoch": 1, "net": {"params": WEIGHTS}})
    assert (report["status"], report["reasons"]) == (0, [])


def test_a_lone_layer_leaves_nothing_to_decide(tmp_path) -> None:
    report = saved(tmp_path, {"lstm.weight_hh_l0": torch.ones(8, 2), "head.weight": torch.ones(2, 2)})
    assert report["status"] == 3
    assert report["weights"] == {"looked_at": 0, "total": 20}
    assert "nothing to decide" in report["reasons"][0]
    result = CliRunner().invoke(cli, ["audit", str(tmp_path / "m.pt")])
    assert result.output.startswith("NOTHING TO DECIDE")
    assert "0 % of the weights" in result.output


def test_the_order_can_be_said(tmp_path) -> None:
    path = str(tmp_path / "m.npz")
    shapes = {"layers.10": (3, 5), "layers.2": (5, 3), "layers.1": (3, 6)}
    np.savez(path, **{name: np.ones(shape, dtype=bool) for name, shape in shapes.items()})
    run = CliRunner().invoke
    result = run(cli, ["audit", path])
    assert result.exit_code == 3
    assert "--order names" in result.output
    for option in (["--order", "names"], ["--order", "product"], ["--chain", "layers.1,layers.2,layers.10"]):
        assert run(cli, ["audit", path, *option]).exit_code == 0, option
    assert run(cli, ["audit", path, "--order", "network"]).exit_code == 3  # widths do not fit


def test_a_file_without_order_and_telling_names_asks(tmp_path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    wide, narrow = torch.randn(3, 5), torch.randn(5, 3)
    for first, second, status in (
        ("alpha", "beta", 3),
        ("encoder", "decoder", 3),
        ("fc1", "fc2", 0),
        ("up", "down", 3),
    ):
        safetensors.save_file(
            {f"{first}.weight": wide, f"{second}.weight": narrow}, tmp_path / "m.safetensors"
        )
        assert CliRunner().invoke(cli, ["audit", str(tmp_path / "m.safetensors")]).exit_code == status, first


def test_masks_in_a_file_of_their_own(tmp_path) -> None:
    torch.save(WEIGHTS, tmp_path / "w.pt")
    for form in ("{}.weight", "{}", "{}.mask"):
        np.savez(tmp_path / "m.npz", **{k: v.numpy() for k, v in masks(form).items()})
        run = CliRunner().invoke(cli, ["audit", str(tmp_path / "w.pt"), "--masks", str(tmp_path / "m.npz")])
        assert run.exit_code == 1, run.output


def test_shards_are_one_model(tmp_path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    parts = {f"model-0000{at}-of-00002.safetensors": n for at, n in ((1, "fc1"), (2, "fc2"))}
    for file, name in parts.items():
        safetensors.save_file({f"{name}.weight": RANDOM[name] * MASKS[name]}, tmp_path / file)
    index = tmp_path / "model.safetensors.index.json"
    places = {f"{name}.weight": file for file, name in parts.items()}
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}))
    for source in (index, tmp_path):
        assert audit(read_model([str(source)])).verdict == "not_closed"
    for wrong in (
        {**places, "fc2.weight": "../other.safetensors"},
        {**places, "fc2.weight": "missing.safetensors"},
        {**places, "fc3.weight": "model-00002-of-00002.safetensors"},
        {"fc1.weight": places["fc1.weight"], "x": "model-00002-of-00002.safetensors"},
        {},
    ):
        index.write_text(json.dumps({"weight_map": wrong}))
        assert CliRunner().invoke(cli, ["audit", str(index)]).exit_code == 2
    index.write_text(json.dumps({"weight_map": places}))
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "quantization_config": {
                    "quant_method": "compressed-tensors",
                    "sparsity_config": {"format": "marlin-24"},
                }
            }
        )
    )
    assert "marlin-24" in CliRunner().invoke(cli, ["audit", str(tmp_path)]).output


# ---------------------------------------------------------------------- modules


class MaskedLinear(nn.Linear):
    def __init__(self, mask: torch.Tensor) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class OwnLayer(nn.Module):
    def __init__(self, mask: torch.Tensor, *, trained: bool = False) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.randn(mask.shape))
        self.keep = nn.Parameter(mask.clone(), requires_grad=trained)

    def forward(self, x):
        return x @ (self.keep * self.theta).t()


class Scored(nn.Linear):
    def __init__(self) -> None:
        super().__init__(2, 2)
        self.scores = nn.Parameter(torch.randn(2, 2))

    def forward(self, x):
        return F.linear(x, self.weight * (self.scores > 0), self.bias)


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = MaskedLinear(UPPER), MaskedLinear(LOWER)

    def forward(self, x):
        return x + self.fc2(torch.relu(self.fc1(x)))


def sequential(first: nn.Module, second: nn.Module) -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(first, nn.ReLU(), second)


def test_layers_that_people_write_are_layers() -> None:
    pruned = [MaskedLinear(UPPER), MaskedLinear(LOWER)]
    for layer in pruned:
        prune.identity(layer, "weight")
    for first, second in (
        (MaskedLinear(UPPER), MaskedLinear(LOWER)),
        (OwnLayer(UPPER), OwnLayer(LOWER)),
        pruned,
    ):
        net = sequential(first, second)
        before = {id(part): dict(part.__dict__) for part in net.modules()}
        report = check(net)
        assert report.verdict == "not_closed", report.to_text()
        assert all(dict(part.__dict__) == before[id(part)] for part in net.modules())


def test_what_a_module_knows_is_no_closed_verdict() -> None:
    frozen = sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    frozen[0].weight.requires_grad_(False)
    shared = sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    shared[2].weight = shared[0].weight
    tied = sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    parametrize.register_parametrization(tied[0], "weight", nn.Identity())
    for name, net in {
        "frozen": frozen, "shared": shared, "residual": Residual(), "scores": sequential(Scored(), Scored()),
        "a mask that is trained": sequential(OwnLayer(UPPER, trained=True), OwnLayer(LOWER, trained=True)),
        "a parametrization that is no mask": tied,
        "a convolution": nn.Sequential(nn.Conv1d(1, 1, 1), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)),
    }.items():  # fmt: skip
        report = check(net)
        assert report.exit_status == 3, (name, report.to_text())
    assert check(sequential(nn.Linear(2, 2), nn.Linear(2, 2))).exit_status == 0


def test_a_pair_inside_a_longer_network_does_not_decide() -> None:
    # L U beside a third layer that is zero: the product of all three is zero.
    nothing = MaskedLinear(torch.zeros(2, 2))
    report = check(nn.Sequential(MaskedLinear(UPPER), nn.ReLU(), MaskedLinear(LOWER), nn.ReLU(), nothing))
    kinds = {f.title: (f.verdict.verdict, f.decides) for f in report.findings}
    assert kinds["0 -> 2"] == ("not_closed", False)
    assert kinds["0 -> 2 -> 4"] == ("closed", True)
    assert (report.verdict, report.exit_status) == ("closed", 0)
    assert "By themselves" in report.to_text()


def test_names_do_nothing_to_a_terminal(tmp_path) -> None:
    evil = "a\x1b[2J\u202eb\n"
    torch.save({f"{evil}.weight": RANDOM["fc1"], "c.weight": RANDOM["fc2"]}, tmp_path / f"m{evil[:-1]}.pt")
    page = tmp_path / "r.html"
    source = str(tmp_path / f"m{evil[:-1]}.pt")
    for option in ([], ["--json"]):
        result = CliRunner().invoke(cli, ["audit", source, "--html", str(page), *option])
        for text in (result.output, page.read_text()):
            assert not any(c in text for c in "\x1b\u202e"), option
        if option:
            assert all(
                c.isprintable() for layer in json.loads(result.output)["layers"] for c in layer["name"]
            )

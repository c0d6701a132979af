"""What the name of a tensor says: its words, which weight it belongs to, whether it calls itself a mask.

Names are taken apart into words (``fc1.weightMask`` is fc, 1, weight, mask). Words that say only
what kind of tensor it is, or what wraps the network, do not tell weights apart; what is left is the *core*,
and a mask belongs to the weight with the same core, whatever prefix or suffix a tool has given it.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = [
    "NATURALLY_TURNED",
    "calls_itself_mask",
    "calls_itself_other",
    "calls_itself_weight",
    "core",
    "digits",
    "layer_name",
    "no_linear_layer",
    "role_of",
    "words",
]

_KINDS = frozenset(
    {
        "mask", "masks", "pruning", "prune", "pruner", "sparsity", "sparse", "sparsifier", "binary", "bin",
        "mma", "weight", "weights", "w", "kernel", "dict", "state", "param", "params", "parameter",
        "parameters", "buffer", "buffers", "orig", "original", "parametrizations", "model", "module", "net",
        "network",
    }
)  # fmt: skip
_MASKS = frozenset({"mask", "masks", "bitmask", "bitmasks"})
# Masks of something else, or whose ones may mean the opposite of "may be nonzero".
_OTHER_MASKS = frozenset(
    {
        "attn", "attention", "causal", "padding", "pad", "key", "dropout", "input", "inputs", "output",
        "outputs", "grad", "gradient", "src", "tgt", "memory", "inverse", "inverted", "inv", "not", "zero",
        "zeros", "pruned", "removed", "dropped", "dead", "frozen", "freeze", "update",
    }
)  # fmt: skip
_OTHERS = frozenset(
    {
        "score", "scores", "logit", "logits", "importance", "importances", "saliency", "threshold",
        "thresholds", "temperature", "grad", "grads", "gradient", "exp", "momentum", "ema", "hessian",
        "fisher", "sensitivity", "gate", "gates", "alpha", "rank", "delta", "noise", "probs", "prob",
    }
)  # fmt: skip
_ROLES = frozenset(
    {"actor", "critic", "policy", "generator", "discriminator", "teacher", "student", "target", "qf", "vf"}
)
_WEIGHT = re.compile(
    r"(^|[._/])(weight|weight_orig|kernel|weight_[a-z]|weight_(ih|hh)(_l\d+)?(_reverse)?)(:0)?$|(^|[._/])\w*_weight$"
)
_UNSUPPORTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(^|[._])(weight|bias)_(ih|hh)(_l\d+)?(_reverse)?$"), "a recurrent layer"),
    (re.compile(r"(^|[._])\w*emb(ed(ding)?s?)?([._]|$)|(^|\.)(wte|wpe)([._]|$)"), "an embedding table"),
    (
        re.compile(
            r"(^|[._])(self_?|cross_?)?att(n|ention)\w*([._]|$)|multihead"
            r"|(^|\.)(q|k|v|o|qkv|query|key|value)(_?proj)?([._]|$)|in_proj_weight|c_attn|query_key_value"
        ),
        "part of an attention layer",
    ),
    (re.compile(r"(^|\.)(gate_proj|up_proj|gate_up_proj)([._]|$)"), "part of a gated layer"),
    (
        re.compile(
            r"(^|[._])(experts?|branch(es)?|towers?)\d*[._]|(^|[._])(fc_?|linear_?)?(mu|log_?var|log_?std)([._]|$)"
        ),
        "one of several branches, by its name",
    ),
    (re.compile(r"(^|[._])lora_"), "a low-rank adapter beside another layer"),
    (
        re.compile(r"(^|[._])(shortcut|skip|residual|res|downsample|bypass)([._]|\d*[._]|$)"),
        "a layer on a skip connection, by its name",
    ),
)
#: Weights that are stored with a row for each input.
NATURALLY_TURNED = re.compile(r"(^|[._/])kernel(:0)?$")


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, numbers among them, in lower case.

    Examples
    --------
    >>> words("enc.fc1.weightMask")
    ('enc', 'fc', '1', 'weight', 'mask')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return tuple(word.lower() for word in re.findall(r"[^\W\d_]+|\d+", spaced))


@cache
def core(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell one weight from another.

    Examples
    --------
    >>> core("module.fc1.weight") == core("masks.fc1") == core("fc1.pruning_mask") == ("fc", "1")
    True
    """
    return tuple(word for word in words(name) if word not in _KINDS)


def digits(name: str) -> tuple[str, ...]:
    """Return the numbers in a name."""
    return tuple(word for word in core(name) if word.isdigit())


def calls_itself_mask(name: str) -> bool:
    """Whether a name says that this is a mask of a weight.

    Examples
    --------
    >>> [calls_itself_mask(n) for n in ("fc1.mask", "fc1.attn_mask", "fc1.mask_scores", "fc1.weight")]
    [True, False, False, False]
    """
    found = set(words(name))
    return bool(found & _MASKS) and not found & (_OTHERS | _last_part(name, _OTHER_MASKS))


def calls_itself_other(name: str) -> bool:
    """Whether a name says that this is neither a weight nor a mask of one: scores, gradients, other masks.

    Examples
    --------
    >>> [calls_itself_other(n) for n in ("fc1.scores", "fc1.grad_mask", "fc1.support", "attention.weight")]
    [True, True, False, False]
    """
    last = set(words(_last(name)))
    return bool(last & _OTHERS) or bool(set(words(name)) & _MASKS and _last_part(name, _OTHER_MASKS))


def calls_itself_weight(name: str) -> bool:
    """Whether a name is that of a weight: ``weight``, ``kernel``, ``out_proj_weight``.

    Examples
    --------
    >>> [calls_itself_weight(n) for n in ("fc1.weight", "dense/kernel", "masks.fc1.weight", "fc1.support")]
    [True, True, False, False]
    """
    weight = _WEIGHT.search(name) or no_linear_layer(name) is not None
    return bool(weight) and not set(words(name)) & _MASKS and not calls_itself_other(name)


def no_linear_layer(name: str) -> str | None:
    """Return what a tensor is part of, where its name says that this is no linear layer by itself.

    Examples
    --------
    >>> no_linear_layer("rnn.weight_ih_l0"), no_linear_layer("fc1.weight")
    ('a recurrent layer', None)
    """
    return next((what for pattern, what in _UNSUPPORTED if pattern.search(name)), None)


def layer_name(name: str) -> str:
    """Return the name of the layer that a weight, or a mask alone, belongs to.

    Examples
    --------
    >>> [layer_name(n) for n in ("fc1.weight", "fc1.weight_mask", "state.0.weight.mask", "W", "masks.fc1")]
    ['fc1', 'fc1', '0', 'W', 'fc1']
    """
    short = re.sub(r"^(state|masks?|mask_dict|pruning_masks?)\.(?=.)", "", name)
    short = re.sub(r"(?<=.)[._/](masks?|pruning_mask|bitmask)$|^masks?_(?=.)", "", short)
    short = re.sub(r"[._/](weight|kernel)(:0)?$|(?<=.)_weight$", "", short)
    return short or name


def role_of(name: str) -> str:
    """Return the network that a layer belongs to, where its name begins with one of several: actor, critic.

    Examples
    --------
    >>> role_of("actor.fc1"), role_of("fc1")
    ('actor', '')
    """
    return next((word for word in words(name)[:2] if word in _ROLES), "")


def _last(name: str) -> str:
    return re.split(r"[./]", name)[-1]


def _last_part(name: str, chosen: frozenset[str]) -> frozenset[str]:
    """Return the chosen words in the last part of a name: a layer may well be called 'output'."""
    return chosen.intersection(words(_last(name)))

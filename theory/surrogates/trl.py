"""What TRL's GRPOTrainer computes of one response, as records (read off ``_compute_loss`` of trl 1.16).

The records of the table keep to the papers; these keep to the trainer, and differ from them in a few places: the two
sides of a clip are one number unless two are given, CISPO has no lower edge, and the KL penalty carries the importance
weight of its token. They derive as any record does (``loss_claim``), but for two that are outside the language: a
penalty on the ratio of a token beside a clip or gate on the ratio of the response, and VESPO (arXiv 2602.10693, id and
abstract looked up, formula not), whose bias to first order depends on the sign of the advantage. They are losses with
a gradient all the same.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import sympy

from .. import symbols as sy
from .record import Advantage, Length, Surrogate, clip, frozen, gamma_weight, soft_gate

__all__ = ["LENGTHS", "Penalty", "trl_record"]

Penalty = Literal["none", "plain", "weighted"]

LENGTHS: Mapping[str, Length] = MappingProxyType(
    {
        **{"grpo": "own", "sapo": "own", "dr_grpo": "constant", "luspo": "none"},
        **{"bnpo": "group", "dapo": "group", "cispo": "group", "vespo": "group"},
    }
)
"""Weight of a token by TRL's loss type; ``group`` stands for all responses whose tokens are counted together."""

_RATIOS = {"token": sy.rho, "sequence": sy.rho_geo}
_ADVANTAGES = {"group": Advantage("group", "std", ddof=1, offset=True), "none": Advantage("group")}


def trl_record(
    loss_type: str, level: str = "token", penalty: Penalty = "none", two_sided: bool = False, scale: str = "group"
) -> Surrogate:
    """Return the loss of a token for these options of TRL's trainer, to be maximised.

    Args:
        loss_type: a key of ``LENGTHS``. The cap of ``cispo`` is the symbol ``rho_cap``.
        level: ``token`` ratio, or for ``sequence`` the geometric mean of a response's ratios; the record is then of
            whole responses, each counted once. So does TRL for ``grpo`` and ``sapo``; for the others it counts a
            response as often as it has tokens, and what is derived of the record has that factor to be multiplied in.
        penalty: k3 to a reference policy: none, plain, or times the importance weight.
        two_sided: whether a ratio is capped by ``rho_cap`` for a negative advantage too (TRL's ``delta``); says nothing
            where no clip is.
        scale: rewards scaled by the std of their ``group`` or ``none``; else the advantages are taken as given.

    Raises:
        ValueError: a loss type, level, or penalty that has no record.
    """
    if loss_type not in LENGTHS or level not in _RATIOS or penalty not in ("none", "plain", "weighted"):
        raise ValueError(
            f"expected a loss type among {', '.join(LENGTHS)}, level token or sequence, and a penalty none, plain or"
            f" weighted; got {loss_type!r}, {level!r}, {penalty!r}"
        )
    ratio = _RATIOS[level]
    capped = sympy.Min(ratio, sy.rho_cap)
    unclipped = {
        "cispo": frozen(capped) * sy.logp_tok,
        "sapo": soft_gate(ratio),
        "vespo": frozen(gamma_weight(sy.rho_seq)) * sy.logp_tok,
    }
    if loss_type in unclipped:
        token = unclipped[loss_type] * sy.A_hat
    else:
        token = sympy.Min((capped if two_sided else ratio) * sy.A_hat, clip(ratio) * sy.A_hat)
    if penalty != "none":
        token -= sy.beta_kl * (ratio if penalty == "weighted" else 1) * (sy.rho_ref - sy.log_ref - 1)
    words = [loss_type.replace("_", "-"), level, *([f"{penalty}-k3"] if penalty != "none" else [])]
    length = LENGTHS[loss_type]
    return Surrogate(
        id="-".join(["trl", *words, *(["two-sided"] if two_sided and loss_type not in unclipped else [])]),
        title=f"TRL: {', '.join(words)}",
        source="TRL 1.16, trl/trainer/grpo_trainer.py, GRPOTrainer._compute_loss",
        token=token,
        advantage=_ADVANTAGES.get(scale, Advantage("critic")),
        length="none" if level == "sequence" and length == "own" else length,
    )

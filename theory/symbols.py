"""Every scalar symbol of the theory: SymPy assumptions, unit, TeX and meaning. The only place a symbol is made.

Units are products of ``param`` (parameter norm), ``lr`` (learning rate) and ``step`` (learner = optimizer steps); ``1``
is dimensionless. A learner step moves the parameters by ``eta * u``, so ``u`` carries ``param/(lr*step)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

__all__ = ["TABLE", "SymbolRecord", "record", "scalar"]


@dataclass(frozen=True)
class SymbolRecord:
    """One symbol and what it means; ``symbol.name`` is its key in ``TABLE`` and its keyword in float64 callables."""

    symbol: sympy.Symbol
    tex: str
    unit: str
    meaning: str


TABLE: dict[str, SymbolRecord] = {}


def scalar(name: str, tex: str, unit: str, meaning: str, **assumptions: bool) -> sympy.Symbol:
    """Register a scalar symbol and return it.

    Args:
        name: key and keyword, unique in the whole theory.
        tex: how it is typeset.
        unit: product of ``param``, ``lr``, ``step`` with ``*``, ``/`` and ``**``; ``1`` for pure numbers.
        meaning: one phrase for the notation table.
        assumptions: SymPy assumptions (``positive=True``, ...); real is always added.

    Raises:
        ValueError: the name is taken with another meaning (one symbol, one meaning).
    """
    symbol = sympy.Symbol(name, **({"real": True} | assumptions))
    new = SymbolRecord(symbol, tex, unit, meaning)
    if TABLE.setdefault(name, new) != new:
        raise ValueError(f"symbol {name!r} is already registered as {TABLE[name].meaning!r}; choose another name")
    return symbol


def record(symbol: sympy.Symbol | str) -> SymbolRecord:
    """Return the record of a registered symbol.

    Raises:
        KeyError: the symbol was not made by ``scalar``.
    """
    return TABLE[str(symbol)]


# --- the run -------------------------------------------------------------------------------------------------------
eta = scalar("eta", r"\eta", "lr", "learning rate", positive=True)
S_sync = scalar("S", "S", "step", "sync interval: one behaviour policy feeds S learner steps", positive=True)
S_max = scalar("S_max", r"S_{\max}", "step", "largest rollout lag", nonnegative=True)
s_lag = scalar("s_t", "s_t", "step", "rollout lag at learner step t", integer=True, nonnegative=True)
t_step = scalar("t", "t", "step", "learner step", integer=True, nonnegative=True)
T_horizon = scalar("T", "T", "step", "horizon: number of learner steps", positive=True)
G_upd = scalar("G_upd", r"G_{\mathrm{upd}}", "param/(lr*step)", "bound on the norm of one update u_t", positive=True)

# --- the smoothness constants --------------------------------------------------------------------------------------
G_ell = scalar("G_ell", r"G_\ell", "1/param", "bound on the per-sample loss gradient (A1)", positive=True)
L_D = scalar("L_D", r"L_D", "1/param", "total-variation Lipschitz constant of D (A2)", nonnegative=True)
L_B = scalar("L_B", r"L_B", "1/param**2", "Lipschitz constant of the loss gradient in phi (A3)", nonnegative=True)
K_phi = scalar("K_phi", r"K_\varphi", "1/param**2", "Lipschitz constant of H in its behaviour slot", nonnegative=True)
C_bias = scalar("C_bias", "C", "1/(param*lr*step)", "staleness-bias constant K_phi * G_upd", nonnegative=True)
M_curv = scalar("M", "M", "1/param**3", "bound on the second derivative of H in phi on the segment", nonnegative=True)
b_max = scalar("b_max", r"b_{\max}", "1/param", "tolerated bias norm", positive=True)

# --- the stability region ------------------------------------------------------------------------------------------
R_batch = scalar("R_batch", r"R_{\mathrm{batch}}", "param", "radius inside which no token is clipped", positive=True)
R_crit = scalar("R_crit", r"R_{\mathrm{crit}}", "param", "drift below which no collapse occurs", positive=True)
a_plan = scalar("a", "a", "lr*step", "planning constant R_batch / G_upd", positive=True)
b_plan = scalar("b", "b", "lr*step", "planning constant R_crit / G_upd", positive=True)
S_star = scalar("S_star", r"S^\ast", "step", "crossover staleness", positive=True)

# --- the surrogate -------------------------------------------------------------------------------------------------
G_group = scalar("G", "G", "1", "group size: responses per prompt", integer=True, positive=True)
L_len = scalar("L", "L", "1", "response length in tokens", integer=True, positive=True)
eps_hi = scalar("eps_hi", r"\varepsilon_{\mathrm{hi}}", "1", "upper clip width of the ratio", positive=True)
eps_lo = scalar("eps_lo", r"\varepsilon_{\mathrm{lo}}", "1", "lower clip width of the ratio", positive=True)

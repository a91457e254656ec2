"""Naive reference: numpy and itertools, hand-derived formulas, no automatic differentiation, nothing from the package.

Everything is a loop over prompts, over all V**L responses, and over all 2**(G−1) reward patterns (or all response
groups) of the mates. Logits are arrays (P, N, V), nodes numbered level by level from the root, prefixes base V.
"""

import itertools
import math

import numpy as np


class Reference:
    """F, H, B, DJ, V and ∂_φH·v of the population GRPO surrogate, the slow and obvious way."""

    def __init__(self, prompts, vocab, length, rewards, group_size, eps_lo=None, eps_hi=None):
        self.P, self.V, self.L, self.G = prompts, vocab, length, group_size
        self.R = np.asarray(rewards, dtype=np.float64)
        self.lo, self.hi = eps_lo, eps_hi
        self.responses = list(itertools.product(range(vocab), repeat=length))

    # --- the tree ---------------------------------------------------------------------------------------------------
    def node(self, prefix):
        offset = sum(self.V**k for k in range(len(prefix)))
        number = 0
        for token in prefix:
            number = number * self.V + token
        return offset + number

    def row(self, logits, x, prefix):
        z = logits[x, self.node(prefix)]
        e = np.exp(z - z.max())
        return e / e.sum()

    def probability(self, logits, x, y):
        return math.prod(self.row(logits, x, y[:k])[y[k]] for k in range(self.L))

    def score(self, logits, x, y, k):
        """∇ log π(y_k | x, y_<k): e_{y_k} − π on one row, 0 elsewhere."""
        s = np.zeros_like(logits)
        s[x, self.node(y[:k])] = -self.row(logits, x, y[:k])
        s[x, self.node(y[:k]), y[k]] += 1.0
        return s

    def success(self, logits, x):
        """p(x) and ∇p(x) = Σ_y R π Σ_k s_k."""
        p, dp = 0.0, np.zeros_like(logits)
        for i, y in enumerate(self.responses):
            if self.R[x, i]:
                q = self.probability(logits, x, y)
                p += q
                dp += q * sum(self.score(logits, x, y, k) for k in range(self.L))
        return p, dp

    # --- the advantage ----------------------------------------------------------------------------------------------
    def standardise(self, r, mates):
        group = np.array([r, *mates], dtype=np.float64)
        deviation = group.std()
        return 0.0 if deviation == 0 else (r - group.mean()) / deviation

    def advantage(self, r, p):
        """E over all reward patterns of the G−1 mates, and its derivative in p."""
        a, da = 0.0, 0.0
        for mates in itertools.product((0, 1), repeat=self.G - 1):
            k, n = sum(mates), self.G - 1
            weight = p**k * (1 - p) ** (n - k)
            slope = (k * p ** (k - 1) * (1 - p) ** (n - k) if k else 0.0) - (
                (n - k) * p**k * (1 - p) ** (n - k - 1) if n - k else 0.0
            )
            a += weight * self.standardise(r, mates)
            da += slope * self.standardise(r, mates)
        return a, da

    def advantage_by_groups(self, logits, x, r):
        """The same expectation over whole groups of mates' responses."""
        probabilities = [self.probability(logits, x, y) for y in self.responses]
        total = 0.0
        for mates in itertools.product(range(len(self.responses)), repeat=self.G - 1):
            weight = math.prod(probabilities[i] for i in mates)
            total += weight * self.standardise(r, [self.R[x, i] for i in mates])
        return total

    # --- the surrogate ----------------------------------------------------------------------------------------------
    def terms(self, theta, phi):
        """Yield per (x, y, k): weight π_φ/(P L), A, A′∇p, ρ, its clipped value c, is the unclipped branch on."""
        for x in range(self.P):
            p, dp = self.success(phi, x)
            both = {r: self.advantage(r, p) for r in (0, 1)}
            for i, y in enumerate(self.responses):
                a, slope = both[int(self.R[x, i])]
                weight = self.probability(phi, x, y) / (self.P * self.L)
                for k in range(self.L):
                    rho = self.row(theta, x, y[:k])[y[k]] / self.row(phi, x, y[:k])[y[k]]
                    c = rho if self.lo is None else min(max(rho, 1 - self.lo), 1 + self.hi)
                    active = rho * a <= c * a  # the branch of the minimum
                    yield x, y, k, weight, a, slope * dp, rho, c, active

    def F(self, theta, phi):
        return sum(w * min(rho * a, c * a) for _, _, _, w, a, _, rho, c, _ in self.terms(theta, phi))

    def H(self, theta, phi):
        out = np.zeros_like(theta)
        for x, y, k, w, a, _, rho, _, active in self.terms(theta, phi):
            if active:
                out += w * a * rho * self.score(theta, x, y, k)
        return out

    def B(self, theta, phi):
        out = np.zeros_like(theta)
        for x, y, k, w, a, da, rho, c, active in self.terms(theta, phi):
            log_p = sum(self.score(phi, x, y, j) for j in range(self.L))
            out += w * (min(rho * a, c * a) * log_p + (rho if active else c) * da)
            if active:
                out -= w * a * rho * self.score(phi, x, y, k)
        return out

    def DJ(self, theta):
        return self.H(theta, theta) + self.B(theta, theta)

    def J(self, theta):
        return self.F(theta, theta)

    def value(self, theta):
        return sum(self.success(theta, x)[0] for x in range(self.P)) / self.P

    def push(self, theta, phi, v):
        """∂_φH(θ,φ)·v."""
        out = np.zeros_like(theta)
        for x, y, k, w, a, da, rho, _, active in self.terms(theta, phi):
            if active:
                log_p = sum(np.vdot(self.score(phi, x, y, j), v) for j in range(self.L) if j != k)
                out += w * rho * (a * log_p + np.vdot(da, v)) * self.score(theta, x, y, k)
        return out

    def clipped(self, theta, phi):
        """Number of (x, y, k) on the flat branch."""
        return sum(not active for *_, active in self.terms(theta, phi))

"""Every loss claim by a second route: the literal loss of all whole groups, and mixed differences at 40 digits.

Own code throughout: the losses are typed here a second time as functions of log-probabilities, stop-gradients are
arguments that stay put, and nothing is averaged over the mates beforehand. Only the coefficients come from the claims.
"""

import itertools

import mpmath
import pytest
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import certified_radius_sequence, clip_jump, clip_lipschitz
from stalelaw.theory.surrogates import own_surrogates
from stalelaw.theory.surrogates.derivation import loss_claim

mpmath.mp.dps = 40
mpf, exp, log = mpmath.mpf, mpmath.exp, mpmath.log
VOCAB, LENGTH, GROUP = 2, 2, 3
LOW, HIGH, CAP, BETA, CONSTANT, OFFSET = mpf("0.8"), mpf("1.28"), mpf(2), mpf("0.1"), mpf(5), mpf("1e-4")
TAU = {True: mpf("0.7"), False: mpf("1.9")}
STEP = mpf("1e-9")
RESPONSES = list(itertools.product(range(VOCAB), repeat=LENGTH))
REWARDS = dict(zip(RESPONSES, (1, 0, 0, 1), strict=True))
ROWS = [y[:k] for k in range(LENGTH) for y in RESPONSES]
NUMBERS = {"eps_lo": 0.2, "eps_hi": 0.28, "rho_cap": 2.0, "beta_kl": 0.1, "L_cap": 5.0}


def policy(seed):
    """One logit row per prefix; irrational, fixed by a formula."""
    return {row: [mpmath.sin(seed + 3 * n + a) for a in range(VOCAB)] for n, row in enumerate(dict.fromkeys(ROWS))}


def moved(base, direction, step):
    return {row: [z + step * d for z, d in zip(base[row], direction[row], strict=True)] for row in base}


def tokens(point, y):
    found = []
    for k, a in enumerate(y):
        row = point[y[:k]]
        found.append(row[a] - log(sum(exp(z) for z in row)))
    return found


RECORDS = {loss.id: loss for loss in own_surrogates()}
THETA, REFERENCE, W, H = policy(1), policy(2), policy(5), policy(7)


# --- the losses, typed a second time: live and frozen learner, behaviour, advantage -> loss of one response ---
def ppo(ratio, a):
    return min(ratio * a, min(max(ratio, LOW), HIGH) * a)


def soft(ratio, a):
    tau = TAU[a > 0]
    return 4 / tau / (1 + exp(tau * (1 - ratio))) * a


def token_mean(f):
    return lambda live, still, beh, ref, a: sum(map(f, live, still, beh, ref, [a] * LENGTH)) / LENGTH


def dr_grpo(live, still, beh, ref, a):
    return sum(ppo(exp(x - b), a) for x, b in zip(live, beh, strict=True)) / CONSTANT


LOSSES = {
    "grpo": token_mean(lambda x, s, b, r, a: ppo(exp(x - b), a)),
    "dr-grpo": dr_grpo,
    "dapo": token_mean(lambda x, s, b, r, a: ppo(exp(x - b), a)),
    "ppo-clip": token_mean(lambda x, s, b, r, a: ppo(exp(x - b), a)),
    "decoupled-ppo": token_mean(lambda x, s, b, r, a: exp(s - b) * ppo(exp(x - s), a)),  # proximal = learner, frozen
    "truncated-is": token_mean(lambda x, s, b, r, a: min(exp(s - b), CAP) * a * x),
    "cispo": token_mean(lambda x, s, b, r, a: min(max(exp(s - b), LOW), HIGH) * a * x),
    "sapo": token_mean(lambda x, s, b, r, a: soft(exp(x - b), a)),
    "gspo": lambda live, still, beh, ref, a: ppo(exp((sum(live) - sum(beh)) / LENGTH), a),
    "rloo": lambda live, still, beh, ref, a: sum(live) * a,
    "rloo-is": lambda live, still, beh, ref, a: exp(sum(live) - sum(beh)) * a,
    "reinforce": lambda live, still, beh, ref, a: sum(live) * a,
    "reinforce-is": lambda live, still, beh, ref, a: exp(sum(live) - sum(beh)) * a,
    "kl-k1": token_mean(lambda x, s, b, r, a: ppo(exp(x - b), a) - BETA * (x - r)),
    "kl-k2": token_mean(lambda x, s, b, r, a: ppo(exp(x - b), a) - BETA * (x - r) ** 2 / 2),
    "kl-k3": token_mean(lambda x, s, b, r, a: ppo(exp(x - b), a) - BETA * (exp(r - x) - (r - x) - 1)),
}
CRITIC = {y: mpmath.cos(n) for n, y in enumerate(RESPONSES)}


def advantage(name, own, mates):
    """Of a response with mates, by the loss's convention."""
    rewards = [mpf(REWARDS[y]) for y in (own, *mates)]
    mean = sum(rewards) / len(rewards)
    if name == "ppo-clip":
        return CRITIC[own]
    if name == "dr-grpo":
        return rewards[0] - mean
    if name.startswith("rloo"):
        return rewards[0] - sum(rewards[1:]) / len(mates)
    if name.startswith("reinforce"):
        return rewards[0]
    std = mpmath.sqrt(sum((r - mean) ** 2 for r in rewards) / (len(rewards) - 1))
    return (rewards[0] - mean) / (std + OFFSET)


def literal(name, live, phi):
    """E over all groups drawn from phi of the mean loss of their responses."""
    total = mpf(0)
    law = {y: exp(sum(tokens(phi, y))) for y in RESPONSES}
    rows = {y: [tokens(point, y) for point in (live, THETA, phi, REFERENCE)] for y in RESPONSES}
    for group in itertools.product(RESPONSES, repeat=GROUP):
        chance = mpmath.fprod(law[y] for y in group)
        for n, y in enumerate(group):
            mates = group[:n] + group[n + 1 :]
            total += chance * LOSSES[name](*rows[y], advantage(name, y, mates)) / GROUP
    return total


def mixed_difference(name):
    """d/d(live learner along h) d/d(phi along w) of the literal loss at the diagonal."""
    corners = {
        (a, b): literal(name, moved(THETA, H, a * STEP), moved(THETA, W, b * STEP)) for a in (1, -1) for b in (1, -1)
    }
    return sum(a * b * value for (a, b), value in corners.items()) / (4 * STEP**2)


def scores(direction, y):
    found = []
    for k, a in enumerate(y):
        probabilities = [exp(x) for x in (tokens(THETA, (*y[:k], c))[k] for c in range(VOCAB))]
        row = direction[y[:k]]
        found.append(row[a] - sum(p * d for p, d in zip(probabilities, row, strict=True)))
    return found


def mean_advantage(name, y, law):
    groups = itertools.product(RESPONSES, repeat=GROUP - 1)
    return sum(mpmath.fprod(law[m] for m in mates) * advantage(name, y, mates) for mates in groups)


def gap_slope(name):
    """d/dp of A_1 - A_0 when mates succeed with probability p."""
    solved, failed = (next(y for y in RESPONSES if REWARDS[y] == r) for r in (1, 0))
    p = sum(exp(sum(tokens(THETA, y))) for y in RESPONSES if REWARDS[y])

    def gap(q):
        law = {y: mpf(0) for y in RESPONSES} | {solved: q, failed: 1 - q}
        return mean_advantage(name, solved, law) - mean_advantage(name, failed, law)

    return (gap(p + STEP) - gap(p - STEP)) / (2 * STEP)


def formula(name, part, **more):
    expression = loss_claim(RECORDS[name]).formulas.get(part)
    if expression is None:
        return 0
    values = NUMBERS | {"L": float(LENGTH)} | more
    return mpf(float(float64(expression)(**{str(s): float(values[str(s)]) for s in expression.free_symbols})))


def first_order(name, change=None):
    """The claim's form: coefficients from its record (``change`` edits them), everything else from enumeration."""
    law = {y: exp(sum(tokens(THETA, y))) for y in RESPONSES}
    loss = RECORDS[name]
    lengths = {str(s): {"L": 2.0, "L_cap": 5.0}[str(s)] for s in loss.token_weight.free_symbols}
    share = mpf(float(float64(loss.token_weight)(**lengths)))
    total, along_w, along_h = mpf(0), mpf(0), mpf(0)
    for y in RESPONSES:
        sw, sh, a = scores(W, y), scores(H, y), mean_advantage(name, y, law)
        along_w, along_h = along_w + law[y] * REWARDS[y] * sum(sw), along_h + law[y] * REWARDS[y] * sum(sh)
        logs = [r - x for x, r in zip(tokens(THETA, y), tokens(REFERENCE, y), strict=True)]
        for k in range(LENGTH):
            ratios = {"log_ref": logs[k], "rho_ref": exp(logs[k])}
            parts = {"prefix": sum(sw[:k]), "current": sw[k], "suffix": sum(sw[k + 1 :])}
            for role, score in parts.items():
                coefficient = formula(name, role) if change is None else change(role, formula(name, role))
                total += share * law[y] * (a * coefficient + formula(name, f"penalty_{role}", **ratios)) * score * sh[k]
    slope = gap_slope(name) if "std" in loss.advantage.scale else 0
    return total + share * formula(name, "normaliser", slope_w=slope) * along_w * along_h


@pytest.fixture(scope="module")
def differences():
    return {loss.id: mixed_difference(loss.id) for loss in own_surrogates()}


@pytest.mark.parametrize("name", [loss.id for loss in own_surrogates()])
def test_the_first_order_form_is_the_mixed_derivative_of_the_literal_loss(name, differences):
    assert abs(differences[name] - first_order(name)) < mpf("1e-12")


@pytest.mark.parametrize("name", ["grpo", "gspo", "sapo", "rloo-is", "kl-k3"])
@pytest.mark.parametrize("role", ["prefix", "current", "suffix"])
def test_a_wrong_coefficient_is_noticed(name, role, differences):
    wrong = first_order(name, lambda r, c: c + (mpf("1e-3") if r == role else 0))
    assert abs(differences[name] - wrong) > mpf("1e-7")


def test_the_null_test_and_what_fails_it(differences):
    """Exact sequence ratio without a normaliser: no bias at all; without the ratio there is one."""
    assert abs(differences["rloo-is"]) < mpf("1e-12")
    assert abs(differences["reinforce-is"]) < mpf("1e-12")
    assert abs(differences["rloo"]) > mpf("1e-3")


def test_the_bias_of_sapo_is_that_of_grpo_to_first_order_whatever_its_temperatures(differences, monkeypatch):
    assert abs(differences["sapo"] - differences["grpo"]) < mpf("1e-12")
    monkeypatch.setitem(TAU, True, mpf(3))
    assert abs(mixed_difference("sapo") - differences["grpo"]) < mpf("1e-12")
    monkeypatch.setitem(LOSSES, "sapo", token_mean(lambda x, s, b, r, a: soft(exp(2 * (x - b)), a)))
    assert abs(mixed_difference("sapo") - differences["grpo"]) > mpf("1e-3")


def test_the_k1_penalty_has_no_gradient_on_policy_but_a_bias():
    """Its staleness bias is the Fisher term -beta/L E[s s^T]; at the diagonal its gradient vanishes."""
    gradient, bias, fisher = mpf(0), mpf(0), mpf(0)
    for y in RESPONSES:
        chance, sw, sh = exp(sum(tokens(THETA, y))), scores(W, y), scores(H, y)
        gradient -= BETA / LENGTH * chance * sum(sh)
        bias -= BETA / LENGTH * chance * sum(sw) * sum(sh)
        fisher -= BETA / LENGTH * chance * sum(a * b for a, b in zip(sw, sh, strict=True))
    assert abs(gradient) < mpf("1e-30")
    assert abs(bias - fisher) < mpf("1e-30")
    assert abs(bias) > mpf("1e-3")
    assert abs(bias - (mixed_difference("kl-k1") - mixed_difference("grpo"))) < mpf("1e-12")


# --- clip and radius ---
def bandit_gradient(learner, drawn, reward):
    """PPO's H along the score of the first of two arms, G = 2 group mean advantages, by a difference in theta."""

    def value(p):
        a = mpf(1 - drawn) if reward else -mpf(drawn)  # r - E[r] of the first arm
        return drawn * ppo(p / drawn, a)

    return (value(learner + STEP) - value(learner - STEP)) / (2 * STEP) * learner


@pytest.mark.parametrize(("reward", "edge", "name"), [(1, HIGH, ""), (0, LOW, "low")])
def test_the_jump_of_h_at_an_edge(reward, edge, name):
    learner, side = mpf("0.3"), mpf("1e-6")
    drawn = learner / edge
    found = bandit_gradient(learner, drawn * (1 + side), reward) - bandit_gradient(learner, drawn * (1 - side), reward)
    inner = 1 if reward else -1  # a larger phi means a smaller ratio: inside the upper edge, outside the lower one
    size = 1 - drawn if reward else drawn
    claim = clip_jump.CLAIM
    expression = claim.formulas[name] if name else claim.formula
    values = {"prob_resp": drawn, "adv_pos": size, "L": 1, "eps_hi": HIGH - 1, "eps_lo": 1 - LOW}
    stated = mpf(float(float64(expression)(**{str(s): float(values[str(s)]) for s in expression.free_symbols})))
    assert abs(found * inner - stated) < mpf("1e-5")
    assert abs(found * inner - stated * mpf("1.001")) > mpf("1e-5")


def test_ratios_of_a_response_stay_below_their_bounds_and_come_close():
    claim = certified_radius_sequence.CLAIM
    closest = mpf(0)
    for shift in (mpf("0.01"), mpf("0.5")):
        for low in (-20, -3):
            base = {row: [mpf(low), mpf(0)] for row in THETA}
            there = {row: [z[0] + (shift if row in ((), (0,)) else 0), z[1]] for row, z in base.items()}
            there = {row: [z[0], z[1] - (shift if row in ((), (0,)) else 0)] for row, z in there.items()}
            distance = mpmath.sqrt(2 * LENGTH) * shift
            mean = (sum(tokens(there, (0, 0))) - sum(tokens(base, (0, 0)))) / LENGTH
            bound = mpmath.sqrt(mpf(2) / LENGTH) * distance
            assert mean <= bound
            closest = max(closest, mean / bound)
    assert closest > mpf("0.99999")
    radius = float(float64(claim.formula)(eps_hi=0.28, eps_lo=0.2, L=4.0))
    assert radius == pytest.approx(2 * float(min(log(HIGH), -log(LOW)) / mpmath.sqrt(2)), rel=1e-12)


@pytest.mark.parametrize("floor", [0, mpf("0.8")])
def test_clipped_weights_are_lipschitz_with_the_stated_constant(floor):
    """|clip(rho) - clip(rho')| <= sqrt(2) cap gap per token with either edge or both, and the quotient comes close."""
    constant = float(float64(clip_lipschitz.CLAIM.formulas["response"])(rho_cap=1.0)) / mpmath.sqrt(2)
    closest = mpf(0)
    for start in (-30, -2, 0, 2):
        for gap in (mpf("1e-4"), mpf(3)):
            rows = [[mpf(start), mpf(0)], [mpf(start) - gap, mpf(0) + gap]]
            learner = log(CAP) + tokens({(): rows[0]}, (0,))[0] if start < 1 else mpf("-0.1")
            weights = [max(floor, min(exp(learner - tokens({(): row}, (0,))[0]), CAP)) for row in rows]
            quotient = abs(weights[0] - weights[1]) / (mpmath.sqrt(2) * gap)
            assert quotient <= constant * CAP * (1 + mpf("1e-12"))
            back = [[mpf(start), mpf(0)], [mpf(start) + gap, mpf(0) - gap]]
            weights = [max(floor, min(exp(learner - tokens({(): row}, (0,))[0]), CAP)) for row in back]
            closest = max(closest, abs(weights[0] - weights[1]) / (mpmath.sqrt(2) * gap) / (constant * CAP))
    assert mpf("0.999") < closest <= 1

"""Our losses against those of TRL's trainer: value, gradient, advantages, populations.

TRL is the independent side: its ``_compute_loss`` is called on an instance, with inputs as it prepares them.
"""

import ast
import copy
import dataclasses
import importlib.util
import inspect
import itertools
import textwrap

import pytest
import torch
from stalelaw.theory.surrogates import surrogate
from stalelaw.theory.surrogates.trl import LENGTHS, trl_record
from stalelaw.verify.objectives import surrogate as surrogate_value
from stalelaw.verify.objectives import surrogate_gradient
from stalelaw.verify.peers import NEUTRAL, trl_log_tokens, trl_loss, trl_population
from stalelaw.verify.policies import causal_lm
from stalelaw.verify.populations.batches import Batch
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.transforms import gradient
from stalelaw.verify.trees import add, norm, scale
from stalelaw.verify.verifiable import copy as copy_task

HAS_TRL = all(importlib.util.find_spec(name) for name in ("trl", "transformers", "datasets"))
pytestmark = [pytest.mark.trl, pytest.mark.skipif(not HAS_TRL, reason="trl, transformers or datasets is not installed")]

TOLERANCE, SEEN = 1e-5, 1e-3  # relative: agreement, and what a wrong formula has to exceed
STEPS = 4  # steps per generation
GROUPS, SIZE = 3, 4
WIDE = {"epsilon": 0.2, "epsilon_high": 0.35, "sapo_temperature_pos": 0.6, "sapo_temperature_neg": 1.7}
WIDE |= {"vespo_k_pos": 1.3, "vespo_k_neg": 2.6, "vespo_lambda_pos": 0.9, "vespo_lambda_neg": 1.9}
TASK = copy_task(4, 2)


@pytest.fixture(scope="module")
def peer():
    from stalelaw.examples import trl_peer

    return trl_peer


class Case:
    """A policy, a trainer on a copy of it, and random off-policy inputs as ``_compute_loss`` gets them."""

    def __init__(self, peer, folder, dtype=torch.float64, seed=0, beta=0.0, **options):
        model = peer.llama(TASK, seed=seed, dtype=dtype)
        self.policy = causal_lm(copy.deepcopy(model))
        self.theta = self.policy.params()
        how = {"per_device_train_batch_size": GROUPS * SIZE, "num_generations": SIZE, "steps_per_generation": STEPS}
        self.config = peer.config(folder, TASK, **how, **options)
        self.trainer = peer.trainer(model, TASK, range(len(TASK.prompts)), self.config)
        self.trainer.current_gradient_accumulation_steps = 1  # set by the training loop
        self.config.beta = self.trainer.beta = beta  # given at once, the reference model would be looked for on disk
        self.inputs = self.random_inputs(torch.Generator().manual_seed(seed), dtype)

    def random_inputs(self, g, dtype):
        numbers = torch.randint(len(TASK.prompts), (GROUPS,), generator=g).repeat_interleave(SIZE)
        numbers[0], rows, length = 0, GROUPS * SIZE, 5  # prompt 0 is a short one
        lengths = torch.randint(1, length + 1, (rows,), generator=g)
        lengths[:2] = torch.tensor([1, 0])  # the second was masked as truncated
        mask = (torch.arange(length) < lengths[:, None]).long()
        inputs = {
            "prompt_ids": TASK.prompts[numbers],
            "prompt_mask": TASK.mask[numbers].long(),
            "completion_ids": torch.randint(TASK.inputs, (rows, length), generator=g),
            "completion_mask": mask,
            "num_items_in_batch": torch.tensor(3 * int(mask.sum()) + 7),
            "advantages": torch.randn(rows, generator=g, dtype=dtype),
        }
        logs = trl_log_tokens(self.policy, self.theta, inputs)
        for name in ("old", "ref"):  # ratios from about 0.3 to 3
            inputs[f"{name}_per_token_logps"] = logs + 0.4 * torch.randn(logs.shape, generator=g, dtype=dtype) * mask
        return inputs

    def theirs(self):
        """Minus the loss of TRL and its gradient, by the names of our parameters."""
        model = self.trainer.model
        model.train()
        loss = self.trainer._compute_loss(model, self.inputs)
        names = [f"model.{name}" for name, _ in model.named_parameters()]
        return -loss.detach(), dict(zip(names, torch.autograd.grad(-loss, list(model.parameters())), strict=True))

    def ours(self, loss=None):
        loss = loss or trl_loss(self.config)

        def value(point):
            return loss.step(self.policy, self.inputs, point, self.theta)

        return value(self.theta), gradient(value, self.theta)


def apart(ours, theirs):
    """The larger relative difference, of the value or of the gradient."""
    (value, slope), (other, slopes) = ours, theirs
    return max(abs(float(value / other) - 1.0), norm(add(slope, slopes, -1.0)) / norm(slopes))


KINDS = [
    {"loss_type": kind, "importance_sampling_level": level, **more}
    for kind, level, more in itertools.product(
        LENGTHS,
        ("token", "sequence"),
        ({}, {"beta": 0.3, "delta": 1.5}, {"beta": 0.3, "use_bias_correction_kl": False}),
    )
]


@pytest.mark.parametrize("options", KINDS, ids=lambda o: "-".join(map(str, o.values())))
def test_value_and_gradient_are_those_of_trl(options, peer, tmp_path):
    case = Case(peer, tmp_path, **WIDE, **options)
    theirs = case.theirs()
    assert apart(case.ours(), theirs) < TOLERANCE


def test_in_single_precision_and_with_one_epsilon(peer, tmp_path):
    case = Case(peer, tmp_path, torch.float32, seed=1, loss_type="dapo")
    assert trl_loss(case.config).loss.numbers["eps_hi"] == case.config.epsilon
    assert apart(case.ours(), case.theirs()) < TOLERANCE


def numbers(**changes):
    """A mutant: other constants."""
    return lambda x: dataclasses.replace(x, loss=Loss(x.loss.record, {**x.loss.numbers, **changes}))


def record(**changes):
    """A mutant: another record."""
    return lambda x: dataclasses.replace(x, loss=Loss(dataclasses.replace(x.loss.record, **changes), x.loss.numbers))


def other(*arguments):
    """A mutant: the token of other options."""
    return record(token=trl_record(*arguments).token)


MUTANTS = {
    "eps_lo": ("grpo", numbers(eps_lo=0.25)),
    "eps_hi": ("grpo", numbers(eps_hi=0.3)),
    "no two sides": ("grpo", numbers(rho_cap=9.0)),
    "penalty dropped": ("grpo", numbers(beta_kl=0.0)),
    "penalty not weighted": ("grpo", other("grpo", "token", "plain", True)),
    "ratio of the response": ("grpo", other("grpo", "sequence", "weighted", True)),
    "no length weight": ("grpo", record(length="none")),
    "length of all": ("grpo", record(length="group")),
    "length of each": ("bnpo", record(length="own")),
    "tokens of the step": ("dapo", lambda x: dataclasses.replace(x, counted="step")),
    "tokens of one step": ("dapo", lambda x: dataclasses.replace(x, steps=1)),
    "length cap": ("dr_grpo", numbers(L_cap=5.0)),
    "cap of cispo": ("cispo", numbers(rho_cap=1.35)),
    "no stop-gradient": ("cispo", record(token=trl_record("grpo", "token", "weighted").token)),
    "sum over responses": ("luspo", record(length="own")),
    "temperature": ("sapo", numbers(tau_pos=0.7)),
    "other temperature": ("sapo", numbers(tau_neg=1.6)),
    "one temperature": ("sapo", numbers(tau_neg=0.6)),
    "a clip": ("sapo", other("grpo", "token", "weighted")),
    "power": ("vespo", numbers(k_pos=1.4)),
    "other power": ("vespo", numbers(k_neg=2.4)),
    "decay": ("vespo", numbers(decay_pos=1.0)),
    "other decay": ("vespo", numbers(decay_neg=1.8)),
    "no weight": ("vespo", other("cispo", "token", "weighted")),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_formula_is_seen(mutant, peer, tmp_path):
    kind, change = MUTANTS[mutant]
    case = Case(peer, tmp_path, loss_type=kind, beta=0.3, delta=1.5, **WIDE)
    right, theirs = trl_loss(case.config), case.theirs()
    assert apart(case.ours(right), theirs) < TOLERANCE
    assert apart(case.ours(change(right)), theirs) > SEEN


@pytest.mark.parametrize(
    ("options", "id"),
    [
        ({"loss_type": "grpo"}, "grpo"),
        ({"loss_type": "grpo", "importance_sampling_level": "sequence"}, "gspo"),
        ({"loss_type": "dr_grpo", "scale_rewards": "none"}, "dr-grpo"),
        ({"loss_type": "grpo", "beta": 0.3, "use_bias_correction_kl": False}, "kl-k3"),
        ({"loss_type": "sapo"}, "sapo"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_step_of_whole_groups_is_the_sampled_population_of_the_table(options, id, peer, tmp_path):
    """Same loss through the table's record, its own advantages, and the population that everything else measures."""
    case = Case(peer, tmp_path, **WIDE, **options)
    loss = Loss(
        surrogate(id),
        {k: x for k, x in trl_loss(case.config).loss.numbers.items() if k != "rho_cap"},
    )
    groups = (GROUPS, SIZE)
    for name in ("prompt_ids", "prompt_mask"):
        case.inputs[name] = case.inputs[name][::SIZE].repeat_interleave(SIZE, 0)
    case.inputs["completion_mask"][:, 0] = 1  # no response of a population is empty
    rewards = torch.rand(groups, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    case.inputs["advantages"] = trl_loss(case.config).advantages(rewards).reshape(-1)
    phi, reference = ({k: x + step * torch.sin(31 * x) for k, x in case.theta.items()} for step in (0.05, -0.05))
    for name, point in (("old", phi), ("ref", reference)):
        case.inputs[f"{name}_per_token_logps"] = trl_log_tokens(case.policy, point, case.inputs)
    shaped = {k: x.reshape(*groups, -1) for k, x in case.inputs.items() if k not in ("num_items_in_batch",)}
    batch = Batch(
        shaped["prompt_ids"][:, 0],
        shaped["prompt_mask"][:, 0].bool(),
        shaped["completion_ids"],
        shaped["completion_mask"].double(),
        rewards,
        shaped["old_per_token_logps"],
    )
    population = SampledPopulation(loss, case.policy, batch, reference if loss.needs_reference else None)
    found = surrogate_value(population, case.theta, phi), surrogate_gradient(population, case.theta, phi)
    assert apart(found, case.theirs()) < TOLERANCE


class TestAdvantages:
    @staticmethod
    def prepared(peer, folder, scaling):
        """Rewards of a generation, and TRL's advantages before it shuffles them."""
        case = Case(peer, folder, scale_rewards=scaling)
        g = torch.Generator().manual_seed(2)
        rewards = torch.rand(GROUPS * STEPS, SIZE, generator=g).double()
        rewards[0] = 0.25  # a group without spread
        case.trainer.reward_funcs = [lambda completion_ids, **_: rewards.reshape(-1).tolist()]
        rows = case.trainer.train_dataset.select([n % len(TASK.prompts) for n in range(GROUPS * STEPS)])
        case.trainer.model.train()
        found = case.trainer._generate_and_score_completions([row for row in rows for _ in range(SIZE)])
        return rewards, trl_loss(case.config), found["advantages"].double()

    @pytest.mark.parametrize("scaling", ["group", "batch", "none", True, False])
    def test_they_are_those_of_trl(self, scaling, peer, tmp_path):
        rewards, ours, theirs = self.prepared(peer, tmp_path, scaling)
        torch.testing.assert_close(ours.advantages(rewards).reshape(-1), theirs, rtol=TOLERANCE, atol=TOLERANCE)
        one = rewards[:1].expand(2, SIZE)
        assert bool((ours.advantages(one) == 0.0).all())

    def test_the_other_denominator_is_seen(self, peer, tmp_path):
        rewards, ours, theirs = self.prepared(peer, tmp_path, "group")
        rule = dataclasses.replace(ours.loss.record.advantage, ddof=0)
        wrong = record(advantage=rule)(ours).advantages(rewards).reshape(-1)
        assert float((wrong - theirs).norm() / theirs.norm()) > SEEN


OURS = {
    *("loss_type", "importance_sampling_level", "epsilon", "epsilon_high", "delta", "beta", "use_bias_correction_kl"),
    *("max_completion_length", "steps_per_generation", "sapo_temperature_pos", "sapo_temperature_neg"),
    *("vespo_k_pos", "vespo_k_neg", "vespo_lambda_pos", "vespo_lambda_neg"),
}
"""Options that TRL's loss reads and so do we."""

UNREAD = {
    *("entropy_target", "entropy_coef_delta", "entropy_coef_max", "entropy_coef_min"),
    *("vllm_importance_sampling_correction", "router_aux_loss_coef"),
}
"""Options that it reads only with what is refused, or for a mixture of experts that asks for it."""


class TestWhatIsCovered:
    """A new option of TRL has to be looked at: whatever its loss reads is named here."""

    @staticmethod
    def body(name):
        from trl import GRPOTrainer

        return ast.parse(textwrap.dedent(inspect.getsource(getattr(GRPOTrainer, name))))

    def test_every_loss_type_has_a_record(self):
        compared = set()
        for node in ast.walk(self.body("_compute_loss")):
            if isinstance(node, ast.Compare) and ast.unparse(node.left) == "self.loss_type":
                compared |= {c.value for c in ast.walk(node.comparators[0]) if isinstance(c, ast.Constant)}
        assert compared == set(LENGTHS)

    def test_every_option_that_the_loss_reads_is_accounted_for(self):
        from trl import GRPOConfig

        fields = {f.name for f in dataclasses.fields(GRPOConfig)} - {
            f.name
            for base in GRPOConfig.__mro__[2:]
            if dataclasses.is_dataclass(base)
            for f in dataclasses.fields(base)
        }
        read = set()
        for node in ast.walk(self.body("_compute_loss")):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "self.args"):
                read.add({"epsilon_low": "epsilon"}.get(node.attr, node.attr))
        assert read & fields >= OURS
        assert read & fields <= OURS | UNREAD | set(NEUTRAL)
        assert set(NEUTRAL) <= fields

    @pytest.mark.parametrize(
        ("option", "names"),
        [
            ({"loss_type": "gmpo"}, "expected a loss type among .*got 'gmpo'"),
            ({"off_policy_mask_threshold": 0.5}, "off_policy_mask_threshold"),
            ({"top_entropy_quantile": 0.8}, "top_entropy_quantile"),
            ({"temperature": 0.7}, "temperature"),
            ({"entropy_coef": 0.1}, "entropy_coef"),
        ],
    )
    def test_what_has_no_counterpart_is_refused_by_name(self, option, names, peer, tmp_path):
        with pytest.raises(ValueError, match=names):
            trl_loss(peer.config(tmp_path, TASK, **option))


class TestAGenerationAsAPopulation:
    """What H and the bias of a live run are measured with."""

    @staticmethod
    def generated(peer, folder, **options):
        """A generation batch before its shuffle, and the trainer moved away from the weights that made it."""
        case = Case(peer, folder, **WIDE, **options)
        rows = case.trainer.train_dataset.select([n % len(TASK.prompts) for n in range(GROUPS * STEPS)])
        g = torch.Generator().manual_seed(4)
        case.trainer.reward_funcs = [lambda completions, **_: torch.rand(len(completions), generator=g).tolist()]
        case.trainer.model.train()
        case.inputs = case.trainer._generate_and_score_completions([row for row in rows for _ in range(SIZE)])
        phi, case.theta = case.theta, {k: x + 0.02 * torch.sin(31 * x) for k, x in case.theta.items()}
        with torch.no_grad():
            for name, p in case.trainer.model.named_parameters():
                p.copy_(case.theta[f"model.{name}"])
        return case, phi

    @pytest.mark.parametrize(
        ("kind", "level"), [*((kind, "token") for kind in LENGTHS), ("grpo", "sequence"), ("sapo", "sequence")]
    )
    def test_its_gradient_is_that_of_trl(self, kind, level, peer, tmp_path):
        case, phi = self.generated(peer, tmp_path, loss_type=kind, importance_sampling_level=level)
        value, slope = case.theirs()
        if trl_loss(case.config).counted == "generation":  # counted as one of the steps; here it is all of them
            value, slope = value / STEPS, scale(slope, 1 / STEPS)
        population = trl_population(case.config, case.policy, case.inputs)
        assert float((population.log_tokens(phi) - population.batch.behaviour).abs().max()) < TOLERANCE
        found = surrogate_value(population, case.theta, phi), surrogate_gradient(population, case.theta, phi)
        assert apart(found, (value, slope)) < TOLERANCE

    def test_what_is_no_population_of_groups_is_refused(self, peer, tmp_path):
        case, _ = self.generated(peer, tmp_path, loss_type="dapo", importance_sampling_level="sequence")
        with pytest.raises(ValueError, match="token level"):
            trl_population(case.config, case.policy, case.inputs)
        case.config.importance_sampling_level = "token"
        case.inputs.pop("old_per_token_logps")
        with pytest.raises(ValueError, match="nothing is stale"):
            trl_population(case.config, case.policy, case.inputs)

    def test_the_example_sees_the_bias_of_a_run_and_none_without_a_step(self, tmp_path):
        from stalelaw.examples.trl_bias import example

        moved, still = (example(tmp_path, lags=(1, 3), groups=16, blocks=4, eta=eta) for eta in (5e-3, 0.0))
        assert set(moved) == set(still) == {1, 3}
        for lag in (1, 3):
            (whole, off), (_, none) = moved[lag], still[lag]
            assert whole.n == off.n == 4
            assert abs(none.value) < 1e-6 * abs(off.value)

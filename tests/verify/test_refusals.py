"""What no policy can be made of is refused at once, for its real cause, with a remedy that works."""

import re
import warnings

import pytest
import torch
from stalelaw.verify import on_policy
from stalelaw.verify.bounds import on_runs
from stalelaw.verify.check import run
from stalelaw.verify.policies import MLP, SequencePolicy, causal_lm
from stalelaw.verify.studies.kinds import kind
from stalelaw.verify.transforms import stacked
from torch import nn

from .small_models import huggingface

TOKENS = torch.tensor([[0, 3], [3, 4]])


def dropping():
    module = MLP(inputs=5, vocab=3, window=5, hidden=6)
    module.layers.append(nn.Dropout(0.1))
    return module


def partly_training(part="self_attn", **rates):
    model = huggingface("llama", **rates)
    getattr(model.model.layers[0], part).train()
    return model


class Rounded(nn.Module):
    """A linear layer with its weight in 8 bits."""

    def __init__(self, layer, name="packed", dtype=torch.int8):
        super().__init__()
        self.name, self.step = name, float(layer.weight.detach().abs().max()) / 127
        self.register_buffer(name, (layer.weight.detach() / self.step).round().to(dtype))

    def forward(self, x):
        return nn.functional.linear(x, getattr(self, self.name).to(x.dtype) * self.step)


def rounded(*how):
    model = huggingface("llama")
    model.model.layers[0].mlp.up_proj = Rounded(model.model.layers[0].mlp.up_proj, *how)
    return model


def dynamically_quantised():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(huggingface("llama"), {nn.Linear})


def damaged(value):
    model = huggingface("llama")
    model.model.norm.weight.data[0] = value
    return model


def damaged_buffer():
    model = huggingface("llama")
    model.model.rotary_emb.inv_freq[0] = torch.nan
    return model


def checkpointed(kind="gpt2"):
    model = huggingface(kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.gradient_checkpointing_enable()
    return model


def marked_as_quantised():
    model = huggingface("gpt2")
    model.is_quantized = True
    return model


def with_flash():
    model = huggingface("llama")
    model.config._attn_implementation = "flash_attention_2"
    return model


def compiled_forward(where=""):
    model = huggingface("llama")
    part = model.get_submodule(where)
    part.forward = torch.compile(part.forward, backend="eager")
    return model


class Kinked(nn.Module):
    """The identity, through a place without a derivative."""

    def forward(self, x):
        return x + (0.0 * x).square().sqrt()


def kinked():
    model = huggingface("llama")
    model.model.layers[0].mlp.act_fn = Kinked()
    return model


def network(change=lambda module: module):
    return lambda: SequencePolicy(change(MLP(inputs=5, vocab=3, window=5, hidden=6)), 3)


def model(make, *arguments, **options):
    return lambda: causal_lm(make(*arguments, **options))


REFUSED = {
    "active dropout": (lambda: SequencePolicy(dropping(), 3), "p of module 'layers.3' = 0.1; call .eval()"),
    "compiled": (network(lambda m: torch.compile(m, backend="eager")), "compiled or scripted"),
    "half": (network(lambda m: m.bfloat16()), "convert with .float()"),
    "no weights": (network(lambda m: m.to("meta")), "load the weights"),
    "dropout": (lambda: causal_lm(huggingface("gpt2").train()), "call .eval() on the whole model"),
    "dropout in a part": (model(partly_training, attention_dropout=0.01), "layers.0.self_attn: expected a determin"),
    "an integer rate": (model(partly_training, attention_dropout=1), "attention_dropout of"),
    "a rate elsewhere": (model(partly_training, "mlp", attention_dropout=0.01), "layers.0.mlp: expected a determin"),
    "half precision": (lambda: causal_lm(huggingface("gpt2").half()), "convert with .float()"),
    "flex": (model(huggingface, "llama", "flex_attention"), "attn_implementation='sdpa'"),
    "flash": (model(with_flash), "attn_implementation='sdpa'"),
    "eager in float64": (lambda: causal_lm(huggingface("llama", "eager").double()), "attn_implementation='sdpa'"),
    "checkpointing": (model(checkpointed), "gradient_checkpointing_disable"),
    "marked as quantised": (model(marked_as_quantised), "quantization_config"),
    "dynamically quantised": (
        model(dynamically_quantised),
        "self_attn.q_proj: expected a plain module, got the quanti",
    ),
    "int8 buffer": (model(rounded), "up_proj.packed: expected no quantised weights, got a buffer of torch.int8"),
    "int32 weight": (model(rounded, "qweight", torch.int32), "up_proj.qweight: expected no quantised weights"),
    "NaN weight": (model(damaged, torch.nan), "'model.norm.weight': expected finite numbers, got 1 others"),
    "infinite weight": (model(damaged, torch.inf), "'model.norm.weight': expected finite numbers, got 1 others"),
    "NaN buffer": (model(damaged_buffer), "rotary_emb.inv_freq': expected numbers, got 1 NaN"),
    "compiled forward": (model(compiled_forward), "LlamaForCausalLM: expected a plain module, got a compiled"),
    "compiled part": (
        model(compiled_forward, "model.layers.0.mlp"),
        "layers.0.mlp: expected a plain module, got a comp",
    ),
    "experts": (
        model(huggingface, "mixtral"),
        "operation _grouped_mm, which has no forward-mode derivative; call",
    ),
    "experts in float64": (
        lambda: causal_lm(huggingface("mixtral").double()),
        "set_experts_implementation('batched_mm')",
    ),
    "own backward pass": (lambda: causal_lm(huggingface("bloom", "eager").double()), "must override the setup_con"),
    "no derivative": (model(kinked), "expected finite second derivatives, got others in 'model.model."),
    "another module": (lambda: causal_lm(nn.Linear(2, 2)), "expected a Hugging Face causal LM, as AutoModel"),
    "a name": (lambda: causal_lm("gpt2"), "got str"),
    "no logits": (model(huggingface, "llama", name="LlamaModel"), "expected a causal LM that gives logits"),
    "a classifier": (
        model(huggingface, "llama", name="LlamaForSequenceClassification", pad_token_id=0),
        "expected logits of shape (1, 3, 5) for three tokens, got (1, 2)",
    ),
    "not causal": (model(huggingface, "bert"), "do not depend on later tokens"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_work_is_refused_with_the_remedy(what):
    make, remedy = REFUSED[what]
    with pytest.raises(ValueError, match=re.escape(remedy)):
        make()


ACCEPTED = {
    "sdpa in float64": lambda: huggingface("llama").double(),
    "experts": lambda: batched_experts(huggingface("mixtral")),
    "experts in float64": lambda: batched_experts(huggingface("mixtral").double()),
    "sleeping dropout": lambda: huggingface("gpt2"),
    "training without dropout": lambda: huggingface("llama").train(),
    "kept out of compilation": lambda: kept_out(),
}


def batched_experts(model):
    model.set_experts_implementation("batched_mm")
    return model


def kept_out():
    model = huggingface("llama")
    model.model.layers[0].mlp.forward = torch.compiler.disable(model.model.layers[0].mlp.forward)
    return model


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_the_remedies_lead_to_is_accepted(what):
    policy = causal_lm(ACCEPTED[what]())
    first, second = (policy.log_probs(policy.params(), TOKENS) for _ in range(2))
    assert torch.equal(first, second)


AFTERWARDS = {
    "training": (lambda model: model.train(), "expected a deterministic policy"),
    "a part training": (lambda model: model.transformer.h[1].attn.train(), "h.1.attn: expected a deterministic policy"),
    "checkpointing": (lambda model: model.gradient_checkpointing_enable(), "gradient_checkpointing_disable"),
    "compiling": (lambda model: model.compile(backend="eager"), "compiled or scripted"),
}


@pytest.mark.parametrize("what", AFTERWARDS)
def test_what_is_switched_on_later_is_refused_when_a_measurement_begins(what):
    change, message = AFTERWARDS[what]
    model = huggingface("gpt2")
    policy = causal_lm(model)
    theta = policy.params()
    policy.validate(theta, "theta")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        change(model)
    with pytest.raises(ValueError, match=re.escape(message)):
        policy.validate(theta, "theta")


def test_a_saved_mixture_of_experts_is_measured(tmp_path):
    """By matrix products that can be batched over parameters, which the runs do."""
    huggingface("mixtral").save_pretrained(tmp_path / "experts")
    problem = kind(str(tmp_path / "experts")).problem(0, 1)
    start = {name: x.expand(2, *x.shape) for name, x in problem.theta.items()}
    chances = stacked(lambda point: problem.objective.policy.levels(point)[0], start)
    assert torch.equal(chances[0], chances[1])
    torch.testing.assert_close(chances[0], problem.objective.policy.levels(problem.theta)[0])


def test_float32_inside_a_float64_model_is_told_in_every_row(tmp_path, monkeypatch):
    monkeypatch.setattr(on_runs, "RUNS", 1)
    monkeypatch.setattr(on_policy, "CLAIMS", {"drift": on_policy.CLAIMS["drift"]})
    said = {}
    for name in ("llama", "gpt2"):
        sizes = {"llama": {"num_hidden_layers": 1}, "gpt2": {"n_layer": 1}}[name]
        huggingface(name, **sizes).save_pretrained(tmp_path / name)
        rows = run(["drift", "total-derivative", "score-norm"], kind=kind(str(tmp_path / name)))
        said[name] = [(row.status != "not-measured", "float32 inside" in row.message) for row in rows]
    assert [told for _, told in said["llama"]] == [measured for measured, _ in said["llama"]]
    assert {measured for measured, _ in said["llama"]} == {True, False}
    assert not any(told for _, told in said["gpt2"])

"""Hugging Face models that take no time."""

import pytest
import torch

NAMES = {
    "gpt2": "GPT2LMHeadModel",
    "llama": "LlamaForCausalLM",
    "mixtral": "MixtralForCausalLM",
    "bert": "BertForMaskedLM",
    "bloom": "BloomForCausalLM",
}
WIDTH = {"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
SIZES = {
    "bloom": {"hidden_size": 8, "n_layer": 1, "n_head": 2},
    "gpt2": {"n_embd": 8, "n_layer": 2, "n_head": 2, "bos_token_id": 0, "eos_token_id": 0},
    "mixtral": WIDTH | {"num_hidden_layers": 1, "num_key_value_heads": 2, "num_local_experts": 2},
}


def huggingface(kind, attention="sdpa", name=None, **more):
    """A model of 5 tokens in evaluation mode; ``name`` is another class of the same kind than that in ``NAMES``."""
    transformers = pytest.importorskip("transformers")
    model = getattr(transformers, name or NAMES[kind])
    torch.manual_seed(3)
    options = SIZES.get(kind, WIDTH) | more
    return model(model.config_class(vocab_size=5, attn_implementation=attention, **options)).eval()

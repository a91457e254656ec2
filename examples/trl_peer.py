"""One of our tasks and a small Llama in TRL's ``GRPOTrainer``, as a peer to compare with, and as an example to copy."""

from __future__ import annotations

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

SIZES = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}


def llama(task, seed, dtype=torch.float32, **sizes):
    """A small Llama over the task's tokens; token 0 ends a response and pads a prompt."""
    torch.manual_seed(seed)
    special = {"pad_token_id": 0, "eos_token_id": 0, "bos_token_id": None}
    return LlamaForCausalLM(LlamaConfig(vocab_size=task.inputs, **special, **SIZES, **sizes)).to(dtype)


def tokenizer(task):
    """Tokens are written as their numbers."""
    words = Tokenizer(models.WordLevel({str(i): i for i in range(task.inputs)}, unk_token="0"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    found = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="0", eos_token="0")
    found.padding_side = "left"
    return found


def prompts(task, numbers):
    """The dataset of these prompts; ``number`` reaches the reward function."""
    rows = [[str(int(t)) for t, kept in zip(task.prompts[n], task.mask[n], strict=True) if kept] for n in numbers]
    return Dataset.from_dict({"prompt": [" ".join(row) for row in rows], "number": list(numbers)})


def config(folder, task, **options):
    """TRL's options for a quiet run on the CPU at a constant learning rate."""
    quiet = {"logging_steps": 1, "save_strategy": "no", "report_to": "none", "disable_tqdm": True}
    machine = {"use_cpu": True, "bf16": False, "lr_scheduler_type": "constant"}
    return GRPOConfig(output_dir=str(folder), max_completion_length=task.length, **quiet, **machine, **options)


def trainer(model, task, numbers, options, kind=GRPOTrainer, **more):
    """A trainer of ``kind`` whose rewards are the task's, for the end token as a completion keeps it."""

    def reward(completion_ids, number, **_):
        return [task.score(n, tuple(ids)) for n, ids in zip(number, completion_ids, strict=True)]

    parts = {"args": options, "train_dataset": prompts(task, numbers), "processing_class": tokenizer(task)}
    return kind(model=model, reward_funcs=reward, **parts, **more)

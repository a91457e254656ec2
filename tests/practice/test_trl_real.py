"""One real trainer run: TRL's GRPOTrainer on a tiny Llama, saved, read back, calibrated. No network."""

import importlib.util
import json

import pytest

HAS_TRL = all(importlib.util.find_spec(name) for name in ("trl", "transformers", "datasets"))
pytestmark = [pytest.mark.trl, pytest.mark.skipif(not HAS_TRL, reason="trl, transformers or datasets is not installed")]

SYNC_INTERVAL = 2
STEPS = 8


@pytest.fixture(scope="module")
def state_file(tmp_path_factory):
    import torch
    from datasets import Dataset
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from trl import GRPOConfig, GRPOTrainer

    folder = tmp_path_factory.mktemp("trl")
    vocabulary = {token: i for i, token in enumerate(["<pad>", "<eos>", "0", "1", "2", "3", "+", "="])}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<eos>")
    tokenizer.padding_side = "left"
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    model = LlamaForCausalLM(
        LlamaConfig(vocab_size=len(vocabulary), pad_token_id=0, eos_token_id=1, bos_token_id=None, **sizes)
    )
    config = GRPOConfig(
        output_dir=str(folder),
        per_device_train_batch_size=8,
        num_generations=4,
        steps_per_generation=SYNC_INTERVAL,
        max_completion_length=3,
        learning_rate=1e-3,
        lr_scheduler_type="constant",
        max_steps=STEPS,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        seed=0,
    )
    prompts = Dataset.from_dict({"prompt": ["1 + 1 =", "2 + 1 =", "0 + 1 =", "1 + 2 ="] * 4})

    def short(completions, **_):
        return [1.0 / (1.0 + len(text.split())) for text in completions]

    trainer = GRPOTrainer(
        model=model, reward_funcs=short, args=config, train_dataset=prompts, processing_class=tokenizer
    )
    trainer.train()
    path = folder / "trainer_state.json"
    trainer.state.save_to_json(str(path))
    return path


def test_a_real_run_is_read_and_its_sync_interval_inferred(invoke, state_file):
    document = invoke("calibrate", state_file, "--infer-staleness", "--json").json
    (run,) = document["runs"]
    assert run["staleness"] == SYNC_INTERVAL
    assert run["max_lag"] == SYNC_INTERVAL - 1
    assert document["staleness_source"] == "inferred"
    assert run["steps"] == STEPS
    assert run["eta"] == 1e-3
    rewards = [row for row in json.loads(state_file.read_text())["log_history"] if "reward" in row]
    assert len(rewards) == STEPS // SYNC_INTERVAL
    assert run["outcome"] != "undecided"


def test_a_given_value_that_disagrees_with_the_real_log_is_used_and_warned_about(invoke, state_file):
    document = invoke("calibrate", state_file, "--staleness", SYNC_INTERVAL + 1, "--json").json
    assert document["runs"][0]["staleness"] == SYNC_INTERVAL + 1
    assert any(f"every {SYNC_INTERVAL} steps" in text for text in document["warnings"])

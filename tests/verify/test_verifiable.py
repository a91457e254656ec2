"""Tasks: every answer has reward 1, chance levels by count, shares of graded rewards, hand-made responses."""

import itertools

import pytest
import torch
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.verifiable import addition, bandit, copy, countdown, parity, sort

TASKS = {
    "bandit": lambda: bandit([0.0, 1.0, 0.5]),
    "addition": lambda: addition(3, digits=2),
    "addition graded": lambda: addition(3, digits=2, graded=True),
    "copy": lambda: copy(3, 2),
    "copy graded": lambda: copy(3, 2, graded=True),
    "sort": lambda: sort(3, 2),
    "parity": lambda: parity(3),
    "countdown": lambda: countdown(2, [3, 1]),
}


@pytest.mark.parametrize("name", TASKS)
def test_answers_are_right_and_tokens_in_range(name):
    task = TASKS[name]()
    answers = task.answers()
    for number, answer in enumerate(answers):
        assert task.score(number, answer) == 1.0
        assert len(answer) <= task.length
        assert max(answer) < task.vocab
    assert int(task.prompts.max()) < task.inputs
    assert task.mask[:, -1].all()


@pytest.mark.parametrize("name", TASKS)
def test_the_table_is_the_reward_of_each_response(name):
    task = TASKS[name]()
    responses = Responses(TabularSoftmax(len(task.prompts), task.vocab, task.length), task.end)
    table = task.table(responses)
    assert table.shape == (len(task.prompts), len(responses.tokens))
    assert ((table >= 0) & (table <= 1)).all()
    assert (table.max(1).values == 1.0).all()
    if "graded" not in name and name not in ("bandit", "countdown"):
        assert (table.sum(1) == 1.0).all()  # exactly one right answer


def test_responses_by_hand():
    one = torch.tensor
    add = addition(10, digits=2)
    number = [p[:2] for p in add.prompts.tolist()].index([7, 8])
    assert [add.score(number, y) for y in ((1, 5), (0, 5), (5, 1))] == [1.0, 0.0, 0.0]
    assert addition(10, digits=2, graded=True).score(number, (0, 5)) == 0.5
    word = copy(4, 3, graded=True)
    at = [
        [t for t, k in zip(p, m, strict=True) if k]
        for p, m in zip(word.prompts.tolist(), word.mask.tolist(), strict=True)
    ]
    number = at.index([3, 1, 4])  # the last token asks
    assert word.score(number, (3, 1, 0)) == 1.0
    assert word.score(number, (3, 0)) == pytest.approx(1 / 3)
    assert word.score(number, (3, 1, 1, 1)) == pytest.approx(2 / 4)
    down = countdown(3, [2, 6])
    plus, minus = 4, 5
    assert down.score(0, (3, minus, 1, 0)) == 1.0
    assert down.score(0, (2, 0)) == 1.0
    assert down.score(1, (1, plus, 2, plus, 3, 0)) == 1.0
    assert down.score(1, (3, plus, 3, 0)) == 0.0  # a number twice
    assert down.score(1, (plus, 3, 0)) == 0.0
    assert down.score(1, (1, plus, 2, plus, 3, 1)) == 0.0  # not ended
    assert countdown(3, [2], graded=True).score(0, (1, 0)) == 0.5
    assert sort(3, 3).reward(one([5]), one([[[0, 1, 2], [2, 1, 0]]]), torch.ones(1, 2, 3)).tolist() == [[1.0, 0.0]]


def test_parity_counts_ones():
    task = parity(4)
    for number, bits in enumerate(itertools.product(range(2), repeat=4)):
        assert task.score(number, (sum(bits) % 2,)) == 1.0
        assert task.score(number, (1 - sum(bits) % 2,)) == 0.0


def test_what_cannot_be_solved_or_drawn_is_refused():
    with pytest.raises(ValueError, match="prompt 1 has no response of reward 1 within 4 tokens"):
        countdown(2, [3, 99]).answers()
    with pytest.raises(ValueError, match=r"rewards in \[0, 1\]"):
        bandit([0.0, 2.0])

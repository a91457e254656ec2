"""Users' bounds in TOML: a good file is read, and everything else is bad input that teaches, at once."""

import pytest
from stalelaw.practice.bound import LARGEST, read_bound
from stalelaw.practice.errors import BadInput

GOOD = {"id": '"mine"', "kind": '"upper"', "quantity": '"bias"', "formula": '"K_phi * G_upd * S_max * eta"'}


@pytest.fixture
def written(tmp_path):
    def write(text=None, **change):
        path = tmp_path / "bound.toml"
        lines = [f"{key} = {value}" for key, value in {**GOOD, **change}.items() if value is not None]
        content = "\n".join(lines) if text is None else text
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_good_file_is_read(written):
    bound = read_bound(
        written(
            formula='"c * K_phi * G_upd * s_t * eta + b"',
            constants="{ c = 2, b = 0.5 }",
            units='{ b = "1/param" }',
            title='"t"',
        )
    )
    assert (bound.id, bound.kind, bound.quantity, bound.domain, bound.title) == ("mine", "upper", "bias", "inside", "t")
    assert bound.constants == {"c": 2.0, "b": 0.5}
    assert set(bound.formula.names) == {"c", "K_phi", "G_upd", "s_t", "eta", "b"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"id": None}, "id: Field required"),
        ({"id": '"a b"'}, "id: "),
        ({"id": '"::error::"'}, "id: "),
        ({"kind": '"above"'}, "'upper', 'lower'"),
        ({"quantity": '"lag"'}, "drift = norm of"),
        ({"formula": "3"}, "formula: "),
        ({"formula": '"K_fi * eta"'}, r"K_phi = Lipschitz constant .* column 1"),
        ({"formula": '"K_phi * (eta"'}, "column 9"),
        ({"formula": '"__import__(1)"'}, "a function out of sqrt"),
        ({"formula": '"().__class__"'}, "Attribute"),
        ({"formula": '"K_phi * eta"'}, "unit"),
        ({"formula": '"' + "9" * 5000 + '"'}, "at most 1000 characters"),
        ({"constants": "{ c = " + "9" * 5000 + " }"}, "bound.toml"),
        ({"constants": "{ c = inf }"}, "finite"),
        ({"constants": "{ c = true }"}, "constants.c"),
        ({"constants": "{ __c = 1 }"}, "pattern"),
        ({"constants": "{ eta = 1 }"}, "which are symbols"),
        ({"units": '{ c = "1" }'}, "units of"),
        ({"domain": '"everywhere"'}, "inside"),
        ({"extra": "1"}, "Extra inputs"),
        ({"title": "[" * 5000}, "bound.toml"),
    ],
)
def test_a_bad_key_or_value_is_bad_input(written, change, word):
    with pytest.raises(BadInput, match=word):
        read_bound(written(**change))


@pytest.mark.parametrize("text", ["", "id = ", b"\xff\xfe\x00", "a" * (LARGEST + 1), "id = 1\nid = 2"])
def test_what_is_no_toml_is_bad_input(written, text):
    with pytest.raises(BadInput, match="expected"):
        read_bound(written(text))


def test_a_missing_file_and_a_folder_are_bad_input(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(BadInput, match="no regular file"):
            read_bound(path)

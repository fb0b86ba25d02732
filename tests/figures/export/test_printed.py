"""Rows of printed numbers beside ours."""

from dataclasses import replace

from initopt_core.figures.export.printed import rows
from initopt_core.figures.tutorial import Number


def _variances(*spreads: float | None, exact: bool = False) -> list[Number]:
    return [
        Number(f"Small: variance, Layer {k}", 1.0 + k, 1.1 + k, spread=spread, exact=exact)
        for k, spread in zip((0, 2), spreads, strict=True)
    ]


def test_a_quantity_at_several_places_has_a_column_for_each():
    assert rows(_variances(0.1, 0.05)) == (
        ("", "", "Layer 0", "Layer 2"),
        ("Variance", "printed", "1", "3"),
        ("", "ours", "1.1", "3.1"),
        ("", "± over seeds", "0.1", "0.05"),
    )


def test_what_is_the_same_for_all_places_is_said_once():
    assert rows(_variances(None, None)) == (
        ("", "", "Layer 0", "Layer 2"),
        ("Variance", "printed", "1", "3"),
        ("(one draw)", "ours", "1.1", "3.1"),
    )
    assert rows(_variances(None, None, exact=True))[-1][0] == "(differs)"


def test_numbers_of_their_own_have_a_row_each():
    pixels = Number("Images: mean of the pixels", 0.286, 0.286, exact=True)
    table = rows([pixels, *_variances(0.1, 0.05)])
    assert table[:2] == (
        ("", "printed", "ours", ""),
        ("Mean of the pixels", "0.286", "0.286", "agrees"),
    )
    assert table[2] == ("Variance, Layer 0", "1", "1.1", "± 0.1")
    assert {len(row) for row in table} == {4}


def test_no_numbers_no_table():
    assert rows([]) == ()


def test_the_unit_stands_beside_the_quantity():
    pair = [
        Number(f"variance of the gradients, Layer {k}", 1.0, 1.1, spread=0.1 + k, unit="nats²")
        for k in (0, 2)
    ]
    assert rows(pair)[1][0] == "Variance of the gradients, nats²"


def test_a_factor_over_seeds_is_one_outlier_proof_number():
    pair = [replace(one, factor=1.25 + k, spread=None) for k, one in enumerate(_variances(1, 1))]
    assert rows(pair)[-1] == ("", "×/÷ over seeds", "1.25", "2.25")

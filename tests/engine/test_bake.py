"""Style tables and a mix → plain convolutions."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pleinair.engine.bake import Tables, baked, shares
from pleinair.errors import ModelError, SettingError, UnknownStyleError

STYLES = ("a", "b", "c")
ONLY_FIRST = np.array([1.0, 0.0, 0.0])


def random_layer(outputs: int = 5, inputs: int = 4, styles: int = 3, seed: int = 0) -> tuple[npt.NDArray[Any], Tables]:
    """A weight as a trunk holds it, baked for the first style, and tables."""
    rng = np.random.default_rng(seed)
    gain = rng.normal(0, 0.3, (styles, outputs)).astype(np.float32)
    scale = rng.normal(0, 0.3, (styles, inputs)).astype(np.float32)
    weight = rng.normal(0, 1, (outputs, inputs, 3, 3))
    weight *= (np.exp(gain[0]) / np.sqrt(np.square(weight).sum((1, 2, 3))))[:, None, None, None]
    tables = Tables(scale - scale[:1], gain, rng.normal(0, 0.3, (styles, outputs)).astype(np.float32))
    return weight.astype(np.float32), tables


class TestShares:
    def test_in_the_order_of_the_styles_with_sum_1(self) -> None:
        np.testing.assert_allclose(shares({"c": 3, "a": 1}, STYLES), [0.25, 0, 0.75])

    def test_one_style(self) -> None:
        np.testing.assert_array_equal(shares({"b": 0.2}, STYLES), [0, 1, 0])

    def test_a_foreign_style_names_the_known(self) -> None:
        with pytest.raises(UnknownStyleError, match="no style 'd'; it has a, b, c"):
            shares({"a": 1, "d": 1}, STYLES)

    @pytest.mark.parametrize("weight", [-0.1, float("nan"), float("inf"), float("-inf")])
    def test_a_weight_that_cannot_be(self, weight: float) -> None:
        with pytest.raises(SettingError, match="weight of 'b'"):
            shares({"a": 1, "b": weight}, STYLES)

    @pytest.mark.parametrize("mix", [{}, {"a": 0.0}, {"a": 0.0, "b": 0.0}])
    def test_nothing_of_anything(self, mix: dict[str, float]) -> None:
        with pytest.raises(SettingError, match="above 0"):
            shares(mix, STYLES)

    @given(st.dictionaries(st.sampled_from(STYLES), st.floats(0, allow_infinity=False), min_size=1))
    def test_any_weights_sum_to_1(self, mix: dict[str, float]) -> None:
        if max(mix.values()) == 0:
            return
        found = shares(mix, STYLES)
        assert found.sum() == pytest.approx(1)
        assert ((found >= 0) & (found <= 1)).all()
        assert STYLES[int(found.argmax())] in mix

    @given(st.floats(1e-300, 1e300))
    def test_only_proportions_count(self, factor: float) -> None:
        np.testing.assert_allclose(shares({"a": 0.5 * factor, "b": 1.5 * factor}, STYLES), [0.25, 0.75, 0], rtol=1e-12)


class TestBaked:
    def test_the_first_style_is_what_the_file_holds(self) -> None:
        weight, tables = random_layer()
        found, bias = baked(weight, tables, ONLY_FIRST)
        np.testing.assert_allclose(found, weight, rtol=2e-6, atol=1e-8)
        np.testing.assert_array_equal(bias, tables.bias[0])

    def test_types(self) -> None:
        weight, tables = random_layer()
        found, bias = baked(weight.astype(np.float16), tables, ONLY_FIRST)
        assert found.dtype == bias.dtype == np.float32
        assert (found.shape, bias.shape) == (weight.shape, (5,))

    @pytest.mark.parametrize("mix", [(1, 0, 0), (0, 1, 0), (0.2, 0.3, 0.5)])
    def test_the_formula_written_out(self, mix: tuple[float, float, float]) -> None:
        weight, tables = random_layer()
        found, bias = baked(weight, tables, np.array(mix))
        for o in range(5):
            scale = [np.exp(sum(a * tables.scale[s, i] for s, a in enumerate(mix))) for i in range(4)]
            scaled = np.stack([weight[o, i].astype(np.float64) * scale[i] for i in range(4)])
            gain = np.exp(sum(a * tables.gain[s, o] for s, a in enumerate(mix)))
            np.testing.assert_allclose(found[o], scaled * gain / np.linalg.norm(scaled), rtol=1e-5)
            assert bias[o] == pytest.approx(sum(a * tables.bias[s, o] for s, a in enumerate(mix)), abs=1e-6)

    @given(seed=st.integers(0, 1000), raw=st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
    def test_each_filter_has_the_norm_that_its_gain_says(self, seed: int, raw: list[float]) -> None:
        weight, tables = random_layer(seed=seed)
        mix = np.array(raw) / sum(raw)
        norms = np.sqrt(np.square(baked(weight, tables, mix)[0].astype(np.float64)).sum((1, 2, 3)))
        np.testing.assert_allclose(norms, np.exp(mix @ tables.gain), rtol=1e-5)

    @given(factor=st.floats(1e-3, 1e3))
    def test_the_size_of_the_stored_weight_does_not_matter(self, factor: float) -> None:
        weight, tables = random_layer()
        one, other = (baked(w, tables, np.array([0.5, 0.5, 0.0]))[0] for w in (weight, weight * np.float32(factor)))
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-7)

    def test_a_filter_of_zeros_stays_zeros(self) -> None:
        weight, tables = random_layer()
        weight[2] = 0
        found, _ = baked(weight, tables, np.array([0.0, 1.0, 0.0]))
        assert not found[2].any()
        assert found[1].any()

    def test_fp16_storage_costs_little(self) -> None:
        weight, tables = random_layer()
        mix = np.array([0.0, 0.0, 1.0])
        exact, halved = (baked(w, tables, mix)[0] for w in (weight, weight.astype(np.float16)))
        assert 0 < np.abs(exact - halved).max() < 1e-3 * np.abs(exact).max()

    @pytest.mark.parametrize(
        ("where", "bad"),
        [
            *((where, bad) for where in ("scale", "gain", "bias") for bad in (np.nan, np.inf)),
            ("scale", 1e5),
            ("gain", 1e5),
        ],
    )
    def test_tables_that_are_no_numbers(self, where: str, bad: float) -> None:
        weight, tables = random_layer()
        getattr(tables, where)[0, 1] = bad
        with pytest.raises(ModelError, match="not all finite"):
            baked(weight, tables, ONLY_FIRST)

    def test_a_weight_that_is_no_number(self) -> None:
        weight, tables = random_layer()
        weight[0, 0, 0, 0] = np.nan
        with pytest.raises(ModelError, match="not all finite"):
            baked(weight, tables, ONLY_FIRST)

    @pytest.mark.parametrize("shape", [(5, 4), (5, 3, 3, 3), (4, 4, 3, 3), (60,), ()])
    def test_tables_that_do_not_fit(self, shape: tuple[int, ...]) -> None:
        _, tables = random_layer()
        with pytest.raises(ModelError, match="do not fit"):
            baked(np.ones(shape, np.float32), tables, ONLY_FIRST)

    @pytest.mark.parametrize("mix", [(1, 0, 0), (0, 1, 0), (0.2, 0.3, 0.5)])
    def test_own_weights_written_out(self, mix: tuple[float, float, float]) -> None:
        weight, tables = random_layer()
        rng = np.random.default_rng(1)
        outer, inner = rng.normal(0, 1, (3, 5, 2)), rng.normal(0, 1, (3, 2, 36))
        found, _ = baked(weight, replace(tables, own_out=outer, own_in=inner), np.array(mix))
        sums = weight.astype(np.float64)
        for s, share in enumerate(mix):
            own = np.einsum("or,rk->ok", outer[s], inner[s]) - np.einsum("or,rk->ok", outer[0], inner[0])
            sums = sums + share * own.reshape(5, 4, 3, 3)
        wanted, _ = baked(sums, tables, np.array(mix))
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)

    @pytest.mark.parametrize(
        ("outer", "inner"), [((3, 5, 2), (3, 1, 36)), ((3, 4, 2), (3, 2, 36)), ((2, 5, 2), (2, 2, 36))]
    )
    def test_own_weights_that_do_not_fit(self, outer: tuple[int, ...], inner: tuple[int, ...]) -> None:
        weight, tables = random_layer()
        with pytest.raises(ModelError, match=r"own weights .* do not fit"):
            baked(weight, replace(tables, own_out=np.ones(outer), own_in=np.ones(inner)), ONLY_FIRST)

    def test_tables_of_another_number_of_styles(self) -> None:
        weight, tables = random_layer()
        with pytest.raises(ModelError, match="2 styles"):
            baked(weight, tables, np.array([0.5, 0.5]))

"""The mixture of ceasefires: likelihoods against integrals, and fits of counts whose law is known."""

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from detente.experiments.evidence import truce_mixture
from detente.experiments.evidence.truce_mixture import (
    Counts,
    LogNormal,
    fit_log_normal,
    fit_mixture,
    held_law,
    mixture_loss,
)


def integral(count, expected, law):
    """The likelihood of a count by quadrature over the log ratio."""

    def part(x):
        return stats.poisson.pmf(count, expected * math.exp(x)) * stats.norm.pdf(x, law.mean, law.spread)

    ends = law.mean - 8 * law.spread, law.mean + 8 * law.spread
    return math.log(integrate.quad(part, *ends, limit=400)[0])


@pytest.mark.parametrize("law", [LogNormal(-0.2, 0.7), LogNormal(-2.5, 0.4), LogNormal(0.5, 0.25)])
def test_the_likelihood_of_a_small_count_is_its_integral_over_ratios(law):
    counts, expected = np.array([0.0, 1.0, 7.0, 20.0, 59.0]), np.array([6.0, 3.0, 15.0, 10.0, 40.0])
    exact = [integral(y, mean, law) for y, mean in zip(counts, expected, strict=True)]
    assert Counts(counts, expected).log_likelihoods(law) == pytest.approx(exact, abs=2e-3)


def test_a_large_count_has_a_normal_log_ratio():
    law = LogNormal(-0.4, 0.5)
    found = Counts(np.array([59.0, 60.0, 300.0]), np.array([80.0, 80.0, 250.0])).log_likelihoods(law)
    for value, y, mean in ((found[1], 60, 80), (found[2], 300, 250)):
        spread = math.sqrt(0.25 + 1 / y)
        assert value == pytest.approx(stats.norm.logpdf(math.log(y / mean), -0.4, spread) - math.log(y))
    assert found[0] == pytest.approx(integral(59, 80, law), abs=1e-4)


def test_order_and_company_do_not_change_a_likelihood():
    law = LogNormal(-0.4, 0.5)
    together = Counts(np.array([70.0, 3.0, 90.0, 0.0]), np.array([80.0, 5.0, 60.0, 4.0])).log_likelihoods(law)
    alone = [
        Counts(np.array([y]), np.array([mean])).log_likelihoods(law)[0]
        for y, mean in ((70.0, 80.0), (3.0, 5.0), (90.0, 60.0), (0.0, 4.0))
    ]
    assert together == pytest.approx(alone)


def test_spreads_beyond_what_the_ratios_resolve_are_taken_to_their_ends():
    counts = Counts(np.array([3.0, 9.0]), np.array([5.0, 6.0]))
    assert counts.log_likelihoods(LogNormal(-0.4, 0.001)) == pytest.approx(
        counts.log_likelihoods(LogNormal(-0.4, 0.06))
    )
    assert counts.log_likelihoods(LogNormal(-0.4, 50.0)) == pytest.approx(
        counts.log_likelihoods(LogNormal(-0.4, 3.0))
    )
    assert counts.log_likelihoods(LogNormal(-0.4, 0.2))[0] != pytest.approx(
        counts.log_likelihoods(LogNormal(-0.4, 0.06))[0], abs=1e-3
    )


def test_an_impossible_count_has_a_finite_likelihood():
    far = Counts(np.array([59.0]), np.array([1e-3])).log_likelihoods(LogNormal(-5.0, 0.06))
    assert np.isfinite(far).all()
    assert far[0] < -200


def test_a_log_normal_ratio_is_found_again():
    rng = np.random.default_rng(5)
    expected = np.full(3000, 30.0)
    counts = Counts(rng.poisson(expected * np.exp(rng.normal(-0.8, 0.6, 3000))), expected)
    assert fit_log_normal(counts) == pytest.approx((-0.8, 0.6), abs=0.05)


@pytest.mark.parametrize(
    ("at", "law"),
    [
        ((-3.0, -0.5), (-3.0, math.exp(-0.5))),
        ((0.0, -0.5), (-1.2, math.exp(-0.5))),
        ((-9.0, -0.5), (-5.0, math.exp(-0.5))),
        ((-3.0, -4.0), (-3.0, math.exp(-1.5))),
        ((-3.0, 2.0), (-3.0, math.exp(0.25))),
    ],
)
def test_what_holds_stays_within_its_bounds(at, law):
    assert held_law(np.array(at)) == pytest.approx(law)


def test_the_loss_is_that_of_the_mixture_with_its_priors():
    counts = Counts(np.array([2.0, 30.0, 70.0]), np.array([40.0, 40.0, 90.0]))
    never = counts.log_likelihoods(LogNormal(-0.2, 0.7))
    traits = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, -2.0]])
    at = np.array([-2.0, math.log(0.5), -1.0, 0.6])
    holds = np.exp(counts.log_likelihoods(LogNormal(-2.0, 0.5)))
    share = special.expit(np.array([-1.0, -0.4, -2.2]))
    likelihood = np.log(share * holds + (1 - share) * np.exp(never)).sum()
    prior = 0.5 * (0.6 / 1.5) ** 2 + 0.5 * ((math.log(0.5) - math.log(0.8)) / 0.4) ** 2
    assert mixture_loss(at, counts, never, traits) == pytest.approx(prior - likelihood)


@pytest.mark.parametrize("end", [-8.0, 8.0])
def test_a_logit_counts_up_to_eight(end):
    counts = Counts(np.array([2.0, 30.0]), np.array([40.0, 40.0]))
    never, one = counts.log_likelihoods(LogNormal(-0.2, 0.7)), np.ones((2, 1))
    at, beyond, within = (
        mixture_loss(np.array([-2.0, -0.2, end * by]), counts, never, one) for by in (1.0, 1.4, 0.9)
    )
    assert beyond == at
    assert abs(within - at) > 1e-4


@pytest.mark.parametrize(("mean", "nearest"), [(-1.0, -1.2), (-5.5, -5.0)])
def test_a_mean_out_of_bounds_costs_five_times_its_square(mean, nearest):
    counts = Counts(np.array([2.0, 30.0]), np.array([40.0, 40.0]))
    never, one = counts.log_likelihoods(LogNormal(-0.2, 0.7)), np.ones((2, 1))
    out, inside = (
        mixture_loss(np.array([m, math.log(0.8), -1.3]), counts, never, one) for m in (mean, nearest)
    )
    assert out - inside == pytest.approx(5.0 * (mean - nearest) ** 2)


def test_a_trait_of_those_that_hold_has_a_coefficient_of_its_sign():
    rng = np.random.default_rng(3)
    expected = np.full(600, 40.0)
    trait = rng.normal(size=600)
    holds = rng.random(600) < special.expit(-1.0 + 1.2 * trait)
    ratio = np.where(holds, rng.normal(-3.0, 0.5, 600), rng.normal(-0.2, 0.5, 600))
    counts = Counts(rng.poisson(expected * np.exp(ratio)), expected)
    fitted, (constant, slope) = fit_mixture(counts, LogNormal(-0.2, 0.5), trait)
    assert (constant, slope) == pytest.approx((-1.0, 1.2), abs=0.3)
    assert fitted.share == pytest.approx(special.expit(constant + slope * trait).mean())
    assert fitted.holds == pytest.approx((-3.0, 0.5), abs=0.25)


def test_ratios_are_integrated_from_far_below_to_far_above():
    assert truce_mixture.ratios()[[0, -1]] == pytest.approx([-7.5, 4.0])

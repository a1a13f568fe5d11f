#!/usr/bin/env python3
"""Writes the statistics fixtures of the analysis module. Run it by make-statistics-fixtures, which installs what it needs.

One file for each subject, one case a line, fields apart by tabs and numbers in a field by spaces.
"""

import warnings
from pathlib import Path

import calibration
import numpy as np
import statsmodels.api as sm
from scipy import special, stats
from statsmodels.stats.power import TTestPower

FOLDER = Path(__file__).parents[2] / "harness/analysis/src/test/resources/statistics"
SEED = 20260901


def field(values) -> str:
    return " ".join(repr(float(value)) for value in np.atleast_1d(values))


def write(name: str, header: str, rows: list[list]) -> None:
    lines = ["# " + header] + ["\t".join(field(value) for value in row) for row in rows]
    (FOLDER / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def paired(random: np.random.Generator) -> list[list]:
    rows = []
    for case in range(60):
        clusters = int(random.integers(12, 90))
        sizes = np.ones(clusters, int) if case % 2 == 0 else random.integers(1, 6, clusters)
        ids = np.repeat(np.arange(clusters), sizes)
        values = random.normal(0.1, 1, len(ids)) + random.normal(0, 1, clusters)[ids]
        if case % 3 == 0:
            # Eighths, of which many are the same and some 0.
            values = np.round(values * 8) / 8
        fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": ids}, use_t=True)
        means = np.array([values[ids == cluster].sum() / (ids == cluster).sum() for cluster in range(clusters)])
        means = means[means != 0]
        ties = len(np.unique(np.abs(means))) < len(means)
        method = "exact" if len(means) <= 50 and not ties else "asymptotic"
        wilcoxon = stats.wilcoxon(means, correction=method == "asymptotic", method=method).pvalue
        low, high = fit.conf_int(0.05)[0]
        rows.append([values, ids, fit.params[0], fit.bse[0], low, high, fit.pvalues[0], wilcoxon])
    return rows


def bootstrap(random: np.random.Generator) -> list[list]:
    rows = []
    for case in range(8):
        size = int(random.integers(25, 60))
        first = np.round(random.gamma(2, 1, size), 4)
        second = np.round(first * random.uniform(0.5, 1.5, size) + 0.5, 4)
        row = [first, second]
        for method in ("percentile", "BCa"):
            result = stats.bootstrap(
                (first, second),
                lambda x, y, axis: x.sum(axis=axis) / y.sum(axis=axis),
                paired=True,
                vectorized=True,
                method=method,
                n_resamples=400_000,
                batch=20_000,
                rng=random,
            )
            row += [result.confidence_interval.low, result.confidence_interval.high]
        rows.append(row + [result.standard_error])
    return rows


def confidence(random: np.random.Generator) -> list[list]:
    rows = []
    for case in range(20):
        size = int(random.integers(30, 200))
        confidences = random.random(size).round(2 if case % 2 else 6)
        correct = (random.random(size) < 0.2 + 0.6 * confidences).astype(int)
        given = (list(confidences), list(correct))
        rows.append(
            [
                confidences,
                correct,
                calibration.get_ece_em(*given, num_bins=10),
                calibration.get_ece(*given, num_bins=10),
                1 - calibration.get_selective_stats(*given)[0],
            ]
        )
    return rows


def power(random: np.random.Generator) -> list[list]:
    rows = []
    for alpha in (0.01, 0.05, 0.1):
        for wanted in (0.8, 0.9, 0.95):
            for effect in (0.05, 0.1, 0.2, 0.4):
                rows.append([alpha, wanted, effect, TTestPower().solve_power(effect_size=effect, alpha=alpha, power=wanted)])
    return rows


def divergence(random: np.random.Generator) -> list[list]:
    rows = []
    for case in range(20):
        base = random.normal(0, 3, 40).astype(np.float32)
        candidate = (base + random.normal(0, 0.05 * (case + 1), 40)).astype(np.float32)
        ours = special.softmax(base.astype(float))
        theirs = special.softmax(candidate.astype(float))
        rows.append([base, candidate, special.rel_entr(ours, theirs).sum()])
    return rows


def main() -> None:
    warnings.simplefilter("error", RuntimeWarning)
    FOLDER.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    write("paired.tsv", "differences, clusters, mean, standard error, low, high, p of t, p of Wilcoxon", paired(random))
    write("bootstrap.tsv", "numerators, denominators, percentile low, high, BCa low, high, standard error", bootstrap(random))
    write("calibration.tsv", "confidences, correct, error by mass, error by width, area of risk", confidence(random))
    write("power.tsv", "alpha, power, effect, samples", power(random))
    write("divergence.tsv", "base logits, candidate logits, divergence", divergence(random))


if __name__ == "__main__":
    main()

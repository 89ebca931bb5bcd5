"""p-values of many tables with the same totals: exact ones, and Pearson's."""

import numpy as np
from scipy import stats
from scipy.special import gammaln

from .joint import RESAMPLES, SEED


def filled(table):
    """A table without its empty rows and columns."""
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def exact_p(tables, resamples=RESAMPLES, seed=SEED):
    """Fisher's exact test (Freeman and Halton 1951) of tables with the same totals, one p-value each.

    2 x 2 tables exactly; larger ones against `resamples` tables drawn with these totals (Patefield 1981). With k of them
    no more likely than the one observed, p is (k + 1) / (resamples + 1); the standard error is that of `joint`.
    """
    tables = [filled(np.asarray(table)) for table in tables]
    if tables[0].shape == (2, 2):
        return [float(stats.fisher_exact(table).pvalue) for table in tables]
    totals = tables[0].sum(axis=1), tables[0].sum(axis=0)
    drawn = stats.random_table(*totals, seed=np.random.default_rng(seed)).rvs(resamples)
    # minus the logarithm of the probability, but for a constant
    rarity = np.sort(gammaln(drawn + 1.0).sum(axis=(1, 2)))
    found = gammaln(np.array(tables) + 1.0).sum(axis=(1, 2))
    as_rare = resamples - np.searchsorted(rarity, found - 1e-7)
    return list((1 + as_rare) / (1 + resamples))


def pearson_p(tables):
    """The p-values of Pearson's chi-square of tables with the same totals."""
    tables = np.array([filled(np.asarray(table)) for table in tables], dtype=float)
    rows, columns = tables[0].sum(axis=1), tables[0].sum(axis=0)
    expected = np.outer(rows, columns) / rows.sum()
    statistics = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
    return list(stats.chi2.sf(statistics, (len(rows) - 1) * (len(columns) - 1)))

"""Who tries to work out hidden cells: knows the rule, sees every published number, and solves for each cell."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def limits(table, hidden, cell):
    """The least and the greatest count of a hidden cell by the totals and the shown cells: two integer programs."""
    r, c = table.shape
    places = np.arange(r * c).reshape(r, c)
    lines = [*places, *places.T, *([place] for place in places[~hidden])]
    equations = [(np.isin(places.ravel(), line).astype(float), table.ravel()[line].sum()) for line in lines]
    return extremes((places == places[cell]).ravel().astype(float), equations)


def extremes(aim, equations, at_most=()):
    """The range of a sum of whole numbers, 0 or more, under equations [(coefficients, value)] and upper limits alike."""
    rows = [LinearConstraint(np.array([a for a, _ in equations]), *([[b for _, b in equations]] * 2))]
    if at_most:
        rows.append(LinearConstraint(np.array([a for a, _ in at_most]), -np.inf, [b for _, b in at_most]))
    found = [milp(s * aim, integrality=np.ones(len(aim)), bounds=Bounds(0, np.inf), constraints=rows) for s in (1, -1)]
    return round(found[0].fun), round(-found[1].fun)


def fiber(table, hidden, most=1000):
    """Every table with the same totals and shown cells; stops after one more than `most`."""
    cells = list(map(tuple, np.argwhere(hidden)))
    last_of_row = {i: n for n, (i, _) in enumerate(cells)}
    last_of_column = {j: n for n, (_, j) in enumerate(cells)}
    rows, columns = (np.where(hidden, table, 0).sum(axis=axis) for axis in (1, 0))
    now, found = np.where(hidden, 0, table), []

    def fill(n):
        if n == len(cells):
            found.append(now.copy())
            return
        i, j = cells[n]
        low = max([0, *([rows[i]] if last_of_row[i] == n else []), *([columns[j]] if last_of_column[j] == n else [])])
        for value in range(low, min(rows[i], columns[j]) + 1):
            if len(found) > most:
                return
            now[i, j] = value
            rows[i] -= value
            columns[j] -= value
            fill(n + 1)
            rows[i] += value
            columns[j] += value

    fill(0)
    return found


def random_table(seed):
    """A small table of counts, some of them thin."""
    rng = np.random.default_rng(seed)
    r, c, n = rng.integers(2, 4), rng.integers(2, 5), rng.integers(30, 90)
    chances = np.outer(rng.dirichlet(np.full(r, 3)), rng.dirichlet(np.full(c, 2))) * rng.gamma(2, size=(r, c))
    table = rng.multinomial(n, chances.ravel() / chances.sum()).reshape(r, c)
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]

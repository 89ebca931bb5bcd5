"""Which cells of a table are hidden, so that no hidden one can be worked out from what is shown and from the totals.

Whoever tries is taken to know *all* totals, since other pages of a report print them, that counts are whole and not
negative, and this rule. A cell is thin if fewer than `min_cell` respondents stand in it, but not nobody: an empty cell
singles out no one. In a row or column with fewer than `min_cell` in all, every cell is thin. Thin cells are hidden.

Complementary suppression is the hypercube method (Repsilber 1999; Handbook on Statistical Disclosure Control, chapter 5),
its rectangles chosen at once for the whole table by integer programming. Counts can move around a rectangle of hidden
cells without changing a total. Every hidden cell must stand in a hidden rectangle as good as any it stands in: best are those
with counts of `min_cell` or more in both ends of a diagonal, around which that many respondents can move. In the end each
hidden cell must have the protection interval: what is shown leaves it `min_cell` + 1 values or more, or all that the
totals by themselves leave. Linear programs check this where the rectangles do not prove it.

What hiding a cell costs is the count that the totals would let expect, and which rectangles are good depends on which
cells are empty, thin or neither: the choice tells little more about the counts. What it tells one who knows the rule is
audited: for every hidden cell there must be another table with the same totals and shown cells of which this rule hides
the same cells. Where one of the two checks fails, the whole table is hidden.
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array

NEAREST = 6  # rectangles that are weighed for each cell that must be hidden: the cheapest
TRIES = 40  # other tables that the audit looks at


def thin(table, min_cell):
    """Primary suppression: the mask of cells from 1 to min_cell - 1, and of all cells of rows and columns as small."""
    few = (table > 0) & (table < min_cell)
    for axis in (0, 1):
        total = table.sum(axis=axis, keepdims=True)
        few |= (total > 0) & (total < min_cell)
    return few


def spans_of_totals(table):
    """How many counts, less one, the totals by themselves leave to each cell."""
    rows, columns, n = table.sum(axis=1)[:, None], table.sum(axis=0)[None, :], table.sum()
    return np.minimum(rows, columns) - np.maximum(0, rows + columns - n)


def suppress(table, min_cell=5, hidden=None):
    """The mask of cells to hide: the thin ones, those of the mask `hidden` if given, and as many others as it takes."""
    table = np.asarray(table)
    given = np.zeros(table.shape, dtype=bool) if hidden is None else np.asarray(hidden, dtype=bool)
    found = choose(table, min_cell, given)
    if not found.any() or found.all():
        return found
    kept = _is_wide(table, min_cell, found) and _is_kept_secret(table, min_cell, given, found)
    return found if kept else np.ones_like(found)


def choose(table, min_cell, given):
    """The rule without its audit: thin and given cells, with the cheapest rectangles around them."""
    fixed = thin(table, min_cell) | given
    if not fixed.any() or fixed.all():
        return fixed
    corners, grade = _rectangles(table, min_cell)
    if not len(grade):
        return fixed
    return _cheapest(table, fixed, corners, grade)


def _rectangles(table, min_cell):
    """Rectangles that counts can move around: (their corners as places in the flat table, by diagonals; grade).

    The grade is 3 where both ends of a diagonal are neither thin nor empty, 2 where no corner is empty, else 1.
    """
    r, c = table.shape
    up, down = np.triu_indices(r, 1)
    left, right = np.triu_indices(c, 1)
    above, below = np.repeat(up, len(left)), np.repeat(down, len(left))
    left, right = np.tile(left, len(up)), np.tile(right, len(up))
    corners = np.column_stack([above * c + left, below * c + right, above * c + right, below * c + left])
    level = _levels(table, min_cell).ravel()[corners]
    one, other = level[:, :2].min(axis=1), level[:, 2:].min(axis=1)
    grade = np.where((one == 2) | (other == 2), 3, one + other)
    return corners[grade > 0], grade[grade > 0]


def _levels(table, min_cell):
    """0 for empty cells, 1 for thin ones, 2 for others: all that the choice goes by, but for the totals."""
    return np.where(table == 0, 0, np.where(thin(table, min_cell), 1, 2))


def _cheapest(table, fixed, corners, grade):
    """The cheapest set of cells that holds the fixed ones and, for each of its cells, a rectangle as good as any is."""
    cells = table.size
    best = np.zeros(cells, dtype=int)
    np.maximum.at(best, corners.ravel(), np.repeat(grade, 4))
    best[spans_of_totals(table).ravel() == 0] = 0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)).ravel() / table.sum()
    cost = 1 + expected + 1e-4 * np.arange(cells)  # of equals the first: the same table always hides the same
    wide = grade[:, None] >= best[corners]
    price = np.where(fixed.ravel(), 0, cost)[corners].sum(axis=1) + 1e3 * (~wide).sum(axis=1)
    kept = _nearest(np.flatnonzero(fixed.ravel() & (best > 0)), corners, wide, price)
    short = np.unique(corners[kept][~wide[kept]])  # corners that another rectangle must cover
    kept = np.union1d(kept, _nearest(short, corners, wide, price))
    if not len(kept):
        return fixed
    chosen = _cover(cost, fixed.ravel(), best > 0, corners[kept], wide[kept])
    return np.ones_like(fixed) if chosen is None else chosen.reshape(table.shape)


def _nearest(places, corners, wide, price):
    """For each of these places the cheapest rectangles that span enough for it, as indices."""
    found = [np.zeros(0, dtype=int)]
    for place in places:
        through = np.flatnonzero(((corners == place) & wide).any(axis=1))
        found.append(through[np.argsort(price[through], kind="stable")[:NEAREST]])
    return np.unique(np.concatenate(found))


def _cover(cost, fixed, asking, corners, wide):
    """The cells of the cheapest cover, by integer programming (HiGHS): a mask, or None where there is none."""
    cells, many = len(cost), len(corners)
    at, of, each = corners.ravel(), cells + np.repeat(np.arange(many), 4), np.arange(4 * many)
    # a chosen rectangle hides its corners, y <= z; a hidden cell has a rectangle that is wide enough, z <= sum of y
    hides = coo_array((np.repeat([1.0, -1.0], 4 * many), (np.r_[each, each], np.r_[of, at])), (4 * many, cells + many))
    asked, enough = np.flatnonzero(asking), wide.ravel()
    signs = np.repeat([1.0, -1.0], [len(asked), enough.sum()])
    covers = coo_array((signs, (np.r_[asked, at[enough]], np.r_[asked, of[enough]])), (cells, cells + many))
    found = milp(
        np.r_[cost, np.zeros(many)],
        integrality=np.r_[np.ones(cells), np.zeros(many)],
        bounds=Bounds(np.r_[fixed, np.zeros(many)].astype(float), 1),
        constraints=[LinearConstraint(hides, -np.inf, 0), LinearConstraint(covers, -np.inf, 0)],
        options={"node_limit": 200},
    )
    return None if found.x is None else found.x[:cells] > 0.5


def limits(table, hidden, cell):
    """The least and the greatest count that the totals and the shown cells allow for a hidden cell: linear programs.

    The equations of a table are totally unimodular, so that the limits over whole numbers are the same.
    """
    places = np.argwhere(hidden)
    rows, columns = (places[:, axis] == np.arange(table.shape[axis])[:, None] for axis in (0, 1))
    equations = np.vstack([rows, columns]).astype(float)
    aim = (places == cell).all(axis=1).astype(float)
    totals = equations @ table[hidden]
    return tuple(round(sign * linprog(sign * aim, A_eq=equations, b_eq=totals).fun) for sign in (1, -1))


def _is_wide(table, min_cell, hidden):
    """Whether each hidden cell has the protection interval."""
    need = np.minimum(min_cell, spans_of_totals(table))
    if table.shape[1] == 2:  # only one column can vary: by as much as the other hidden rows can take or give
        rows = hidden[:, 0]
        total, base = table[rows, 0].sum(), table.sum(axis=1) * rows
        low, high = np.maximum(0, total - (base.sum() - base)), np.minimum(base, total)
        return bool(((high - low)[rows] >= need[rows, 0]).all())
    corners, _ = _rectangles(table, min_cell)
    corners = corners[hidden.ravel()[corners].all(axis=1)]
    counts, proven = table.ravel()[corners], np.zeros(table.size, dtype=int)
    span = np.minimum(counts[:, 0], counts[:, 1]) + np.minimum(counts[:, 2], counts[:, 3])
    np.maximum.at(proven, corners.ravel(), np.repeat(span, 4))
    for cell in np.argwhere(hidden & (proven.reshape(table.shape) < need)):
        low, high = limits(table, hidden, cell)
        if high - low < need[tuple(cell)]:
            return False
    return True


# --- what the choice itself tells ------------------------------------------------------------------------------------


def _is_kept_secret(table, min_cell, given, hidden):
    """Whether, for each hidden cell that the totals leave open, another table with another count there hides the same."""
    corners, _ = _rectangles(table, min_cell)
    corners = corners[hidden.ravel()[corners].all(axis=1)]
    unknown = (hidden & (spans_of_totals(table) > 0)).ravel()
    if not unknown.any() or not len(corners):
        return not unknown.any()
    levels = _levels(table, min_cell)
    for attempt in range(TRIES):
        other = _other(table, min_cell, corners, unknown, attempt)
        differs = (other != table).ravel() & unknown
        if not differs.any():
            continue
        alike = (_levels(other, min_cell) == levels).all()  # then the choice is the same
        if alike or (choose(other, min_cell, given) == hidden).all():
            unknown &= ~differs
        if not unknown.any():
            return True
    return False


def _other(table, min_cell, corners, unknown, attempt):
    """Another table with the same totals and shown cells, by moves of one around rectangles.

    The first attempts move around many rectangles at once that share no cell, and change no level;
    later ones take a few steps, whatever becomes of the cells.
    """
    rng, near = np.random.default_rng(attempt), attempt < TRIES // 2
    levels, flat, used = _levels(table, min_cell), table.ravel().copy(), np.zeros(table.size, dtype=bool)
    order = np.argsort(-unknown[corners].sum(axis=1) - rng.random(len(corners)))
    order = order if near else rng.integers(len(corners), size=1 + attempt % 5)
    for place in order:
        four = corners[place]
        if near and (not unknown[four].any() or used[four].any()):
            continue
        for way in rng.permutation([1, -1]):
            moved = flat.copy()
            moved[four] += way * np.array([1, 1, -1, -1])
            alike = not near or (_levels(moved.reshape(table.shape), min_cell) == levels).all()
            if moved.min() >= 0 and alike:
                flat, used[four] = moved, True
                break
        if near and attempt > 1 and used.sum() >= 4 * (1 + TRIES // (4 * attempt)):
            break
    return flat.reshape(table.shape)

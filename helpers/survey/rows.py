"""Single rows of a survey's tables."""


def is_weighted(table):
    """Whether the shares of a table, or of one of its rows, are weighted."""
    return "n_effective" in table


def top(table, n=0, roles=("answer",)):
    """The n-th most frequent row (0 is the first) among the answers of these roles; ties keep the table's order.

    Weighted tables are ranked by share, others by count. Raises IndexError if there are not so many answers.
    """
    by = "share" if is_weighted(table) else "count"
    ranked = table[table["role"].isin(roles)].sort_values(by, ascending=False, kind="stable")
    return ranked.iloc[n]

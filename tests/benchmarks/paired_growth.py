"""How the time of `margins.mcnemar_range` grows with the number of respondents.

Prints, for each size, the time of every method and its ratio to that of 100 respondents. Nothing is asserted.
Run it with `.venv/bin/python tests/benchmarks/paired_growth.py`.
"""

from timeit import repeat

from helpers.stats import margins as paired

SIZES = (100, 1_000, 10_000, 100_000)
FIRST, SECOND = (30, 60, 10), (25, 65, 10)  # in percent of the respondents


def seconds(size, method):
    """The best of five times of one range."""
    first, second = ([size * share // 100 for share in shares] for shares in (FIRST, SECOND))
    return min(repeat(lambda: paired.mcnemar_range(first, second, method), number=1, repeat=5))


def main():
    """Print one line per method and size."""
    print(f"{'method':<12}{'respondents':>12}{'milliseconds':>14}{'ratio':>8}")
    for method in paired.METHODS:
        times = {size: seconds(size, method) for size in SIZES}
        for size, time in times.items():
            print(f"{method:<12}{size:>12,}{1000 * time:>14.2f}{time / times[SIZES[0]]:>8.1f}")


if __name__ == "__main__":
    main()

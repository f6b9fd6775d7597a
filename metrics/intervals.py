"""95 % intervals. A rate without one says more than it knows."""

from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
Interval = tuple[float, float] | tuple[None, None]


def wilson(successes: int, n: int) -> Interval:
    """Of a share, as fractions (Wilson 1927). No observations, no interval."""
    if n <= 0:
        return None, None
    share = successes / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    # At the ends the bound is exact; rounding must not leave it a hair inside.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def nps_interval(promoters: int, detractors: int, n: int) -> Interval:
    """Of a net promoter score, -100 to 100: adjusted Wald with 3/4 of an answer added to each side and
    3 in all (Rocks 2016)."""
    if n <= 0:
        return None, None
    size = n + 3
    up, down = (promoters + 0.75) / size, (detractors + 0.75) / size
    centre = up - down
    half = Z * sqrt((up + down - centre * centre) / size)
    return max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))


def poisson_rate(events: int, hours: float) -> Interval:
    """Of events per hour: the exact interval of a Poisson count (Garwood 1936)."""
    if hours <= 0:
        return None, None
    # A second to load, for one metric in seventeen.
    from scipy.special import gammaincinv

    # Half of a chi-squared quantile with 2k degrees of freedom is the quantile of a gamma of shape k.
    low = float(gammaincinv(events, 0.025)) if events else 0.0
    return low / hours, float(gammaincinv(events + 1, 0.975)) / hours


def ratio_of_sums(n: int, start: int, end: int, squares: tuple[int, int, int]) -> Interval:
    """Of sum(e) / sum(s) over n customers, by linearisation (Cochran 1977, 6.4).

    squares: sums of s*s, s*e and e*e. One customer alone has no spread to go by.
    """
    if n < 2 or start <= 0:
        return None, None
    ss, se, ee = squares
    ratio = end / start
    spread = max(ee - 2 * ratio * se + ratio * ratio * ss, 0.0) * n / (n - 1)
    half = Z * sqrt(spread) / start
    return max(0.0, ratio - half), ratio + half

"""The log histogram of durations: additive, exact to check, within 5 % of the value.

Bucket 0 holds 0 seconds, bucket b the seconds in (g^(b-1), g^b] with g = 1.05 / 0.95; 1 second is in bucket 1.
After DDSketch (Masson, Rim, Lee 2019) with a fixed gamma.
"""

import math

GAMMA = 1.05 / 0.95

BUCKET = f"(CASE WHEN f.v1 <= 0 THEN 0 ELSE greatest(1, ceil(ln(f.v1::float8) / {math.log(GAMMA)!r})) END)::smallint"


def value_of(bucket: int) -> float:
    """Seconds that stand for a bucket."""
    return 2 * GAMMA**bucket / (GAMMA + 1) if bucket else 0.0


def percentile(counts: dict[int, int], share: float) -> float | None:
    """About the seconds below which `share` of the durations lie; None without any."""
    total = sum(counts.values())
    if not total:
        return None
    rank, seen = share * (total - 1), 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen > rank:
            return value_of(bucket)
    return value_of(max(counts))

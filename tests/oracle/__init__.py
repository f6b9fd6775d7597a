"""An independent oracle of every metric: pure Python over import rows, written to be read, not to be fast.

It shares no code with the product. Tests feed the same rows to both and compare.
"""

from tests.oracle.metrics import METRICS, Oracle, Point
from tests.oracle.records import Records, Refusal, build, load
from tests.oracle.zones import Zones

__all__ = ["METRICS", "Oracle", "Point", "Records", "Refusal", "Zones", "build", "load"]

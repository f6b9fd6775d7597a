"""Logs and resolves tickets of a company at a steady rate, as people would: started by `bench.load`.

Prints "ready", then how many tickets it wrote. A writer that cannot keep up says so by that number.
"""

import random
import sys
import time

import django


def main(slug: str, rate: float, seconds: float, seed: int) -> None:
    django.setup()
    from bench.writes import tickets_of

    tickets = tickets_of(slug, random.Random(seed))
    next(tickets)
    print("ready", flush=True)
    begun, written = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        if written < rate * passed:
            next(tickets)
            written += 1
        else:
            time.sleep(max((written + 1) / rate - passed, 0.001))
    print(written)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))

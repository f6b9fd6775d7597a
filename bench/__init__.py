"""Benchmarks (`python -m bench`) and crash proofs (`python -m bench.chaos`). Nothing here is part of the product."""

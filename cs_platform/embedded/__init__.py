"""The PostgreSQL and the Valkey that `make run`, `make manage` and the tests start by themselves.

Both listen on Unix sockets in a private folder, and nowhere else. They are found again by what stands on
their command line (the data folder, the private folder), so a recycled process number is never taken for one
of them. Nothing here imports Django: the settings ask this package for the addresses.
"""

from cs_platform.embedded.errors import EmbeddedError
from cs_platform.embedded.servers import Addresses, addresses, ensure, stop, using

__all__ = ["Addresses", "EmbeddedError", "addresses", "ensure", "stop", "using"]

"""Files into records: readers, column checks, one module for each kind, and the engine that runs them."""

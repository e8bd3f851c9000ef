"""The knowledge base: reads a library, matches a question with its entries, decides. Pure: no I/O but files."""

import os

# The arrays of one decision are small: NumPy's second thread costs more processor time than it saves, and each of the
# service's threads judges a question of its own. NumPy reads it when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

"""What stands before every import of the tests, NumPy's above all."""

import os

# NumPy's BLAS lets its threads wait by yielding in a loop. Two processes that do so on two cores have been seen to wait
# for each other for an hour, on a Linux kernel where a yield gives up a share of the time to come.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

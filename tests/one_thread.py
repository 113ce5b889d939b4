"""One thread: small networks gain nothing from more, and results are the same on every machine.

A conftest that imports `one_thread` has it for all tests beside it.
"""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)

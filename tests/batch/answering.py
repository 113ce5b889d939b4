"""Something that answers on a port, as a cluster's head would or would not."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def server(reply: bytes, port: int = 0, clients: int = 1) -> Iterator[str]:
    """Something on 127.0.0.1 that answers so many who connect with these bytes."""
    with socket.create_server(("127.0.0.1", port)) as listener:

        def serve() -> None:
            for _ in range(clients):
                line, _ = listener.accept()
                with line:
                    line.recv(64)
                    line.sendall(reply)
                    time.sleep(0.02)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)

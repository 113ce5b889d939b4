"""The head of a Ray cluster: whether it is there, and whether it still is.

Without it Ray ends this process by itself after a minute, without a word that a user understands and with nothing
tidied up (`gcs_rpc_server_reconnect_timeout_s`). So it is looked after here, and given up before.
"""

from __future__ import annotations

import re
import socket
import time

from pleinair.errors import ClusterError

PROBE_SECONDS = 3.0
LOOK_SECONDS = 5.0  # between two looks
PATIENCE_SECONDS = 30.0  # that it may be away, as where it is started again
PAUSE_SECONDS = 1.0
# How a client greets a server of HTTP/2, which gRPC is (RFC 9113, 3.4), and which frame the server begins with.
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
SETTINGS_FRAME = 4
STRANGER = "what answers is not Ray"


class Head:
    """address: HOST:PORT, or None for a head that is not known and so not looked after."""

    def __init__(self, address: str | None) -> None:
        self.address, self.gone = address, False
        self._seen = time.monotonic()

    def look(self) -> None:
        """`find`, if it was not seen lately."""
        if time.monotonic() - self._seen >= LOOK_SECONDS:
            self.find()

    def find(self) -> None:
        """Return when the head answers. Raises ClusterError if it stays away."""
        if self.address is None:
            return
        missed = time.monotonic()
        while silence(self.address):
            away = time.monotonic() - missed
            if away >= PATIENCE_SECONDS:
                self.gone = True
                raise ClusterError(
                    f"the head of the cluster, {self.address}, has been silent for {away:.0f} s; start it again, and "
                    "the same command goes on"
                )
            time.sleep(PAUSE_SECONDS)
        self._seen = time.monotonic()


def check_there(address: str) -> None:
    """Raise ClusterError unless a server that could be Ray's is there: Ray itself would try for minutes."""
    reason = silence(address)
    if reason == STRANGER:
        raise ClusterError(f"what answers at {address} is not Ray; its port is what `ray start --head` says")
    if reason:
        raise ClusterError(f"there is no cluster at {address} ({reason}); start one there: ray start --head")


def silence(address: str) -> str:
    """Why a head does not answer; empty if one does that could be Ray's."""
    host, port = re.sub(r"[\[\]]", "", address).rsplit(":", 1)
    try:
        with socket.create_connection((host, int(port)), PROBE_SECONDS) as line:
            line.settimeout(PROBE_SECONDS)
            line.sendall(GREETING)
            frame = line.recv(4)
    except (OSError, OverflowError, UnicodeError) as error:
        return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
    return "" if len(frame) == 4 and frame[3] == SETTINGS_FRAME else STRANGER

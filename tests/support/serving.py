"""A ``socketserver`` of a test, served by a thread of its own for the length of a block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

POLL_SECONDS = 0.02
"""How often the thread looks whether it should stop: the end of the block waits as long, half a second by default."""


@contextmanager
def served(server: BaseServer) -> Iterator[None]:
    """Serves until the end of the block, then closes the server's socket."""
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

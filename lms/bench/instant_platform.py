"""A platform that answers every request at once, in a process of its own.

It prints its port and serves until it is stopped.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

TOKEN = b'{"access_token": "bench", "token_type": "Bearer", "expires_in": 3600}'


class Answers(BaseHTTPRequestHandler):
    """Gives the same answer to every request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Reads the request and answers with success."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(TOKEN)))
        self.end_headers()
        self.wfile.write(TOKEN)

    def log_message(self, format: str, *args: Any) -> None:
        """Prints nothing for a request."""


def main() -> None:
    """Serves on a free port."""
    server = HTTPServer(("127.0.0.1", 0), Answers)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

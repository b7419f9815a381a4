"""A Flask view that gives the same bytes and headers as a page of the guide, and does nothing else: the floor.

    python -m benchmarks.bare FILE PORT

FILE: JSON, {path: {"headers": [[name, value], …], "body": text}}.
"""

import json
import sys
from pathlib import Path

from flask import Flask, Response, request

from guide.server import make_server


def main() -> None:
    """Serves what stands in the file, on the guide's own server."""
    app = Flask("bare")
    answers = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def answer(path: str) -> Response:
        found = answers[request.full_path.rstrip("?")]
        return Response(found["body"], headers=found["headers"])

    make_server(app, "127.0.0.1", int(sys.argv[2]), believes_proxies=False, secure=False).run()


if __name__ == "__main__":
    main()

"""Settings for gunicorn: `gunicorn --config python:guide.gunicorn_conf … 'guide.app:create_app()'`.

Each worker does what a process that serves does beside answering (`guide.operations.background`).
"""

from typing import Any

from guide.operations.background import BackgroundWork


def post_worker_init(worker: Any) -> None:
    """Called by gunicorn in the worker, once it has the application and before it answers."""
    _work_of(worker).start()


def worker_exit(server: Any, worker: Any) -> None:
    """Called by gunicorn in a worker that ends; one that never had the application has nothing to stop."""
    if getattr(worker, "wsgi", None) is not None:
        _work_of(worker).stop()


def _work_of(worker: Any) -> BackgroundWork:
    work = worker.wsgi.extensions["background"]
    assert isinstance(work, BackgroundWork), "create_app makes it"
    return work

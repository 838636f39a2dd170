"""Memory that a process shares with the processes forked from it."""

import gc

from sqlalchemy.orm import configure_mappers


def prepare_fork() -> None:
    """Keeps the pages of all objects loaded so far shared after a fork.

    The garbage collector writes into every object that it visits, which copies the page. Frozen objects are never
    visited; they live as long as the process anyway. The tables are mapped before, so that each child need not.
    """
    configure_mappers()
    gc.collect()
    gc.freeze()

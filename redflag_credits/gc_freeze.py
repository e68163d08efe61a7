"""When a process that answers requests looks for garbage."""

import gc

# A page of a thousand rows makes some ten thousand objects and keeps none of them: Python's own
# 700 has the collector look at them a dozen times while the page is made.
NEW_OBJECTS = 20_000


def settle() -> None:
    """To be called once everything is loaded: it stays, and the collector passes it over.

    Unfrozen, large pages have it walk through all of that with every other request: a quarter of
    their time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])

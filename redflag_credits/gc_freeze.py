import gc

# Python's default is 700; a page of a thousand rows creates some ten thousand objects.
WEB_GC_THRESHOLD = 20_000


def freeze_loaded_objects() -> None:
    """Exclude everything loaded so far from garbage collection; call once, after start-up.

    Scanning it again and again took a quarter of the time of large pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(WEB_GC_THRESHOLD, *gc.get_threshold()[1:])

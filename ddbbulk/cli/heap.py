"""What a command has made before its work begins, kept out of the garbage collector."""

import gc


def freeze_heap() -> None:
    """Tell the garbage collector that what is here by now stays.

    To look through all modules and botocore's models again and again would take a
    tenth of a load's CPU, and stop its loop for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()

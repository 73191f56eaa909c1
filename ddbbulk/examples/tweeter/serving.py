"""The simulator's process: it serves for as long as whoever started it is there."""

import gc
import json
import sys

from ddbbulk import ConfigurationError
from ddbbulk.simulator import Simulator


def main() -> None:
    """Serve until standard input ends, as a pipe does whose other end was killed."""
    try:
        with Simulator(**json.loads(sys.argv[1])) as simulator:
            # To look through all modules again and again would delay its answers.
            gc.freeze()
            print(simulator.endpoint_url, flush=True)
            sys.stdin.read()
    except ConfigurationError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

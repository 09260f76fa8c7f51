"""The worker process: reads the publishers and goes on reading them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

import django


def main() -> int:
    """Work until SIGTERM; 0 when it came, 1 where the tables are not this version's or a step broke."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from newsroom import tables
    from newsroom.desk import clock, progress
    from newsroom.desk.supervise import leave_with_parent, set_on_signal
    from newsroom.desk.work import Desk

    try:
        tables.require_current()
    except tables.NotCurrent as error:
        print(error, file=sys.stderr)
        return 1
    stop = threading.Event()
    set_on_signal(stop, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us as the supervisor's SIGTERM
    leave_with_parent()
    desk = Desk()
    threading.Thread(target=progress.watch, args=(desk, stop), daemon=True).start()
    is_asked = False
    try:
        is_asked = clock.run(desk, stop)
    finally:
        desk.close(is_asked=is_asked)
    return 0 if is_asked else 1


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)  # answers that are still under way are waited for by nobody: their rows were handed back

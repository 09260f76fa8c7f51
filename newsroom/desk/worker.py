"""The worker process: reads the publishers and goes on reading them."""

from __future__ import annotations

import os
import signal
import threading

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from newsroom.desk import clock, progress
    from newsroom.desk.supervise import leave_with_parent, set_on_signal
    from newsroom.desk.work import Desk

    stop = threading.Event()
    set_on_signal(stop, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us as the supervisor's SIGTERM
    leave_with_parent()
    desk = Desk()
    threading.Thread(target=progress.watch, args=(desk, stop), daemon=True).start()
    try:
        clock.run(desk, stop)
    finally:
        desk.close()


if __name__ == "__main__":
    main()

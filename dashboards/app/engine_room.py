"""The compiled engine, made ready in the background while pages are served from interpreted runs: the same bits."""

from __future__ import annotations

import logging
import threading


class EngineRoom:
    """Whether compiled rules are there, and the thread that compiles them."""

    def __init__(self) -> None:
        self._failed = False
        self._begun = threading.Lock()
        self._started = False

    def start(self) -> None:
        """Begin to compile, once."""
        with self._begun:
            if not self._started:
                self._started = True
                threading.Thread(target=self._work, name="compiling", daemon=True).start()

    def _work(self) -> None:
        from detente.model.engine import compile_now

        try:
            compile_now()
        except Exception:
            logging.getLogger(__name__).exception("the engine could not be compiled")
            self._failed = True

    @property
    def state(self) -> str:
        """Whether it is "ready" or "compiling", or that it failed."""
        from detente.model.engine import is_ready

        if is_ready():
            return "ready"
        return "not compiled; the server's log says why" if self._failed else "compiling"

"""What was found lately, kept for those who ask again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from pathlib import Path


class LatelyUsed[K: Hashable, V]:
    """A number of things by key, the least lately used forgotten first; safe to use from several threads."""

    def __init__(self, kept: int, forgotten: Callable[[V], object] | None = None) -> None:
        self._kept = kept
        self._forgotten = forgotten
        self._held: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._held)

    def find(self, key: K) -> V | None:
        """What a key has, if it is still here; it is then the one used last."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def keep(self, key: K, value: V) -> V:
        """Keep something under a key, and forget what was not used for longest."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._kept:
                _, old = self._held.popitem(last=False)
                if self._forgotten is not None:
                    self._forgotten(old)
        return value

    def found_or_made(self, key: K, make: Callable[[], V]) -> V:
        """What a key has, or else what is made for it, by one thread at a time."""
        with self._lock:
            found = self.find(key)
            return self.keep(key, make()) if found is None else found

    def values(self) -> list[V]:
        """All that is here."""
        with self._lock:
            return list(self._held.values())


def once_a_change[V](kept: int) -> Callable[[Callable[[Path], V]], Callable[[Path], V]]:
    """Read a file again only when it has changed; what so many files hold is kept."""

    def decorate(read: Callable[[Path], V]) -> Callable[[Path], V]:
        @lru_cache(maxsize=kept)
        def as_of(path: Path, change: int) -> V:
            del change
            return read(path)

        @wraps(read)
        def lately(path: Path) -> V:
            return as_of(path, path.stat().st_mtime_ns)

        return lately

    return decorate

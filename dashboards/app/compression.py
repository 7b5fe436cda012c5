"""Answers compressed with gzip where the browser takes it; files are compressed once and kept."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from typing import Any

LEAST = 1000
"""Bytes below which an answer is sent as it is."""

KINDS = ("text/", "application/json", "application/javascript", "application/toml", "image/svg+xml")
"""Types that are worth it, by how they begin."""

FILE_LEVEL, ANSWER_LEVEL = 7, 1
"""Levels of compression: a file is compressed once, an answer each time."""

MOST_KEPT = 20_000_000
"""Bytes of compressed files that are kept."""


class Compressed:
    """Compressed files by their tag, the least lately asked for forgotten first; safe to use from several threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def file(self, tag: str, data: bytes) -> bytes:
        """A file as it is sent, compressed now unless it has been."""
        with self._lock:
            if tag in self._files:
                self._files.move_to_end(tag)
                return self._files[tag]
        small = gzip.compress(data, FILE_LEVEL, mtime=0)
        with self._lock:
            self._files[tag] = small
            while len(self._files) > 1 and sum(map(len, self._files.values())) > self._most:
                self._files.popitem(last=False)
        return small


def worth_compressing(answer: Any) -> bool:
    """Whether an answer of Flask is text of some length that is not compressed yet."""
    kind = str(answer.mimetype or "")
    return (
        answer.status_code == 200
        and "Content-Encoding" not in answer.headers
        and kind.startswith(KINDS)
        and (answer.content_length or LEAST) >= LEAST
    )


def compress(answer: Any, request: Any, files: Compressed) -> Any:
    """An answer of Flask, compressed where that is worth it and the browser takes it."""
    if not worth_compressing(answer):
        return answer
    answer.vary.add("Accept-Encoding")
    if request.method not in ("GET", "POST") or not request.accept_encodings["gzip"]:
        return answer
    tag = answer.get_etag()[0]
    is_file = request.method == "GET" and (tag is not None or answer.cache_control.max_age)
    answer.direct_passthrough = False
    data = answer.get_data()
    key = f"{request.full_path} {tag}"
    answer.set_data(files.file(key, data) if is_file else gzip.compress(data, ANSWER_LEVEL, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    if tag is not None:
        answer.set_etag(tag, weak=True)  # the same file, but not the same bytes
    return answer

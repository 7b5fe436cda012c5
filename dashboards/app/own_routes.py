"""A visitor's own files: taken, looked at, made into a case that is kept, and given back as a zip file."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, make_response, request

from detente.dashboards.app.asking import asked, computed
from detente.dashboards.app.background_jobs import GivenUpError, Progress, Work
from detente.dashboards.app.case_worker import read_apart
from detente.dashboards.app.opened_cases import not_here
from detente.dashboards.app.sent_files import GoneError, SentFile, files_asked
from detente.model.errors import InputError, unknown, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

OPTIONS = ("country", "conflict", "dyad", "side_a", "side_b", "case", "since", "until", "pivot")
"""What may be chosen from tables, as ``detente new`` has it."""

LONGEST = 300
"""Characters of a choice."""

PATIENCE = 15.0
"""Time after which a reading that no page waits for is ended [s]."""

NEW_NAME = "my-war"
"""The name of a case built from data, unless the visitor gives one."""


def take_file(site: Site) -> Any:
    """Hold a file; says its digest, by which the page names it."""
    data = request.get_data(cache=False)
    if not data:
        raise InputError("request: the file is empty; expected at least one byte")
    return jsonify(file=site.sent.keep(data))


def look(site: Site) -> Any:
    """What files hold: a case, which is then kept, or tables to build one from."""
    return read(site, "look")


def open_case(site: Site) -> Any:
    """The case that files make, kept; or all that is wrong with them."""
    return read(site, "open")


def read(site: Site, what: str) -> Any:
    """Read files apart, and keep the case that they are or make."""
    body = asked()
    files, choices = files_asked(body), choices_asked(body)
    try:
        site.sent.all_of(files)
    except GoneError as error:
        return make_response(jsonify(error=f"{error}: is no longer held; it is sent again", gone=True), 410)
    work, key = work_of(site, what, files, choices), (what, files, *choices.items())
    found = computed(site, body, "own case", key, work, lane="files")
    if "about" not in found:
        return jsonify(found)
    opened = site.cases.opened.keep(found["name"], found["files"], found["about"])
    return jsonify(kind="case", name=opened.name)


def work_of(site: Site, what: str, files: tuple[SentFile, ...], choices: Mapping[str, str]) -> Work:
    """Read files in a process of their own; the bytes are fetched then, so that no kept answer holds them."""
    options = {key: word for key, word in choices.items() if key != "name"}

    def work(report: Progress) -> dict[str, Any]:
        try:
            data = site.sent.all_of(files)
        except GoneError as error:
            raise InputError(f"{error}: is no longer held; choose it again") from None
        asked_for = {"name": choices["name"], "options": options}
        return read_apart(what, files, data, asked_for, patient(report))

    return work


def patient(report: Progress, seconds: float = PATIENCE) -> Progress:
    """A report that gives a reading up only after some time: begun anew it would cost a new process."""
    last = time.monotonic()

    def still_wanted(what: str, done: int, total: int) -> None:
        nonlocal last
        try:
            report(what, done, total)
            last = time.monotonic()
        except GivenUpError:
            if time.monotonic() - last > seconds:
                raise

    return still_wanted


def choices_asked(body: Mapping[str, Any]) -> dict[str, str]:
    """The name and the choices in a question, each a text."""
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise wrong("request: options", options, "a table")
    given = {"name": body.get("name", NEW_NAME), **options}
    for key, value in given.items():
        if key not in ("name", *OPTIONS):
            raise unknown("request: options", key, OPTIONS)
        if not isinstance(value, str) or len(value) > LONGEST:
            raise wrong(f"request: {key}", value, f"a text of at most {LONGEST} characters")
    return given


def download(site: Site) -> Response:
    """The folder of a case that was opened, as a zip file: with ``detente`` it runs elsewhere."""
    name = request.args.get("case", "")
    opened = site.cases.opened.find(name)
    if opened is None:
        raise not_here(name)
    case = opened.name.partition("~")[0]
    answer = make_response(zipped(case, opened.files))
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{case}.zip"'
    return answer


def zipped(folder: str, files: Mapping[str, str]) -> bytes:
    """Files in a folder of an archive; the same bytes for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{folder}/{name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name])
    return stream.getvalue()

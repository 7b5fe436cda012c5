"""Checks from Python: what a target is, every error at once, and what is said of shipped files."""

import json
import shutil
from pathlib import Path

import pytest
from shipped_cases import every_case, with_policies

from detente.experiments.cases.check import check, opened_remarks
from detente.experiments.cases.targets import recognised
from detente.experiments.runs.replay import Recipe, replay_text
from detente.experiments.runs.run import run
from detente.model.catalogue import SHIPPED
from detente.model.errors import InputError
from detente.model.request import open_case

POLICY = SHIPPED / "template" / "policies" / "opening.toml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the template, in a folder of its own."""
    shutil.copytree(SHIPPED / "template", tmp_path / "mine")
    return tmp_path / "mine"


def edit(path: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# -- what a target is


def test_a_target_is_told_by_its_name_or_contents(own: Path, tmp_path: Path) -> None:
    design = written(
        tmp_path / "design.toml", 'case = "template"\nruns = 20\n[levers]\nrecognition = "0:1:3"\n'
    )
    replay = written(tmp_path / "replay.toml", 'replay = 1\ncase = "template"\npolicy = "opening"\n')
    for target, kind, case in [
        ("template", "case", None),
        (own, "case", None),
        (own / "case.toml", "case", None),
        ("template/opening", "policy", "template"),
        (f"{own}/opening", "policy", str(own)),
        (own / "policies" / "opening.toml", "policy", str(own)),
        (POLICY, "policy", str(SHIPPED / "template")),
        (design, "design", None),
        (replay, "replay", None),
    ]:
        meant = recognised(target)
        assert (meant.kind, meant.case) == (kind, case), target


def test_a_policy_elsewhere_is_checked_against_the_case_named(tmp_path: Path) -> None:
    path = Path(shutil.copy(POLICY, tmp_path / "p.toml"))
    assert [w.name for w in check(path).warnings] == ["no-case"]
    result = check(path, case="template")
    assert result.about == "a policy of template"
    assert "truce-that-the-other-may-answer" in [w.name for w in result.warnings]
    assert check("opening", case="template").about == "a policy of template"
    assert not check(path, case="korea-2017").ok
    assert not check("opening", case="nowhere").ok


def test_a_case_beside_anything_but_a_policy_is_refused() -> None:
    with pytest.raises(InputError, match="--case"):
        check(SHIPPED / "template" / "case.toml", case="template")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", "holds no key of a case, a policy, a design or a replay file"),
        ("[case\n", "is not valid TOML"),
        ("", "holds no key"),
    ],
)
def test_what_is_nothing_is_said(tmp_path: Path, text: str, words: str) -> None:
    result = check(written(tmp_path / "x.toml", text))
    assert (result.kind, result.ok) == ("unknown", False)
    assert words in result.errors[0]


# -- errors


def test_every_error_of_a_case_and_of_its_policies(own: Path) -> None:
    edit(
        own / "case.toml",
        ("risk_tolerance = 0.5", "risk_tolerance = 5"),
        ('sister = "backchannel"', 'sister = "backchanel"'),
        ("share = 0.5", "share = 0.6"),
    )
    edit(own / "policies" / "status-quo.toml", ('mode = "free"', 'mode = "fre"'))
    errors = check(own).errors
    assert len(errors) == 4
    places = ["[party 1: republic].risk_tolerance", "[party 2: movement].faction", "[track 1: front].sister"]
    for error, place in zip(errors, places, strict=False):
        assert error.startswith(f"{own / 'case.toml'}: {place}: got ")
    assert "status-quo.toml: mode: got 'fre'" in errors[3]


def test_every_error_of_the_policies_of_a_sound_case(own: Path) -> None:
    edit(
        own / "policies" / "opening.toml",
        ('to = "movement"', 'to = "movment"'),
        ("amount = 0.4", "amount = 4.0"),
    )
    edit(own / "policies" / "status-quo.toml", ('title = "Status quo"', "title = 3"))
    errors = check(own).errors
    assert len(errors) == 3
    assert all(any(name in e for name in ("opening.toml", "status-quo.toml")) for e in errors)


def test_parameters_that_do_not_fit_each_other(own: Path) -> None:
    edit(own / "case.toml", ("n_own = 0.3", "n_own = 0.6\nn_rec = 0.3\ntail = 1.2"))
    (error,) = check(own).errors
    assert "n_own + n_rec + n_ally" in error


def test_every_error_of_a_design(tmp_path: Path) -> None:
    text = 'cases = ["template", "koria-2017"]\npolicies = ["status-quo", "histry"]\nstep_days = 1.5\n'
    errors = check(written(tmp_path / "d.toml", text)).errors
    assert any("'koria-2017'" in e for e in errors)
    assert any("'histry'" in e for e in errors)
    text = 'case = "template"\nruns = 0\n[levers]\nmediaton = 1\nrecognition = 2\n[parameters]\n"trust.memory" = 1\n'
    errors = check(written(tmp_path / "d.toml", text)).errors
    assert len(errors) == 4
    assert [e.partition(": got")[0].rpartition(": ")[2] for e in errors] == [
        "runs",
        "[levers].mediaton",
        "[levers].recognition",
        "[parameters.trust].memory",
    ]


def test_every_error_of_a_replay(tmp_path: Path) -> None:
    text = 'replay = 1\ncase = "template"\npolicy = "opning"\ntheory = "readines"\n'
    text += "step_days = 1.5\nbranch_at = 2030-05-01\n"
    result = check(written(tmp_path / "r.toml", text))
    assert result.kind == "replay"
    for words in ("'opning'", "'readines'", "1.5", "a branch needs a day and a policy"):
        assert any(words in e for e in result.errors), words


# -- warnings


def test_a_replay_that_another_case_made(own: Path, tmp_path: Path) -> None:
    recipe = Recipe(case=str(own), policy="status-quo", seed=3)
    path = written(
        tmp_path / "r.toml", replay_text(recipe, run(str(own), "status-quo", seed=3, engine="mesa"))
    )
    assert check(path).warnings == ()
    edit(own / "case.toml", ("attacks = [1.0, 1.0]", "attacks = [1.1, 1.0]"))
    (warning,) = check(path).warnings
    assert warning.name == "made-otherwise"
    assert "[made].scenario_sha256" in warning.text


def test_policies_that_are_the_same_are_named(own: Path) -> None:
    shutil.copy(own / "policies" / "status-quo.toml", own / "policies" / "idle.toml")
    edit(own / "policies" / "idle.toml", ('name = "status-quo"', 'name = "idle"'))
    for target in (own, f"{own}/idle"):
        lines = [w.text for w in check(target).warnings if w.name == "policy-equals-another"]
        assert any("status-quo" in line and "idle" in line for line in lines), target
    assert not any("idle" in w.text for w in check(f"{own}/five-lessons").warnings)


def test_what_is_about_to_be_compared_is_remarked_once() -> None:
    starts = {
        name: open_case("template", name, levers={"force_posture": 0.5}) for name in ("status-quo", "opening")
    }
    lines = [r.text for r in opened_remarks(starts) if r.name == "lever-set-in-vain"]
    assert len(lines) == 1
    assert lines[0].startswith("lever force_posture")
    only = {name: open_case("template", name) for name in ("status-quo", "opening")}
    (line,) = [r.text for r in opened_remarks(only)]
    assert line.startswith("opening: [move: republic offer_truce")


# -- the result


def test_a_check_is_plain_values_and_words(own: Path) -> None:
    edit(own / "case.toml", ("risk_tolerance = 0.5", "risk_tolerance = 5"))
    result = check(own)
    assert json.loads(json.dumps(result.to_json())) == result.to_json()
    assert set(result.to_json()) == {
        "target",
        "kind",
        "about",
        "ok",
        "errors",
        "warnings",
        "facts",
        "left_to_rules",
    }
    assert repr(result).startswith(f"Check of {own}, a case: 1 error\n  error: ")
    assert check("korea-2017").summary == "nothing found"


@pytest.mark.parametrize("target", every_case(with_policies))
def test_shipped_files_have_no_error_and_no_warning_that_is_not_meant(target: str) -> None:
    """The template's two are true: it has nothing for the levers of posture, and shows an offer left to be answered."""
    result = check(target)
    assert result.errors == ()
    allowed = (
        {
            "lever-moves-nothing",
            "lever-set-in-vain",
            "truce-that-the-other-may-answer",
            "policy-equals-another",
        }
        if target.startswith("template")
        else set()
    )
    assert {w.name for w in result.warnings} <= allowed


def test_a_name_too_long_for_a_file_is_an_error_and_no_crash():
    result = check("x" * 5000)
    assert result.kind == "unknown"
    assert len(result.errors) == 1


def test_a_number_beyond_all_fractions_in_a_replay_file_is_refused(tmp_path: Path):
    file = tmp_path / "replay.toml"
    file.write_text(
        f'replay = 1\ncase = "template"\npolicy = "status-quo"\n[levers]\nrecognition = 1{"0" * 400}\n'
    )
    assert any("recognition" in line for line in check(file).errors)

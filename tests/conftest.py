"""What every test may use, and a check that holds for the session as a whole."""

import copy
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
BARE = ("agents", "model", "experiments", "dashboards")


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The observed series that are not distributed with the code: shared/data, beside the clone."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the observed series are not here: they are expected in shared/data beside the clone")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_second_copy() -> Iterator[None]:
    """Fail the session if a code folder was imported by its bare name: its classes would exist twice."""
    yield
    found = sorted(name for name in sys.modules if name.partition(".")[0] in BARE)
    if found:
        pytest.fail(
            f"imported by a bare name instead of as part of detente: {', '.join(found)}", pytrace=False
        )


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of compiled kernels that belongs to this session and is shared by its workers and subprocesses.

    Name one in ``DETENTE_CACHE`` to keep it from session to session.
    """
    before = os.environ.get("DETENTE_CACHE")
    own = tmp_path_factory.getbasetemp()
    cache = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    os.environ.setdefault("DETENTE_CACHE", str(cache / "kernels"))
    yield Path(os.environ["DETENTE_CACHE"])
    if before is None:
        del os.environ["DETENTE_CACHE"]


@pytest.fixture(scope="session")
def compiled(kernel_cache: Path) -> None:
    """The compiled kernel: one process compiles it, all others wait and load it from the cache."""
    from detente.model import engine

    kernel_cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine.compile_now()


@pytest.fixture(scope="module")
def short_log() -> Iterator[None]:
    """A log with room for a thousand events, of which each Mesa model makes one of its own: most of its opening."""
    from detente.model import opening

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "EVENT_CAPACITY", 1000)
        yield


class Workshop:
    """Makes cases out of tables, opens them, and runs them in either driver."""

    def tables(self, case: str = "template") -> dict[str, Any]:
        """The tables of a shipped case, for a test to change."""
        return copy.deepcopy(read_case(case))

    def policy_tables(self, case: str, policy: str) -> dict[str, Any]:
        """The tables of a shipped policy, for a test to change."""
        path = ROOT / "model" / "scenarios" / case / "policies" / f"{policy}.toml"
        return tomllib.loads(path.read_text(encoding="utf-8"))

    def opening(self, tables: dict[str, Any], policy: dict[str, Any] | None = None, **options: Any) -> Any:
        """The opening of a case under a policy, both as tables; without a policy nothing is imposed."""
        from detente.model.crosscheck import check_policy
        from detente.model.opening import opening
        from detente.model.policy import parse_policy
        from detente.model.request import merged_parameters
        from detente.model.scenario import parse_scenario

        scenario = parse_scenario(copy.deepcopy(tables), "case of a test")
        nothing = {"name": "nothing", "title": "Nothing", "summary": "", "mode": "free"}
        parsed = parse_policy(copy.deepcopy(policy or nothing), "policy of a test")
        check_policy(parsed, scenario)
        given = options.pop("parameters", None)
        parameters = merged_parameters(scenario.parameters, given)
        return opening(scenario, parsed, parameters=parameters, **options)

    def process(self, start: Any, seed: int = 1, **options: Any) -> Any:
        """A Mesa model of an opening."""
        from detente.model.process import PeaceProcess

        return PeaceProcess(opening=start, rng=seed, **({"collect": False} | options))

    def mesa(self, start: Any, seed: int, n_steps: int | None = None) -> Any:
        """A trajectory from the Mesa driver."""
        model = self.process(start, seed, keep_trajectory=True)
        while model.running and (n_steps is None or model.world.clock.step < n_steps):
            model.step()
        return model.trajectory()

    def run(self, start: Any, seed: int, **options: Any) -> Any:
        """A trajectory from the compiled engine."""
        from detente.model.engine import run_one

        return run_one(start, seed, **options)

    def batch(self, start: Any, n: int, first: int = 0, **options: Any) -> Any:
        """Many compiled runs, by default without series."""
        from detente.model.engine import run_batch

        return run_batch(start, range(first, first + n), **options)

    def final(self, start: Any, n: int, column: str, first: int = 0) -> Any:
        """The last value of one column in many compiled runs."""
        made = self.batch(start, n, first)
        return made.final[:, made.final_columns.index(column)]

    def world(self, start: Any, seed: int = 1, *, whole_log: bool = False) -> Any:
        """A prepared world of plain objects, to try rules on; its log has room for few events unless asked."""
        from detente.agents.rules.prepare import prepare
        from detente.model.memory import plain_object, thaw
        from detente.model.opening import for_seed

        buffer, layout = for_seed(start, seed), start.layout
        if not whole_log:
            buffer, layout = with_short_log(buffer, layout)
        w = thaw(buffer, layout, start.constants, start.parameters, plain_object)
        prepare(w)
        return w

    def records(self, trajectory: Any) -> dict[str, Any]:
        """The last state of a trajectory as record arrays by kind."""
        from detente.agents.schema import dtype_of
        from detente.model.memory import KINDS

        places = trajectory.start.layout.slices()
        return {kind: trajectory.buffer[place].view(dtype_of(KINDS[kind])) for kind, place in places}


def read_case(case: str) -> dict[str, Any]:
    """The tables of a shipped case."""
    path = ROOT / "model" / "scenarios" / case / "case.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def with_short_log(buffer: Any, layout: Any, events: int = 200) -> tuple[Any, Any]:
    """A buffer and its layout with a log of few events: one of thousands takes most of the time of a thaw."""
    from detente.agents.schema import dtype_of
    from detente.model.memory import KINDS, Layout, fill_buffer

    records = {kind: buffer[place].view(dtype_of(KINDS[kind])) for kind, place in layout.slices()}
    records["events"] = records["events"][:events]
    short = Layout.of(records)
    return fill_buffer(short, records), short


@pytest.fixture(scope="session")
def workshop() -> Workshop:
    """Cases, openings and runs for tests."""
    return Workshop()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need the compiled engine come last: one worker compiles it while the other runs the rest."""
    needing = {item.path for item in items if "compiled" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in needing)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers, but none for benchmarks: times are taken, and printed, by one process alone."""
    return 0 if "benchmark" in (config.option.markexpr or "").replace("not benchmark", "") else 2

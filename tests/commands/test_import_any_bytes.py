"""`import` of any bytes whatever ends with a record that is sound or as it was, and never with a defect."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline_cli.storage.safekeeping.integrity import check_database
from pipeline_cli.storage.transactions import read
from tests.conftest import Run
from tests.exchange.test_any_bytes import ANY_FILE, tables
from tests.storage.record import TODAY

FILES = st.tuples(
    ANY_FILE | tables("deal_id title"),
    st.none() | tables("deal to at"),
    st.none() | tables("deal kind at"),
    st.none() | ANY_FILE,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES, st.sampled_from([(), ("--skip-bad",), ("--dry-run",)]))
def test_no_bytes_whatever_spoil_the_record(
    pipeline: Run, files: tuple[bytes, bytes | None, bytes | None, bytes | None], flags: tuple[str, ...]
) -> None:
    names = []
    for name, content in zip(("deals", "moves", "touchpoints", "contacts"), files, strict=True):
        if content is not None:
            Path(f"{name}.csv").write_bytes(content)
            names += [*([f"--{name}"] if name != "deals" else []), f"{name}.csv"]
    before = Path("pipeline.db").read_bytes()
    result = pipeline("import", *names, *flags, "--date-order", "dmy", "--decimal", ".")

    assert result.code in (0, 2, 5), result.err
    if result.code or flags == ("--dry-run",):
        assert Path("pipeline.db").read_bytes() == before
    else:
        with read(Path("pipeline.db"), TODAY, past=False) as reader:
            assert check_database(reader) == []
        assert "Nothing was changed" in pipeline("import", *names, *flags, "--date-order", "dmy", "--decimal", ".").err

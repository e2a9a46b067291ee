from __future__ import annotations

from pathlib import Path
from shutil import copy

from tests.conftest import Run


def test_on_maven_1291_open_deals_are_older_than_any_that_was_won(run: Run, folder: Path, shared_data: Path) -> None:
    copy(shared_data / "maven" / "pipeline.yaml", folder)
    imported = run("import", shared_data / "maven" / "sales_pipeline.csv", today="2018-01-15")
    assert imported.code == 0, imported.err
    found = run("health", "--json", "--as-of", "2017-12-31", today="2018-01-15").json["findings"]
    oldest = next(one for one in found if one["code"] == "out_of_history")
    assert oldest["deals"] == len(oldest["evidence"]["ids"]) == 1291
    assert oldest["evidence"]["longest_won_days"] == 138
    assert "1,291 of 1,589 open deals are older than any of 4,238 won deals ever was (138 days)." in oldest["message"]

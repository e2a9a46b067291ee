"""`pipeline demo`: the main job on sample data, in a temporary folder."""

from pathlib import Path

import typer

from pipeline_cli.commands.reading import View, show
from pipeline_cli.exchange.import_plan import plan_import
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from pipeline_cli.reports.forecast import make_forecast
from pipeline_cli.reports.health import health_report
from pipeline_cli.reports.prune import make_plan, prune_report
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.importing.importing import store_import
from pipeline_cli.workspace import GlobalOptions, Workspace

DEMO_TODAY = "2026-11-20"
"""The day the sample data ends on."""


def demo(context: typer.Context) -> None:
    """Show health, forecast and the prune plan of a year of sample deals, and say where the files are."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="pipeline-demo-"))
    try:
        _show_reports(_workspace_in(folder, context.obj))
    except BaseException:  # nobody was told of the folder
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _show_reports(workspace: Workspace) -> None:
    _fill(workspace, find_sample_data())
    with workspace.read() as reader:
        snapshot = Snapshot(reader, workspace.playbook, (workspace.playbook.default_pipeline,))
        reports = [
            health_report(snapshot, workspace.command_name),
            make_forecast(snapshot, "month", 30, None).report,
            prune_report(make_plan(snapshot)),
        ]
    for report in reports:
        show(workspace, View(), report)
        workspace.answer("")
    workspace.answer(f"The files are in {workspace.folder}. Go on from there, as if it were {DEMO_TODAY}:")
    program, needs = _program()
    workspace.answer(f"  cd {workspace.folder} && export {' '.join([f'PIPELINE_TODAY={DEMO_TODAY}', *needs])}")
    workspace.answer(f"  {program} today")
    workspace.answer(f"  {program} show 80")
    workspace.stdout.flush()  # here, where a reader who has gone is still noticed


def _workspace_in(folder: Path, outer: Workspace) -> Workspace:
    """The demo lives in its own folder, whatever files and days the user's own environment names."""
    environ = {name: value for name, value in outer.environ.items() if not name.startswith("PIPELINE_")}
    environ["PIPELINE_TODAY"] = DEMO_TODAY
    environ["PIPELINE_PAGER"] = ""  # three reports and where the files are, in one go
    options = GlobalOptions(str(folder / "pipeline.yaml"), None, outer.options.color)
    workspace = Workspace(options, environ, outer.started_at, folder)
    workspace.command_name = "pipeline"  # what is advised is typed in the folder, which is where the last lines lead
    return workspace


def _fill(workspace: Workspace, data: Path) -> None:
    from pipeline_cli.config.template_files import template_text
    from pipeline_cli.output.files import write_new_file
    from pipeline_cli.storage.database import create

    write_new_file(workspace.folder / "pipeline.yaml", template_text("services").encode(), force=False)
    files = ImportFiles(*(data / f"{name}.csv" for name in ("deals", "moves", "touchpoints", "contacts")))
    plan = plan_import(files, ImportOptions(), workspace.playbook, workspace.clock)
    create(workspace.database_path)
    with workspace.write("import") as change:
        store_import(change, plan, "imported the sample data")


def _program() -> tuple[str, list[str]]:
    """How this program can be called from any folder, and what has to be exported for that."""
    import shlex
    import shutil
    import sys

    if shutil.which("pipeline"):
        return "pipeline", []
    called = Path(sys.argv[0])
    if called.name != "__main__.py":
        return shlex.quote(str(called.absolute())), []
    known = shutil.which("python")
    is_known = known is not None and Path(known).samefile(sys.executable)
    python = "python" if is_known else shlex.quote(sys.executable)
    home = called.absolute().parent.parent
    # The first entry is the folder it was called in, which the reader is about to leave.
    elsewhere = {Path(entry).absolute() for entry in sys.path[1:] if entry}
    return f"{python} -m pipeline_cli", [] if home in elsewhere else [f"PYTHONPATH={shlex.quote(str(home))}"]


def find_sample_data() -> Path:
    """Inside an installed package, or beside it in a checkout."""
    import pipeline_cli

    package = Path(pipeline_cli.__file__).parent
    inside = package / "sample_data"
    return inside if inside.is_dir() else package.parent / "sample_data"

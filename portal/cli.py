"""The `portal` command: its own duties, and the commands gathered from the parts."""

from __future__ import annotations

import importlib
import os
import sys
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal import clock, running
from portal.config import Misconfigured, Settings, doubtful, ensure_safe, problems

if TYPE_CHECKING:
    from portal.maintenance import Pause

PARTS = ("accounts", "desk", "invitations", "publications", "registrations", "retention")


class Portal(click.Group):
    """Its own commands and the parts'; what is wrong with the settings is said in sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_gathered()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or _gathered().get(name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            for sentence in error.problems:
                click.echo(f"portal: {sentence}", err=True)
            ctx.exit(2)
        except (OperationalError, ProgrammingError) as error:
            reason = str(error.orig).strip().splitlines()[0]
            click.echo(f"portal: The database cannot be used: {reason}", err=True)
            click.echo("portal: Where it is new or old, `portal init` prepares it.", err=True)
            ctx.exit(1)


@click.group(cls=Portal, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Events, registrations and letters of a public body."""
    ctx.obj = ScriptInfo(create_app=_app, set_debug_flag=False)


@main.command()
def check() -> None:
    """Name what is wrong with the settings."""
    try:
        settings = _settings()
        found, doubts = problems(settings) + _mail_problems(settings), doubtful(settings)
    except Misconfigured as error:
        found, doubts = error.problems, []
    for sentence in (*found, *doubts):
        click.echo(sentence)
    if found:
        sys.exit(1)
    click.echo("The settings are in order.")


@main.command()
def init() -> None:
    """Make directories, tables, translations and assets, or bring them up to date."""
    from portal.prepare import prepare

    prepare(_app())


@main.command()
def web() -> None:
    """Answer requests."""
    from portal.server import serve_web

    serve_web(_running_settings())


@main.command()
def worker() -> None:
    """Write and deliver letters and do the other chores."""
    from portal.supervisor import run_worker

    _running_settings()
    run_worker()


@main.command()
@click.option("--prepare", "prepared", is_flag=True, help="First do `init`, and `demo` if new.")
@click.pass_context
def serve(ctx: click.Context, prepared: bool) -> None:
    """Run web and worker together."""
    from portal import supervisor

    settings = _running_settings()
    ctx.exit(supervisor.serve(settings, prepare=_first if prepared else None))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything the portal keeps into FILE (.tar.gz), also while it runs."""
    from portal.backup import write_backup

    try:
        write_backup(_safe_settings(), file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"Everything is in {file}. It holds keys and personal data: keep it safe.")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there already.")
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A later `erasures` file, where the data directory that held it is lost.",
)
def restore(file: Path, force: bool, erasures: Path | None) -> None:
    """Bring back everything from FILE into an empty data directory and database."""
    from portal.backup import restore_backup

    made = restore_backup(os.environ, file, force=force, erasures=erasures)
    click.echo(f"Everything from {file} is back.")
    click.echo(f"Erasures made since the backup, and now made again: {made}.")


@main.command(name="maintenance")
@click.argument("state", type=click.Choice(["on", "off"]), required=False)
@click.option("--until", metavar='"YYYY-MM-DD HH:MM"', help="When it is to open again.")
@click.option("--zone", help="The time zone of that hour; this machine's unless given.")
def close_or_open(state: str | None, until: str | None, zone: str | None) -> None:
    """Close the portal with a page that says until when, or open it again."""
    from portal import maintenance

    data_dir = _settings().data_dir
    if state == "on":
        maintenance.begin(data_dir, _pause(until, zone or maintenance.machine_zone()))
    elif state == "off":
        maintenance.end(data_dir)
    pause = maintenance.current(data_dir)
    if pause is None:
        click.echo("The portal is open.")
    elif pause.until is None:
        click.echo("The portal is closed; its pages say: soon open again.")
    else:
        hour = pause.until.astimezone(ZoneInfo(pause.zone))
        words = f"until {hour:%Y-%m-%d %H:%M} {pause.zone}"
        click.echo(f"The portal is closed; its pages say: {words}.")


def _pause(until: str | None, zone: str) -> Pause:
    """What the operator wrote, as an instant; of an hour that comes twice the second."""
    from portal.maintenance import Pause
    from portal.wall_clock import instants

    if until is None:
        return Pause()
    try:
        found = instants(datetime.fromisoformat(until).replace(tzinfo=None), zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise click.UsageError(_HOW) from None
    if not found:
        raise click.UsageError(f"There is no {until} in {zone}: clocks are put forward then.")
    if found[-1] <= clock.now():
        raise click.UsageError(f"{until} in {zone} has been.")
    return Pause(found[-1], zone)


_HOW = 'Write --until "2027-01-18 14:00" and --zone Europe/Brussels.'


def _first() -> None:
    """Prepare, and load the demonstration when the database is empty."""
    from portal.prepare import prepare

    prepare(_app())
    main.main(["demo", "--if-empty"], prog_name="portal", standalone_mode=False)


def _mail_problems(settings: Settings) -> list[str]:
    """What the transport itself says of the mail address; nothing is connected for it."""
    from portal.outbox.transport import open_transport

    try:
        open_transport(settings.mail_url, maildir=settings.data_dir / "mail")
    except (ValueError, OSError) as error:
        return [f"PORTAL_MAIL_URL cannot be used: {error}"]
    return []


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _safe_settings() -> Settings:
    settings = _settings()
    ensure_safe(settings)
    return settings


def _running_settings() -> Settings:
    """Those of a process that goes on, and that no restore may surprise."""
    settings = _safe_settings()
    running.share(settings.data_dir)
    return settings


@cache
def _app() -> Flask:
    from portal.app import create_app

    return create_app(_safe_settings())


@cache
def _gathered() -> dict[str, click.Command]:
    """A part's `cli.py` names its commands in the list `commands`; imported when asked for."""
    rooms = [importlib.import_module(f"portal.{part}.cli") for part in PARTS]
    return {str(command.name): command for room in rooms for command in room.commands}

"""`portal languages`: how complete each language is."""

import click
from flask.cli import with_appcontext

from portal import completeness
from portal.i18n import languages as offered


@click.command()
@with_appcontext
def languages() -> None:
    """Say how complete each language is: the portal's own texts, and those that people wrote."""
    own = {lang: completeness.own_texts(lang) for lang in offered()}
    click.echo(_row("", offered()))
    for name, shares in ({"portal": own} | completeness.written_texts()).items():
        of = max(share.of for share in shares.values())
        click.echo(_row(f"{name} ({of})", [str(share.done) for share in shares.values()]))
    if not all(share.is_whole for share in own.values()):
        raise click.ClickException("Texts of the portal are missing.")


def _row(head: str, cells: list[str] | tuple[str, ...]) -> str:
    return f"{head:<28}" + "".join(f"{cell:>7}" for cell in cells)


commands = [languages]

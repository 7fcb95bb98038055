"""Commands about publications."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal import clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.publications import importing
from portal.publications.importing import Fate
from portal.publications.shown import permanent_address
from portal.publications.words import FATES, FIELDS, REASONS, date_words, subject_words


@click.command("import-publications")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would become of each record.")
@with_appcontext
def import_publications(file: Path, dry_run: bool) -> None:
    """Make drafts of the records in FILE (BibTeX, RIS or CSL-JSON), and change what is there.

    What the file says just as the catalogue does is left alone, so that it can be done again.
    """
    try:
        content = file.read_text(encoding="utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no text in UTF-8.") from error
    found = importing.entries(content)
    with transaction():
        planned = importing.plan(found, permanent_address("0").removesuffix("0"))
        if not dry_run:
            importing.carry_out(planned, by=COMMAND, now=clock.now())
    for each in planned:
        if each.fate is not Fate.SAME:
            click.echo(_line(each))
    counts = importing.counts(each.fate for each in planned)
    click.echo("; ".join(f"{FATES[Fate(fate)]}: {count}" for fate, count in counts.items()))
    if dry_run:
        click.echo("Nothing was changed.")


def _line(each: importing.Plan) -> str:
    where = f"record {each.nth}" + (f", line {each.line}" if each.line else "")
    why = str(REASONS[each.reason]) if each.reason else ""  # type: ignore[index]
    fields = "; ".join(
        f"{FIELDS[value.name]}: {value.before or '–'} → {value.after}" for value in each.values
    )
    more = [why or fields]
    if each.date_said and not why:
        more.append(date_words(each.date_said, each.published))
    if each.new_subjects:
        more.append(subject_words(each.new_subjects))
    told = " ".join(filter(None, more))
    return f"{FATES[each.fate]} ({where}): {each.title or '–'} {told}".rstrip()


commands = [import_publications]

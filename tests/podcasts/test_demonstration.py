"""The episode of the demonstration: made by the project, and it says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal.db import transaction
from portal.podcasts import demonstration
from portal.podcasts.demonstration import MADE, SHOW_SLUG, SLUG
from portal.podcasts.transcripts import read
from tests.desk.front_door import words
from tests.harness.client import PortalClient

pytestmark = pytest.mark.usefixtures("clock")
OF_THE_REAL_ONE = ("Pouliou", "Grainger")


def test_it_says_that_it_is_one_and_speaks_for_nobody(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        episode = demonstration.load(portal_clock.now())
        assert 30 < episode.audio_seconds < 60 and episode.audio_bytes < 250_000
    said = words(client.get(f"/en/podcasts/{SHOW_SLUG}/{SLUG}"))
    assert "Demonstration episode" in said
    assert "The title, the date and the recording of that episode are not known to us" in said
    assert "This is a demonstration episode, made by the project" in said
    assert "Download the recording (MP3, 233 kB, 47 seconds)" in said
    for lang in ("en", "fr"):
        page = client.get(f"/{lang}/podcasts/{SHOW_SLUG}/{SLUG}").get_data(as_text=True)
        feed = client.get(f"/{lang}/podcasts/{SHOW_SLUG}/feed.xml").get_data(as_text=True)
        assert not any(name in page + feed for name in OF_THE_REAL_ONE)


def test_its_transcript_is_what_the_voices_were_given_to_say() -> None:
    cues = read((MADE / "demonstration.vtt").read_bytes())
    lines = (MADE / "lines.txt").read_text(encoding="utf-8").splitlines()
    assert [f"{cue.voice[-1]}|{cue.text}" for cue in cues] == lines
    assert {cue.voice for cue in cues} == {"Demonstration voice A", "Demonstration voice B"}
    assert timedelta(seconds=cues[-1].end) < timedelta(minutes=1)

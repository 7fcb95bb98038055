"""The client notices what a page must not do."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import Headers

from tests.harness.page_rules import broken_rules

GOOD = """<!doctype html><html lang="en"><head><title>Events</title>
<link rel="stylesheet" href="/static/portal.css"><link rel="canonical" href="https://elsewhere/">
<script type="application/ld+json">{"@type": "Event"}</script></head>
<body><h1 id="top">Events</h1><a href="https://example.org/">Elsewhere</a>
<svg role="img"><title>A picture</title></svg>
<form action="/en/"><input type="hidden" name="a"><label for="q">Search</label>
<input id="q" name="q" aria-describedby="top"><label>Yes <input type="checkbox" name="y"></label>
<button>Go</button></form></body></html>"""
POLICY = Headers({"Content-Security-Policy": "default-src 'none'; style-src 'self'"})


def test_a_page_that_keeps_the_rules_breaks_none() -> None:
    assert broken_rules(GOOD, POLICY, {"localhost"}) == []


@pytest.mark.parametrize(
    ("good", "bad", "word"),
    [
        ("<title>Events</title>", "", "one title"),
        ("<title>Events</title>", "<title> </title>", "one title"),
        ("<title>Events</title>", "<title>A</title><title>B</title>", "one title"),
        ('<html lang="en">', "<html>", "language"),
        ('<h1 id="top">', '<h1 id="top"><b id="top"></b>', "2 times"),
        ('aria-describedby="top"', 'aria-describedby="hint"', "not there"),
        ('<label for="q">Search</label>', "Search", "no label"),
        ('type="application/ld+json"', "", "inline script"),
        ("<button>", '<button onclick="go()">', "onclick"),
        ("<button>", '<button style="color: red">', "inline style"),
        ("</head>", "<style>p {}</style></head>", "inline style"),
        ('href="https://example.org/"', 'href="javascript:go()"', "script in href"),
        ('href="/static/portal.css"', 'href="//cdn.example/a.css"', "another host"),
        ("<svg", '<img alt="" src="https://cdn.example/a.png"><svg', "another host"),
        ("<svg", '<img alt="" srcset="/a.png 1x, https://b.example/c 2x"><svg', "another host"),
        ('action="/en/"', 'action="https://example.org/"', "another host"),
    ],
)
def test_a_broken_rule_is_named(good: str, bad: str, word: str) -> None:
    assert good in GOOD
    assert word in " ".join(broken_rules(GOOD.replace(good, bad, 1), POLICY, {"localhost"}))


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "default-src 'self'",
        "default-src 'none'; script-src 'unsafe-inline'",
        "default-src 'none'; script-src 'nonce-abc'",
        "default-src 'none'; img-src *",
    ],
)
def test_a_policy_with_a_hole_is_named(policy: str) -> None:
    headers = Headers({"Content-Security-Policy": policy})
    assert "Content-Security-Policy" in " ".join(broken_rules(GOOD, headers, set()))

"""What eyes and thumbs find on a page, as far as it can be measured."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

ENOUGH_FOR_A_POINTER, ENOUGH_FOR_A_THUMB = 24, 44

# A label belongs to its box; a link inside a sentence is as high as its line (WCAG 2.5.8, Inline).
_TARGETS = """least => {
  const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.trap')
    && !e.closest('.visually-hidden') && !e.matches('.ecl-skip-link');
  const inSentence = a => getComputedStyle(a).display === 'inline'
    && [...a.parentNode.childNodes].some(n => n !== a && n.textContent.trim());
  const box = e => {
    const boxes = [e, ...(e.labels || [])].map(each => each.getBoundingClientRect());
    return [Math.max(...boxes.map(b => b.right)) - Math.min(...boxes.map(b => b.left)),
            Math.max(...boxes.map(b => b.bottom)) - Math.min(...boxes.map(b => b.top))];
  };
  const controls = document.querySelectorAll(
    'a[href], button, select, textarea, summary, input:not([type=hidden])');
  return [...controls].filter(shown).filter(e => !(e.matches('a') && inSentence(e)))
    .map(e => [(e.innerText || e.name || '').trim(), ...box(e)])
    .filter(([, width, height]) => Math.min(width, height) < least - 0.5);
}"""

_CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => {
  const aside = e.closest('.visually-hidden, .trap, svg, .ecl-skip-link');
  if (aside || !e.checkVisibility({visibilityProperty: true})) return false;
  const style = getComputedStyle(e), own = [...e.childNodes].some(
    n => n.nodeType === 3 && n.textContent.trim());
  const hides = style.overflowX === 'hidden' || style.overflowY === 'hidden'
    || e.matches('button, .ecl-button, input, select');
  return (own || e.matches('input, select')) && hides
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
}).map(e => `${e.tagName} ${e.innerText || e.name}`)"""

_FOCUS = """() => {
  const e = document.activeElement, b = e.getBoundingClientRect(), style = getComputedStyle(e);
  const x = Math.min(Math.max(b.left + b.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(b.top + Math.min(b.height, 40) / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    id: e.id, name: e.getAttribute('name') || '', tag: e.tagName.toLowerCase(),
    words: (e.innerText || '').trim(), href: e.getAttribute('href') || '',
    ring: parseFloat(style.outlineWidth), style: style.outlineStyle,
    inView: b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth,
    uncovered: e.contains(top) || (top !== null && top.contains(e)),
  };
}"""

TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important } p { margin-block-end: 2em !important }"""
TWICE_AS_LARGE = "html { font-size: 200% !important }"


def too_small(page: Page, least: int) -> list[Any]:
    """Controls that are lower or narrower than so many pixels."""
    return list(page.evaluate(_TARGETS, least))


def cut_off(page: Page) -> list[str]:
    """Elements whose words do not fit into them."""
    return list(page.evaluate(_CUT_OFF))


def sideways(page: Page) -> int:
    """How far the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def set_style(page: Page, css: str) -> None:
    """A reader's own style sheet, which no policy of the site forbids."""
    page.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
        " document.adoptedStyleSheets = [sheet]; }",
        css,
    )


def focused(page: Page) -> dict[str, Any]:
    """What has the focus; it is in the window, uncovered, and has a ring around it."""
    found: dict[str, Any] = page.evaluate(_FOCUS)
    if found["tag"] != "body":
        assert found["ring"] >= 2, found
        assert found["style"] not in ("none", ""), found
        assert found["inView"], found
        assert found["uncovered"], found
    return found

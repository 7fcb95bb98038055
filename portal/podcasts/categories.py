"""Categories of podcasts, as Apple's directory has them and every other one reads them.

https://podcasters.apple.com/support/1691-apple-podcasts-categories; codes, and so in English.
"""

_TABLE = """
Arts: Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts
Business: Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit
Comedy: Comedy Interviews, Improv, Stand-Up
Education: Courses, How To, Language Learning, Self-Improvement
Fiction: Comedy Fiction, Drama, Science Fiction
Government:
Health & Fitness: Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality
History:
Kids & Family: Education for Kids, Parenting, Pets & Animals, Stories for Kids
Leisure: Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video
  Games
Music: Music Commentary, Music History, Music Interviews
News: Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News,
  Tech News
Religion & Spirituality: Buddhism, Christianity, Hinduism, Islam, Judaism, Religion,
  Spirituality
Science: Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences,
  Nature, Physics, Social Sciences
Society & Culture: Documentary, Personal Journals, Philosophy, Places & Travel, Relationships
Sports: Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running,
  Soccer, Swimming, Tennis, Volleyball, Wilderness, Wrestling
TV & Film: After Shows, Film History, Film Interviews, Film Reviews, TV Reviews
Technology:
True Crime:
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    lines = table.replace("\n  ", " ").strip().split("\n")
    pairs = (line.partition(":") for line in lines)
    return {
        category: tuple(each.strip() for each in below.split(",") if each.strip())
        for category, _colon, below in pairs
    }


SUBCATEGORIES = _read(_TABLE)
CODES: tuple[str, ...] = tuple(
    code
    for category, below in SUBCATEGORIES.items()
    for code in (category, *(f"{category} / {each}" for each in below))
)
"""'Education', 'Education / Courses': what a show keeps."""


def parts(code: str) -> tuple[str, str]:
    """The category, and the one below it or nothing."""
    category, _slash, below = code.partition(" / ")
    return category, below

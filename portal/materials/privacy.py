"""What materials hold about a person: nothing of their own."""

from portal.keeping import Impersonal, Rules
from portal.materials.models import Material

KEEPING: Rules = {
    Material: Impersonal(
        "Titles and files that organisers publish; who wrote a file stands in it with their will.",
        texts=("title", "language", "visibility", "url", "file", "digest"),
    ),
}

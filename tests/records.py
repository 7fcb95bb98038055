"""A data protection record that is complete in every language."""

from typing import Any

from portal.protection.rules import USUAL_DAYS, Basis, Law

RECORD: dict[str, Any] = {
    "law": Law.EUDPR.value,
    "controllers": [
        {
            "name": "Agency for learning at work (demonstration)",
            "address": "1 Example Street, 1000 Brussels, Belgium",
            "email": "privacy@example.org",
        }
    ],
    "arrangement": {},
    "officer_email": "data-protection-officer@example.org",
    "register_url": "https://www.example.org/register",
    "authority_name": "",
    "authority_url": "",
    "purposes": [
        {
            "what": {
                "en": "To hold the event: to give out places, to write to you about it, and to "
                "prepare it for you",
                "fr": "Tenir l’événement : attribuer les places, vous écrire à ce sujet et le "
                "préparer pour vous",
                "de": "Die Veranstaltung abhalten: Plätze vergeben, Ihnen dazu schreiben und sie "
                "für Sie vorbereiten",
                "el": "Διεξαγωγή της εκδήλωσης: απόδοση θέσεων, επικοινωνία μαζί σας και "
                "προετοιμασία για εσάς",
            },
            "basis": Basis.PUBLIC_TASK.value,
        },
        {
            "what": {
                "en": "To account for the event by counts without names",
                "fr": "Rendre compte de l’événement par des nombres sans noms",
                "de": "Über die Veranstaltung Rechenschaft ablegen, in Zahlen ohne Namen",
                "el": "Απολογισμός της εκδήλωσης με αριθμούς χωρίς ονόματα",
            },
            "basis": Basis.PUBLIC_TASK.value,
        },
    ],
    "recipients": {
        "en": "The organisers of the event\nThe technicians who keep the portal running\n"
        "The caterer: diets, without names",
        "fr": "Les organisateurs de l’événement\nLes techniciens qui font fonctionner le portail\n"
        "Le traiteur : les régimes alimentaires, sans les noms",
        "de": "Das Organisationsteam\nDie Technik des Portals\n"
        "Das Catering: Ernährungsweisen, ohne Namen",
        "el": "Οι διοργανωτές\nΟι τεχνικοί της πύλης\nΗ τροφοδοσία: διατροφή, χωρίς ονόματα",
    },
    "processors": [],
    "transfers": False,
    "safeguards": {},
    "retention": {kept.value: number for kept, number in USUAL_DAYS.items()},
}

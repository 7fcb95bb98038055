"""Codes in people's words: one place, so that every page and letter says the same."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "peer_learning": _l("Peer-learning activity"),
    "conference": _l("Conference"),
    "workshop": _l("Workshop"),
    "webinar": _l("Webinar"),
}
FORMATS = {
    "in_person": _l("In person"),
    "online": _l("Online"),
    "hybrid": _l("In person and online"),
}
SECTORS = {"manufacturing": _l("Manufacturing"), "retail": _l("Retail")}
STATES = {
    "draft": _l("Draft"),
    "published": _l("Published"),
    "postponed": _l("Postponed"),
    "cancelled": _l("Cancelled"),
}
NEEDS = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "time": _l("A start to come"),
    "place": _l("Place"),
    "joining_url": _l("Joining link"),
    "contacts": _l("Whom to ask"),
}
SESSION_KINDS = {
    "plenary": _l("Plenary"),
    "parallel": _l("Parallel session"),
    "break": _l("Break"),
}
INTERPRETATION = {
    "spoken": _l("spoken"),
    "interpreted": _l("interpreted"),
    "sign": _l("sign language"),
    "captions": _l("captions"),
}
STATUSES = {
    "pending": _l("Pending"),
    "confirmed": _l("Confirmed"),
    "waitlisted": _l("On the waitlist"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "cancelled": _l("Cancelled"),
}
STAKEHOLDER_GROUPS = {
    "mep": _l("Member of the European Parliament"),
    "mep_office": _l("Office of a Member of the European Parliament"),
    "policy_maker": _l("Policy-maker"),
    "social_partner": _l("Social partner"),
    "vet_provider": _l("Provider of vocational education and training"),
    "employer": _l("Employer"),
    "expert": _l("Expert or researcher"),
    "learner": _l("Learner"),
    "other": _l("Other stakeholder"),
}
ATTENDANCE = {"in_person": _l("In person"), "online": _l("Online")}
OCCASIONS = {
    "feedback": _l("Feedback on accessibility"),
    "received": _l("Registration received"),
    "confirmed": _l("Place confirmed"),
    "waitlisted": _l("On the waitlist"),
    "place_found": _l("Place found"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "details_changed": _l("Details changed"),
    "address_changed": _l("Address changed"),
    "programme_changed": _l("Programme changed"),
    "event_postponed": _l("Event postponed"),
    "event_cancelled": _l("Event cancelled"),
    "erased": _l("Registration deleted"),
    "links": _l("Links sent again"),
    "publication_asked": _l("Approval asked for"),
    "publication_approved": _l("Publication approved"),
    "publication_sent_back": _l("Publication sent back"),
    "invitation": _l("Invitation to the desk"),
    "password_reset": _l("Password reset"),
    "sign_in": _l("Sign-in"),
    "security": _l("Security notice"),
}
DOORS = {
    "not_yet": _l("Registration has not opened yet"),
    "open": _l("Registration is open"),
    "waitlist": _l("Full: join the waitlist"),
    "full": _l("Full"),
    "closed": _l("Registration is closed"),
    "postponed": _l("Postponed"),
    "cancelled": _l("Cancelled"),
    "over": _l("Over"),
}

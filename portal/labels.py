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
    "record": _l("Data protection record"),
    "joining_url": _l("Joining link"),
    "contacts": _l("Whom to ask"),
}
PARTS = {"host": _l("Host"), "guest": _l("Guest")}
EPISODE_NEEDS = {
    "title": _l("Title"),
    "notes": _l("Notes"),
    "audio": _l("Recording"),
    "transcript": _l("Transcript"),
    "transcript_fits": _l("A transcript that ends with the recording"),
    "cover": _l("Cover of the podcast"),
    "description": _l("Description of the podcast"),
    "chapters": _l("Chapters"),
    "people": _l("Hosts or guests"),
}
SESSION_KINDS = {
    "plenary": _l("Plenary"),
    "parallel": _l("Parallel session"),
    "break": _l("Break"),
}
VISIBILITIES = {
    "public": _l("Everybody, at once"),
    "attendees": _l("Attendees only"),
    "after": _l("Everybody, once the event is over"),
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
    "offered": _l("Place offered"),
    "waitlisted": _l("On the waitlist"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "cancelled": _l("Cancelled"),
}
READERS = {
    "person": _l("The attendee"),
    "office": _l("The office"),
    "both": _l("Both"),
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
IN_SESSION = {
    "place": _l("has a place"),
    "line": _l("waits for a place"),
    "wish": _l("wishes for a place"),
    "missed": _l("found it full"),
    "gone": _l("gave it up"),
}
LAWS = {
    "eudpr": _l("A body of the European Union: Regulation (EU) 2018/1725"),
    "gdpr": _l("Another body: the General Data Protection Regulation (EU) 2016/679"),
}
BASES = {
    "public_task": _l("A task in the public interest"),
    "legal_obligation": _l("A legal obligation"),
    "contract": _l("A contract with the person"),
    "consent": _l("The person’s consent"),
    "legitimate_interests": _l("Legitimate interests (under the GDPR only)"),
}
KEPT = {
    "name": _l("Title, names, name on the badge"),
    "contact": _l("Mail address and telephone"),
    "organisation": _l("Organisation and role"),
    "needs": _l("Access needs, diet, answers to questions"),
}
KEPT_SHORT = {
    "name": _l("Names"),
    "contact": _l("Addresses"),
    "organisation": _l("Organisation"),
    "needs": _l("Needs"),
}
KEPT_BESIDE = {
    "notes": _l("Notes of the organisers"),
    "reports": _l("Reports of online meetings"),
    "calendars": _l("Calendar entries that were sent, with name and address"),
    "answers": _l("Answers of mail servers to letters to a selection"),
    "answers_to_reminders": _l("Answers of mail servers to reminders"),
    "visitors": _l("What people gave for the building, sealed"),
    "invitations": _l("Invited people who are not forgotten yet"),
    "requests": _l("What people asked about their data"),
    "letters": _l("Letters in the outbox"),
    "addresses": _l("Mail addresses of speakers"),
    "sign_ins": _l("Sessions of colleagues"),
    "person": _l("Everything about a person who asked for it"),
}
EXPORTS = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "access csv": _l("Access list, CSV"),
    "invitations csv": _l("Invitations, CSV"),
    "invitations xlsx": _l("Invitations, XLSX"),
    "access xlsx": _l("Access list, XLSX"),
}
WHOSE = {
    "registrants": _l("Registrants"),
    "speakers": _l("Speakers"),
    "colleagues": _l("Colleagues"),
    "visitors": _l("Visitors"),
}
DELETED_BY = {
    "worker": _l("by itself"),
    "command": _l("by hand, by whoever runs the portal"),
    "organiser": _l("by hand, at the desk"),
    "registrant": _l("on the person’s request"),
}
PERSON_FIELDS = {
    "title": _l("Title"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "badge_name": _l("Name on the badge"),
    "email": _l("Mail address"),
    "phone": _l("Telephone"),
    "organisation": _l("Organisation"),
    "role": _l("Role"),
    "stakeholder_group": _l("Takes part as"),
    "country": _l("Country"),
    "attendance": _l("Attendance"),
    "access_needs": _l("Access needs"),
    "diet": _l("Diet"),
    "language": _l("Language of letters"),
    "consents": _l("Consents"),
}
CONSENTS = {
    "access_consent": _l("access needs may be used"),
    "diet_consent": _l("diet may be used"),
    "list_consent": _l("may stand in the list of attendees"),
    "photo_consent": _l("may be photographed"),
}
PARTSTATS = {
    "ACCEPTED": _l("Yes"),
    "TENTATIVE": _l("Perhaps"),
    "DECLINED": _l("No"),
    "DELEGATED": _l("Somebody else comes"),
}
PAPERS = {
    "invitation": _l("Letter of invitation"),
    "attendance": _l("Confirmation of attendance"),
}
ACTS = {
    "registration.made": _l("Registered"),
    "registration.returned": _l("Registered again"),
    "registration.changed": _l("Details changed"),
    "registration.answered": _l("Answers changed"),
    "registration.answered_second": _l("Second form answered"),
    "registration.consent_taken_back": _l("Took a consent back"),
    "registration.sessions_chosen": _l("Sessions changed"),
    "registration.session_found": _l("Place in a session found"),
    "registration.sessions_decided": _l("Wishes for sessions answered"),
    "registration.file_read": _l("File downloaded"),
    "registration.consent_taken": _l("Consent taken away on request"),
    "registration.approved": _l("Approved"),
    "registration.declined": _l("Declined"),
    "registration.promoted": _l("Moved up to a free place"),
    "registration.offered": _l("Place offered"),
    "registration.offer_taken": _l("Took the place that was offered"),
    "registration.offer_ended": _l("Did not take the place in time"),
    "registration.offer_taken_back": _l("Offer of a place taken back"),
    "registration.offer_void": _l("Offer of a place void: the event is postponed"),
    "registration.moved": _l("Moved in the line"),
    "registration.withdrawn": _l("Withdrawn"),
    "registration.calendar_asked": _l("Calendar address asked for"),
    "registration.calendar_ended": _l("Calendar address ended"),
    "registration.disowned": _l("“I did not register”"),
    "registration.erasure_asked": _l("Asked to be forgotten everywhere"),
    "registration.merged": _l("Became one with another registration of this person"),
    "registration.gained": _l("Took over the better place of another registration"),
    "registration.handed_over": _l("Handed the place over to a colleague"),
    "registration.taken_over": _l("Took over the place of a colleague"),
    "registration.acted_for": _l("An office acts for them"),
    "registration.readers_chosen": _l("Chosen who gets letters and the invite"),
    "registration.taken_back": _l("No office acts for them any more"),
    "registration.still_comes": _l("Will still come"),
    "registration.calendar_replied": _l("Their calendar answered"),
    "registration.office_replied": _l("The calendar of who acts for them answered"),
    "registration.came_back": _l("Mail to their address came back"),
    "registration.office_came_back": _l("Mail to who acts for them came back"),
    "registration.joined": _l("Went to the joining link"),
    "registration.checked_in": _l("Checked in"),
    "registration.reported": _l("Noted as attended, by the report of the online meeting"),
    "registration.presence_removed": _l("No longer noted as attended"),
    "registration.entitled": _l("Marked as entitled to reimbursement"),
    "registration.not_entitled": _l("No longer entitled to reimbursement"),
    "registration.letter_taken": _l("Letter made at the desk"),
    "registration.tried_again": _l("Letter to be written again"),
    "registration.noted": _l("Note written"),
    "registration.note_removed": _l("Note deleted"),
    "registration.reached": _l("Told by an organiser"),
    "registration.erased": _l("Forgotten"),
    "access.given": _l("Gave what the building asks for"),
    "access.removed": _l("Took back what they had given for the building"),
    "access.erased": _l("What they had given for the building was erased"),
}
REPORT_FATES = {
    "attended": _l("attended"),
    "unsure": _l("unsure: tick who it is"),
    "noted": _l("noted as attended already"),
    "short": _l("not there long enough"),
    "no_place": _l("registered, without a place"),
    "repeated": _l("in the report twice"),
    "unknown": _l("not found"),
    "unreadable": _l("cannot be read"),
}
REPORT_TROUBLES = {
    "formula": _l("A formula stands where a name should be."),
    "nobody": _l("There is neither a name nor a mail address."),
    "no_time": _l("It does not say for how long."),
}
REPORT_FAULTS = {
    "encoding": _l("This file is no text in UTF-8 or UTF-16. Save it anew as CSV in UTF-8."),
    "empty": _l("This file is empty."),
    "no_table": _l("No table with names and times was found. Say below how its columns are "
                   "headed, and choose the file again."),
    "too_large": _l("This file is larger than %(most)s MB.", most=5),
    "too_many": _l("This file has more than %(most)s rows.", most=10_000),
}  # fmt: skip
ACCESS_ASKS = {
    "birth_date": _l("Date of birth"),
    "nationality": _l("Nationality"),
    "document": _l("Kind and number of an identity document"),
}
DOCUMENTS = {
    "identity_card": _l("Identity card"),
    "passport": _l("Passport"),
    "residence_permit": _l("Residence permit"),
}
ACCESS_STANDINGS = {
    "missing": _l("Missing"),
    "given": _l("Given"),
    "late": _l("Given, late"),
}
ACCESS_CHANGES = {
    "new": _l("new"),
    "changed": _l("changed"),
    "same": _l("as before"),
    "withdrawn": _l("comes, but took the data back"),
    "gone": _l("does not come"),
}
ACCESS_ERASED = {
    "over": _l("as many days after the event as people were told"),
    "cancelled": _l("because the event is cancelled"),
    "postponed": _l("because the event is postponed and has no day"),
    "switched_off": _l("because the list was switched off"),
}
NOTE_KINDS = {
    "note": _l("Note"),
    "promoted": _l("Reason for the place out of turn"),
    "moved": _l("Reason for the new position"),
    "offer": _l("About the place that was offered"),
    "told": _l("Told by telephone"),
}
BADGES = {
    "confirmed": _l("Confirmed"),
    "offered": _l("Place offered"),
    "pending": _l("Pending"),
    "waitlisted": _l("On the waitlist"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "cancelled": _l("Cancelled"),
    "postponed": _l("Postponed"),
    "draft": _l("Draft"),
    "published": _l("Published"),
    "not_yet": _l("Registration has not opened yet"),
    "open": _l("Registration is open"),
    "waitlist": _l("Full: join the waitlist"),
    "closed": _l("Registration is closed"),
    "full": _l("Full"),
    "over": _l("Over"),
    "sending": _l("Being sent"),
    "stopped": _l("Stopped"),
    "waiting": _l("Waiting"),
    "sent": _l("Sent"),
    "parked": _l("Parked"),
    "unasked": _l("Not asked yet"),
    "asked": _l("Asked, no answer yet"),
    "agreed": _l("Agreed"),
    "changed": _l("Changed since they agreed"),
    "refused": _l("Refused"),
    "missing": _l("Missing"),
    "given": _l("Given"),
    "late": _l("Given, late"),
    "overdue": _l("Late"),
    "gone": _l("Deleted"),
    "in_use": _l("May be used"),
}
REMINDERS = {
    "reminder": _l("Reminder"),
    "soon": _l("It starts soon"),
    "thanks": _l("Thank you"),
    "answers": _l("Questions are still open"),
}
REMINDER_UNITS = {"days": _l("days"), "hours": _l("hours")}
REMINDER_AUDIENCES = {
    "came": _l("Those who came, as far as that is known"),
    "places": _l("Everybody who had a place"),
}
OCCASIONS = {
    "circular": _l("Letter from the organisers"),
    **REMINDERS,
    "second_form": _l("Questions of the second form"),
    "second_form_reminder": _l("Reminder of the second form"),
    "access_asked": _l("Question for the access list"),
    "access_reminder": _l("Reminder for the access list"),
    "event_invitation": _l("Invitation to the event"),
    "event_invitation_reminder": _l("Reminder of an invitation"),
    "invitation_handed_on": _l("Invitation handed on"),
    "invited_event_postponed": _l("Event postponed, to invited people"),
    "invited_event_cancelled": _l("Event cancelled, to invited people"),
    "invited_event_new_date": _l("New date, to invited people"),
    "feedback": _l("Feedback on accessibility"),
    "received": _l("Registration received"),
    "confirmed": _l("Place confirmed"),
    "waitlisted": _l("On the waitlist"),
    "place_found": _l("Place found"),
    "offered": _l("Place offered"),
    "offer_ended": _l("Offer of a place ended"),
    "offer_taken_back": _l("Offer of a place taken back"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "details_changed": _l("Details changed"),
    "address_changed": _l("Address changed"),
    "programme_changed": _l("Event or programme changed"),
    "event_postponed": _l("Event postponed"),
    "event_cancelled": _l("Event cancelled"),
    "erased": _l("Registration deleted"),
    "links": _l("Links sent again"),
    "last_details": _l("Form with the last details"),
    "office_registered": _l("What an office registered"),
    "office_link": _l("Link to the page of an office"),
    "office_ended": _l("An office acts no more"),
    "calendar_address": _l("Calendar address"),
    "calendars_ended": _l("All calendar addresses ended"),
    "calendar_declined": _l("Answer to a No from the calendar"),
    "calendar_delegated": _l("Answer to a calendar that named somebody else"),
    "calendar_countered": _l("Answer to another time from the calendar"),
    "person_wrote": _l("What a person wrote in answer to a letter"),
    "subject_link": _l("Link to all data of an address"),
    "subject_erased": _l("Everything deleted"),
    "subject_request": _l("Request about personal data"),
    "subject_answer": _l("Answer to a request about personal data"),
    "publication_asked": _l("Approval asked for"),
    "publication_approved": _l("Publication approved"),
    "publication_sent_back": _l("Publication sent back"),
    "invitation": _l("Invitation to the desk"),
    "password_reset": _l("Password reset"),
    "speaker_consent": _l("Question to a speaker"),
    "sign_in": _l("Sign-in"),
    "security": _l("Security notice"),
    "team": _l("Added to a team"),
    "second_factor_forgotten": _l("Second step forgotten"),
    "passkey_added": _l("Passkey added"),
    "identity_linked": _l("Sign-in linked"),
    "copy_expired": _l("Question about a copy that was taken out"),
}
QUESTION_KINDS = {
    "text": _l("A line of text"),
    "long_text": _l("Several lines of text"),
    "one_of": _l("One of several answers"),
    "several": _l("Several of the answers"),
    "yes_no": _l("Yes or no"),
    "number": _l("A number"),
    "date": _l("A day"),
    "country": _l("A country"),
    "consent": _l("A consent to tick"),
    "file": _l("A file to hand in"),
    "register_number": _l("Transparency Register number, ready-made"),
}
TEAM_ROLES = {
    "organiser": _l("Organiser"),
    "editor": _l("Editor"),
    "reader": _l("Reader"),
}
SIGNED_IN_BY = {
    "password": _l("password and code"),
    "link": _l("link of the demonstration"),
    "passkey": _l("passkey"),
    "oidc": _l("another service"),
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
PUBLICATION_TYPES = {
    "research_paper": _l("Research paper"),
    "briefing_note": _l("Briefing note"),
    "report": _l("Report"),
    "reference": _l("Reference publication"),
    "working_paper": _l("Working paper"),
    "book": _l("Book"),
    "other": _l("Other publication"),
}
FACETS = {
    "type": _l("Type"),
    "year": _l("Year"),
    "subject": _l("Subject headings"),
    "language": _l("Language"),
}
RELATIONS = {
    "Continues": _l("Continues"),
    "IsContinuedBy": _l("Is continued by"),
    "IsPartOf": _l("Is part of"),
    "HasPart": _l("Has as a part"),
    "IsVersionOf": _l("Is a version of"),
    "HasVersion": _l("Has another version"),
    "IsTranslationOf": _l("Is a translation of"),
    "HasTranslation": _l("Is translated as"),
    "IsSupplementTo": _l("Supplements"),
    "IsSupplementedBy": _l("Is supplemented by"),
    "References": _l("Refers to"),
    "IsReferencedBy": _l("Is referred to by"),
}

TEXTS_OF = {
    "events": _l("Events"),
    "sessions": _l("Sessions"),
    "speakers": _l("Speakers"),
    "materials": _l("Materials"),
    "questions": _l("Questions"),
    "circulars": _l("Letters"),
    "publications": _l("Publications"),
    "publication_subjects": _l("Subjects of publications"),
    "podcast_shows": _l("Podcasts"),
    "podcast_episodes": _l("Podcast episodes"),
    "news_items": _l("News and calls"),
    "topics": _l("Topics"),
    "projects": _l("Projects"),
}
"""Tables with texts in several languages, as editors call them."""

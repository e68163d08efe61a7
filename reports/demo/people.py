"""Sign-ins of the demo, and names and texts of its messages. All are invented."""

from locations.users.groups import ADMINISTRATOR, BILLING, RATE_EDITOR, SUPPORT, VIEWER

PASSWORD = "red-flag-demo"  # noqa: S105  # printed at every start, and refused in production

# e-mail, name, group, description; without a group: superuser
DEMO_STAFF = [
    (
        "staff@demo.example",
        "Jude Okafor",
        "",
        "Staff: every location, and the staff desk at /staff/",
    ),
    ("viewer@demo.example", "Vera Lindholm", VIEWER, "Staff who read, and change nothing"),
    ("rates@demo.example", "Rafael Ibarra", RATE_EDITOR, "Staff who keep rate cards"),
    ("billing@demo.example", "Bilal Sorensen", BILLING, "Staff who keep contracts and credits"),
    ("support@demo.example", "Sunniva Adeyemi", SUPPORT, "Staff who help managers; see chats"),
    ("admin@demo.example", "Adaeze Novak", ADMINISTRATOR, "Staff who keep staff and tokens too"),
]

# e-mail, password, description
DEMO_SIGN_INS = [
    ("manager@demo.example", PASSWORD, "Admin of one location, Brightwater Chicago"),
    ("account@demo.example", PASSWORD, "Account Admin of all locations of Brightwater Clinics"),
    ("editor@demo.example", PASSWORD, "Editor: may not open Location Details"),
    *((email, PASSWORD, description) for email, _, _, description in DEMO_STAFF),
]

FIRST_NAMES = (
    "Amara",
    "Bjorn",
    "Camila",
    "Dmitri",
    "Elif",
    "Femi",
    "Greta",
    "Hana",
    "Ivo",
    "Jomana",
    "Kaito",
    "Leila",
    "Mateus",
    "Nadia",
    "Oskar",
    "Priya",
    "Quentin",
    "Rosalind",
    "Samuel",
    "Thandi",
    "Ulrike",
    "Vikram",
    "Wiremu",
    "Ximena",
    "Yusuf",
    "Zofia",
)
LAST_NAMES = (
    "Abara",
    "Bergström",
    "Castellanos",
    "Dubois",
    "Eriksen",
    "Fonseca",
    "Grünwald",
    "Haddad",
    "Ishikawa",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Ngata",
    "Okonkwo",
    "Petrov",
    "Quispe",
    "Rahman",
    "Silveira",
    "Tanaka",
    "Ueda",
    "Varga",
    "Weiss",
    "Yildiz",
)
JOBS = ("Nurse", "Driver", "Site Manager", "Technician", "Cook", "Receptionist", "Electrician")
CITIES = {
    "AU": "Perth",
    "BR": "Recife",
    "CA": "Halifax",
    "DE": "Leipzig",
    "ES": "Bilbao",
    "FR": "Nantes",
    "GB": "Leeds",
    "IN": "Pune",
    "JP": "Sapporo",
    "MX": "Puebla",
    "NL": "Utrecht",
    "NO": "Bergen",
    "NZ": "Nelson",
    "PH": "Cebu",
    "PL": "Gdynia",
    "PT": "Braga",
    "SG": "Singapore",
    "ZA": "Durban",
}

SENT_TEXTS = (
    "The shift on {day} starts at {hour}:00. Please reply YES if you can make it.",
    "Thank you. You are on the list for {day}.",
    "The clinic entrance on the north side is closed until {day}.",
    "Please bring your badge on {day}; the old ones stop working at {hour}:00.",
    "Your form has arrived. Nothing else is needed from you.",
    "We have moved the briefing to {day}, {hour}:00, same room.",
    "The road to the depot is open again. Drive carefully.",
    "Could you take over from the night team on {day}?",
    "Here is the map of the car park; gate B is the one you want.",
    "The water is back on. Sorry for the trouble.",
)
RECEIVED_TEXTS = (
    "YES",
    "I can be there at {hour}, is that all right?",
    "Sorry, not on {day}, my son has a match.",
    "Which gate is it, A or B?",
    "Got it, thanks!",
    "My badge does not open the side door any more.",
    "Who do I call if the bus is late?",
    "Here is a picture of the sign that fell down.",
    "ok see you {day} 👍",
    "Is the pharmacy open on {day}?",
    "Please stop sending these to my work phone.",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

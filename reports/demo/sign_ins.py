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

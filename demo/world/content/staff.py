"""The people of the group."""

from demo.world.shape import Someone

EVERYWHERE: tuple[Someone, ...] = (
    Someone(
        "marguerite.delacroix",
        "Marguerite Delacroix",
        "Head of the data science centre",
        "",
        ("administrator",),
        "Europe/Paris",
    ),
    Someone("ingrid.solberg", "Ingrid Solberg", "Centre administrator", "", ("administrator",), "Europe/Oslo"),
    Someone("amara.okoye", "Amara Okoye", "Chief operating officer", "", ("executive",), "Europe/London"),
    Someone("henrik.aalto", "Henrik Aalto", "Chief financial officer", "", ("executive",), "Europe/Helsinki"),
    Someone("tomas.vega", "Tomas Vega", "ML operations lead", "", ("approver",), "Europe/Madrid"),
    Someone("yuki.tanaka", "Yuki Tanaka", "ML operations engineer", "", ("approver", "contributor"), "Asia/Tokyo"),
    Someone(
        "rosalind.achebe", "Rosalind Achebe", "Principal data scientist", "", ("mentor", "contributor"), "Africa/Lagos"
    ),
    Someone(
        "bartosz.zielinski",
        "Bartosz Zieliński",
        "Senior data scientist, forecasting",
        "",
        ("mentor", "contributor"),
        "Europe/Warsaw",
    ),
    Someone(
        "leilani.kealoha",
        "Leilani Kealoha",
        "Senior data scientist, vision",
        "",
        ("mentor", "contributor"),
        "Pacific/Honolulu",
    ),
    Someone("farid.nazari", "Farid Nazari", "Data platform engineer", "", ("contributor",), "Asia/Dubai"),
    Someone("priya.raghunathan", "Priya Raghunathan", "Data engineer", "", ("contributor",), "Asia/Kolkata"),
    Someone("olu.adeyemi", "Olu Adeyemi", "Support lead, analytics products", "", ("viewer",), "Europe/London"),
)

HEALTH: tuple[Someone, ...] = (
    Someone(
        "ines.carvalho", "Inês Carvalho", "Managing director, Health", "health", ("executive@health",), "Europe/Lisbon"
    ),
    Someone(
        "samuel.osei", "Samuel Osei", "Head of analytics, Health", "health", ("unit_lead@health",), "Europe/London"
    ),
    Someone(
        "ruth.abelman", "Ruth Abelman", "Chief radiologist", "diagnostics", ("viewer@diagnostics",), "Europe/Berlin"
    ),
    Someone("kenji.morita", "Kenji Morita", "Ward manager", "hospitals", ("viewer@hospitals",), "Europe/London"),
    Someone("sofia.ferrari", "Sofia Ferrari", "Data scientist", "diagnostics", ("contributor@health",), "Europe/Rome"),
    Someone("anselm.brandt", "Anselm Brandt", "Data scientist", "hospitals", ("contributor@health",), "Europe/Berlin"),
    Someone(
        "grace.mwangi",
        "Grace Mwangi",
        "Clinical data analyst",
        "outpatient",
        ("contributor@outpatient",),
        "Africa/Nairobi",
    ),
    Someone(
        "padraig.nolan",
        "Pádraig Nolan",
        "Outpatient services manager",
        "outpatient",
        ("viewer@outpatient",),
        "Europe/Dublin",
    ),
)

RETAIL: tuple[Someone, ...] = (
    Someone(
        "valentina.rossi",
        "Valentina Rossi",
        "Managing director, Retail",
        "retail",
        ("executive@retail",),
        "Europe/Rome",
    ),
    Someone(
        "daniel.hartmann",
        "Daniel Hartmann",
        "Head of analytics, Retail",
        "retail",
        ("unit_lead@retail",),
        "Europe/Berlin",
    ),
    Someone("noor.haddad", "Noor Haddad", "Customer retention manager", "loyalty", ("viewer@retail",), "Asia/Beirut"),
    Someone("iris.chen", "Iris Chen", "Data scientist", "loyalty", ("contributor@retail",), "Asia/Singapore"),
    Someone("lena.kruger", "Lena Krüger", "Data scientist", "loyalty", ("contributor@retail",), "Europe/Berlin"),
    Someone(
        "jonas.lindqvist", "Jonas Lindqvist", "Demand planner", "stores", ("contributor@stores",), "Europe/Stockholm"
    ),
    Someone("chloe.tremblay", "Chloé Tremblay", "Pricing manager", "pricing", ("viewer@pricing",), "America/Montreal"),
    Someone(
        "matteo.silva", "Matteo Silva", "E-commerce product manager", "online", ("viewer@online",), "America/Sao_Paulo"
    ),
    Someone(
        "wanjiru.kamau",
        "Wanjiru Kamau",
        "Team lead, online analytics (new)",
        "online",
        ("contributor@online",),
        "Africa/Nairobi",
    ),
    Someone(
        "aroha.ngata", "Aroha Ngata", "Store operations director", "stores", ("viewer@stores",), "Pacific/Auckland"
    ),
)

LOGISTICS: tuple[Someone, ...] = (
    Someone(
        "pieter.vandermeer",
        "Pieter van der Meer",
        "Managing director, Logistics",
        "logistics",
        ("executive@logistics",),
        "Europe/Amsterdam",
    ),
    Someone(
        "agnieszka.wrona",
        "Agnieszka Wrona",
        "Head of planning, Logistics",
        "logistics",
        ("unit_lead@logistics",),
        "Europe/Warsaw",
    ),
    Someone("tomasz.nowak", "Tomasz Nowak", "Data scientist", "parcel", ("contributor@logistics",), "Europe/Warsaw"),
    Someone("hana.dvorak", "Hana Dvořák", "Data scientist", "parcel", ("contributor@parcel",), "Europe/Prague"),
    Someone("emeka.nwosu", "Emeka Nwosu", "Depot network manager", "depots", ("viewer@depots",), "Africa/Lagos"),
    Someone(
        "celine.fontaine",
        "Céline Fontaine",
        "Customer promise manager",
        "parcel",
        ("viewer@parcel",),
        "Europe/Brussels",
    ),
    Someone("bjorn.eklund", "Björn Eklund", "Freight planner", "freight", ("viewer@freight",), "Europe/Stockholm"),
    Someone(
        "rashid.karimov", "Rashid Karimov", "Freight analyst", "freight", ("contributor@freight",), "Asia/Tashkent"
    ),
)

ENERGY: tuple[Someone, ...] = (
    Someone(
        "astrid.halvorsen",
        "Astrid Halvorsen",
        "Managing director, Energy",
        "energy",
        ("executive@energy",),
        "Europe/Oslo",
    ),
    Someone(
        "miguel.santos", "Miguel Santos", "Head of analytics, Energy", "energy", ("unit_lead@energy",), "Europe/Lisbon"
    ),
    Someone("maryam.okafor", "Maryam Okafor", "Data scientist", "networks", ("contributor@energy",), "Africa/Lagos"),
    Someone(
        "dmitri.volkov", "Dmitri Volkov", "Power trading manager", "networks", ("viewer@networks",), "Europe/Helsinki"
    ),
    Someone(
        "lucia.herrera",
        "Lucía Herrera",
        "Solar portfolio manager",
        "renewables",
        ("viewer@renewables",),
        "Europe/Madrid",
    ),
    Someone("tariq.aziz", "Tariq Aziz", "Data scientist", "renewables", ("contributor@renewables",), "Asia/Karachi"),
    Someone(
        "eilidh.macrae", "Eilidh MacRae", "Field service manager", "metering", ("viewer@metering",), "Europe/London"
    ),
)

FINANCE: tuple[Someone, ...] = (
    Someone(
        "charlotte.beaumont",
        "Charlotte Beaumont",
        "Managing director, Finance",
        "finance",
        ("executive@finance",),
        "Europe/Paris",
    ),
    Someone(
        "kwame.mensah", "Kwame Mensah", "Head of risk analytics", "finance", ("unit_lead@finance",), "Africa/Accra"
    ),
    Someone("mei.lin", "Mei Lin", "Data scientist", "payments", ("contributor@finance",), "Asia/Shanghai"),
    Someone("arjun.patel", "Arjun Patel", "Data scientist", "lending", ("contributor@finance",), "Asia/Kolkata"),
    Someone(
        "ottoline.grey", "Ottoline Grey", "Head of card operations", "payments", ("viewer@payments",), "Europe/London"
    ),
    Someone(
        "nikolai.petrov", "Nikolai Petrov", "Credit policy manager", "lending", ("viewer@lending",), "Europe/Sofia"
    ),
    Someone(
        "fatima.elamrani",
        "Fatima El Amrani",
        "Accounts payable manager",
        "shared-services",
        ("viewer@shared-services",),
        "Africa/Casablanca",
    ),
)

MANUFACTURING: tuple[Someone, ...] = (
    Someone("johanna.weiss", "Johanna Weiß", "Managing director, Manufacturing", "manufacturing", ("executive@manufacturing",), "Europe/Berlin"),
    Someone("carlos.mendoza", "Carlos Mendoza", "Head of production engineering", "manufacturing", ("unit_lead@manufacturing",), "America/Mexico_City"),
    Someone("nguyen.thi.lan", "Nguyễn Thị Lan", "Data scientist", "stamping", ("contributor@manufacturing",), "Asia/Ho_Chi_Minh"),
    Someone("erik.johansen", "Erik Johansen", "Maintenance planner", "stamping", ("viewer@stamping",), "Europe/Copenhagen"),
    Someone("sadia.rahman", "Sadia Rahman", "Quality manager", "assembly", ("viewer@assembly",), "Asia/Dhaka"),
    Someone("tevita.fonua", "Tevita Fonua", "Line engineer", "assembly", ("contributor@assembly",), "Pacific/Tongatapu"),
    Someone("zeynep.aydin", "Zeynep Aydın", "Process analyst", "assembly", ("contributor@assembly",), "Europe/Istanbul"),
    Someone("hugo.lemaire", "Hugo Lemaire", "Plant manager", "stamping", ("viewer@manufacturing",), "Europe/Paris"),
)  # fmt: skip

STAFF = (*EVERYWHERE, *HEALTH, *RETAIL, *LOGISTICS, *ENERGY, *FINANCE, *MANUFACTURING)
# The first administrator: nobody could add them through the portal, as it had no people yet.
FOUNDER = EVERYWHERE[0]

# Whom the sign-in page offers, and what they can try. No commas: the texts travel in a setting that has them between.
SIGN_IN: tuple[tuple[str, str], ...] = (
    ("amara.okoye", "Compares the verticals: open the scoreboard and follow a figure down to its run in MLflow"),
    ("noor.haddad", "Acts on a churn model: see whether it can be trusted today and go on talking with her mentor"),
    ("iris.chen", "Builds models: look through her runs then bind a KPI or enter a value"),
    ("wanjiru.kamau", "New in the group: start a project and follow the path or ask a mentor when she is stuck"),
    ("rosalind.achebe", "Mentors teams: two requests wait for her answer; look why they came to her and take one on"),
    ("tomas.vega", "Runs what is in production: check the sources and find the one that stopped answering"),
    ("daniel.hartmann", "Leads Retail: see where his new teams stand and sign for a pilot that his unit takes part in"),
    ("agnieszka.wrona", "Leads Logistics planning: move a project to its next stage or raise a target"),
    ("ingrid.solberg", "Runs the centre: give what waits to a mentor by hand and see the load and what each KPI means"),
    ("bjorn.eklund", "Sees what the company and Freight share: a mentor helps him with an arrival time"),
)

"""Logistics' projects."""

from demo.world.shape import Move, Plan, Word

PROJECTS: tuple[Plan, ...] = (
    Plan(
        "parcel-volume-forecast", "parcel", "tomasz.nowak",
        "Depots plan their shifts by last week's parcels. On a wrong day a hundred people wait, or ten thousand parcels do.",
        "How many people each depot calls in for tomorrow.",
        began=745, sponsor="pieter.vandermeer",
        team=("tomasz.nowak:data_science", "hana.dvorak:data_science", "emeka.nwosu:business", "priya.raghunathan:data_engineering", "tomas.vega:ml_operations"),
        stakeholders=("celine.fontaine", "agnieszka.wrona"), techniques=("time series", "gradient boosting"), domains=("capacity", "parcels"),
        delivery="batch", effort=3, value=5, annual_value=1_700_000, risk="low",
        links=(("Shift planner's guide", "https://wiki.larkfield.example/parcel-volume"),),
        moves=(
            Move("exploration", 715, "Scans of all depots are in one place"),
            Move("pilot", 600, "Three depots plan by it"),
            Move("production", 400, "Overtime in the three depots fell by a quarter", by="lead"),
        ),
        words=(
            Word(110, "at_risk", "Since a new carrier joined, volumes follow another rhythm and the error creeps up."),
            Word(22, "at_risk", "We train on the last seven months only. It helps, but it is not enough yet."),
        ),
    ),
    Plan(
        "delivery-time-estimate", "parcel", "hana.dvorak",
        "Recipients are told \"between nine and five\" and are out when the van comes.",
        "Which half hour the recipient is told.",
        began=650, sponsor="celine.fontaine",
        team=("hana.dvorak:data_science", "celine.fontaine:business", "farid.nazari:data_engineering", "yuki.tanaka:ml_operations", "olu.adeyemi:support"),
        techniques=("regression", "gradient boosting"), domains=("parcels", "customers"), delivery="rest", effort=3, value=4, annual_value=1_150_000, risk="low",
        moves=(
            Move("exploration", 600, "The vans report their place every minute"),
            Move("pilot", 505, "Two cities"),
            Move("production", 385, "Second delivery attempts fell by a sixth", by="lead"),
        ),
        words=(Word(180, "on_track", "Renamed the experiment; the old name said nothing to anybody."), Word(26, "on_track", "Off by less than ten minutes on most tours.")),
    ),
    Plan(
        "address-quality", "parcel", "hana.dvorak",
        "One parcel in sixty comes back because the driver does not find the door.",
        "Whether the shop asks the customer to look at the address again.",
        began=560, sponsor="celine.fontaine", team=("hana.dvorak:data_science", "celine.fontaine:business"),
        techniques=("classification", "random forest"), domains=("parcels",), delivery="rest", effort=2, value=3, annual_value=430_000, risk="low",
        moves=(Move("exploration", 500, "Returned parcels carry a reason code"), Move("pilot", 378, "One web shop asks its customers")),
        words=(Word(170, "at_risk", "The person who trained it left. Retraining waits for a successor."), Word(65, "off_track", "Still nobody. The figures on the scoreboard are from spring.")),
    ),
    Plan(
        "tour-planning", "depots", "emeka.nwosu",
        "Tours are cut by postcode, as they were in 1998.",
        "Which streets make up a tour.",
        name="Tour planning", summary="Cuts the delivery area of a depot into tours of about equal length, anew each morning.",
        began=600, sponsor="pieter.vandermeer", team=("tomasz.nowak:data_science", "emeka.nwosu:business", "yuki.tanaka:ml_operations"),
        techniques=("optimisation",), domains=("parcels",), delivery="embedded", effort=4, value=4, annual_value=1_400_000, risk="medium",
        moves=(
            Move("exploration", 555, "One depot offers its tours for a trial"),
            Move("pilot", 400, "The depot drives 7 % fewer kilometres"),
            Move("production", 205, "Eleven depots; drivers' council agreed. The optimiser logs to no model server yet; the centre lets it run with monthly figures by hand", by="marguerite.delacroix", override=True),
        ),
        words=(Word(40, "on_track", "Four more depots in spring."),),
    ),
    Plan(
        "damage-photo-claims", "depots", "agnieszka.wrona",
        "Claims for damaged parcels wait two weeks for a person to look at a photo.",
        "Which claims are paid without a second look.",
        name="Damage photo claims", summary="Reads photos of damaged parcels and pays the clear claims at once.",
        began=330, sponsor="celine.fontaine", team=("leilani.kealoha:data_science",), techniques=("computer vision",), domains=("claims",), delivery="rest", effort=3, value=3, annual_value=380_000, risk="medium",
        moves=(Move("exploration", 250, "Sixty thousand photos with a decision each"), Move("pilot", 80, "Claims under fifty euros, in one country")),
        words=(Word(21, "on_track", "Nine of ten decisions agree with the clerk's."),),
    ),
    Plan(
        "freight-consolidation", "freight", "rashid.karimov",
        "Lorries leave a third empty.",
        "Which shipments share a lorry.",
        name="Freight consolidation", summary="Finds shipments that can share a lorry without arriving late.",
        began=220, sponsor="agnieszka.wrona", team=("rashid.karimov:data_science", "bjorn.eklund:business"), techniques=("optimisation",), domains=("freight",), delivery="bi", effort=4, value=4, annual_value=950_000, risk="low", visibility="unit",
        moves=(Move("exploration", 130, "A year of bookings with weights and volumes"),),
        words=(Word(33, "at_risk", "Volumes are missing in a quarter of the bookings."),),
    ),
    Plan(
        "fuel-saving-coach", "freight", "bjorn.eklund",
        "Drivers learn of their fuel use once a year.",
        "What a driver is told at the end of a shift.",
        name="Fuel saving coach", summary="Tells each driver at the end of the shift where fuel was lost.",
        began=50, techniques=("regression",), domains=("freight", "sustainability"), effort=2, value=3, annual_value=300_000, risk="medium",
    ),
    Plan(
        "customs-code-help", "freight", "rashid.karimov",
        "Customs codes are looked up by hand in a book of two thousand pages.",
        "Which customs code the clerk is offered first.",
        name="Customs code help", summary="Offers the clerk the three most likely customs codes for a description of goods.",
        began=110, sponsor="pieter.vandermeer", techniques=("text classification",), domains=("freight",), effort=1, value=3, annual_value=210_000, risk="low",
    ),
)  # fmt: skip

"""Manufacturing's projects."""

from demo.world.shape import Move, Plan, Word

PROJECTS: tuple[Plan, ...] = (
    Plan(
        "defect-detection", "stamping", "nguyen.thi.lan",
        "The old reader confuses 3 and 8, and a part with the wrong mark stops the customer's line, not ours.",
        "Which parts are taken off the belt.",
        began=705, sponsor="johanna.weiss",
        team=("nguyen.thi.lan:data_science", "leilani.kealoha:data_science", "hugo.lemaire:business", "tomas.vega:ml_operations"),
        stakeholders=("sadia.rahman",), techniques=("computer vision", "logistic regression"), domains=("quality",),
        delivery="embedded", effort=3, value=5, annual_value=1_350_000, risk="medium",
        links=(("Line 3 handbook", "https://wiki.larkfield.example/line3"),),
        moves=(
            Move("exploration", 660, "The camera of line 3 keeps its images"),
            Move("pilot", 540, "Reads beside the old reader"),
            Move("production", 394, "No wrong mark has left line 3 for six weeks", by="lead"),
        ),
        words=(Word(125, "on_track", "Line 4 gets the same camera."), Word(17, "on_track", "Fewer false stops each month, as images come in.")),
    ),
    Plan(
        "predictive-maintenance", "stamping", "nguyen.thi.lan",
        "Presses are serviced by the calendar and stop in between.",
        "Which press is serviced at the weekend.",
        began=680, sponsor="carlos.mendoza",
        team=("nguyen.thi.lan:data_science", "erik.johansen:business", "farid.nazari:data_engineering", "yuki.tanaka:ml_operations"),
        stakeholders=("hugo.lemaire",), techniques=("classification", "sensor data"), domains=("maintenance",), delivery="batch", effort=3, value=4, annual_value=1_600_000, risk="medium",
        moves=(
            Move("exploration", 630, "Vibration of forty presses"),
            Move("pilot", 525, "Ten presses are serviced by it"),
            Move("production", 384, "Unplanned stops of the ten fell by a third", by="lead"),
        ),
        words=(Word(105, "at_risk", "The new alloy wears tools in another way, and the figure slips."), Word(32, "at_risk", "One training failed; a search over settings still runs.")),
    ),
    Plan(
        "weld-seam-inspection", "assembly", "tevita.fonua",
        "Seams are tested by X-ray on every fiftieth part.",
        "Which parts go to the X-ray.",
        began=430, sponsor="carlos.mendoza", team=("tevita.fonua:data_science", "sadia.rahman:business"), stakeholders=("amara.okoye",),
        name="Weld seam inspection", summary="Finds weak welds from the current of the welding robot, while the part is still clamped.",
        techniques=("classification", "sensor data"), domains=("quality",), delivery="embedded", effort=3, value=4, annual_value=690_000, risk="medium",
        moves=(Move("exploration", 380, "The robots log their current"), Move("pilot", 260, "Two robots; the plant runs its own model server")),
        words=(Word(8, "at_risk", "The plant's model server was switched off when the hall was rewired. Nothing new can be read from it."),),
    ),
    Plan(
        "energy-use-of-ovens", "assembly", "zeynep.aydin",
        "The ovens heat all night for a shift that starts at six.",
        "When each oven is switched on.",
        name="Energy use of ovens", summary="Says when each drying oven has to be switched on to be warm in time, and not before.",
        began=350, sponsor="johanna.weiss", team=("zeynep.aydin:data_science", "tevita.fonua:business"), techniques=("regression",), domains=("sustainability",), delivery="bi", effort=1, value=3, annual_value=240_000, risk="low",
        moves=(
            Move("exploration", 320, "Quick win: meters and shift plans are there"),
            Move("pilot", 250, "Two ovens of five"),
            Move("production", 145, "A tenth less gas, and no shift began cold. Too small for a model server; the plant runs it from a sheet and the centre agreed", by="marguerite.delacroix", override=True),
        ),
        words=(Word(36, "on_track", "All five ovens."),),
    ),
    Plan(
        "spare-part-demand", "stamping", "erik.johansen",
        "Two million euros of spare parts lie on the shelf; the one that is needed does not.",
        "Which spare parts are kept in stock.",
        name="Spare part demand", summary="Forecasts which spare parts will be needed in the next quarter.",
        began=70, sponsor="carlos.mendoza", techniques=("time series",), domains=("maintenance", "supply"), effort=2, value=4, annual_value=500_000, risk="low",
    ),
    Plan(
        "operator-assistant", "assembly", "zeynep.aydin",
        "Faults are looked up in binders that stand in another hall.",
        "What an operator tries first when a machine stops.",
        name="Operator assistant", summary="Answers an operator's question about a fault from the machine's own manual.",
        began=160, team=("tevita.fonua:business",), techniques=("language models",), domains=("maintenance",), delivery="rest", effort=4, value=3, annual_value=330_000, risk="medium", visibility="unit",
        moves=(Move("exploration", 90, "Manuals of twelve machines are scanned"),),
        words=(Word(27, "at_risk", "Good answers for ten of the twelve machines."),),
    ),
)  # fmt: skip

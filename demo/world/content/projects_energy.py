"""Energy's projects."""

from demo.world.shape import Move, Plan, Word

PROJECTS: tuple[Plan, ...] = (
    Plan(
        "load-forecast", "networks", "maryam.okafor",
        "Power is bought a day ahead by yesterday's load. What is wrong is paid for at the balancing price.",
        "How much power is bought for each hour of tomorrow.",
        began=742, sponsor="astrid.halvorsen",
        team=("maryam.okafor:data_science", "bartosz.zielinski:data_science", "dmitri.volkov:business", "farid.nazari:data_engineering", "tomas.vega:ml_operations"),
        stakeholders=("lucia.herrera", "miguel.santos"), techniques=("time series", "gradient boosting"), domains=("trading", "networks"),
        delivery="batch", effort=3, value=5, annual_value=2_600_000, risk="medium",
        links=(("Desk handbook", "https://wiki.larkfield.example/load"),),
        moves=(
            Move("exploration", 712, "Hourly load of all areas, with the weather"),
            Move("pilot", 580, "The desk sees it beside its own figure"),
            Move("production", 402, "Balancing cost fell by a tenth in the trial winter", by="lead"),
        ),
        words=(Word(210, "on_track", "The desk trusts it on working days and overrides it on holidays."), Word(16, "on_track", "Better again with the last month of data.")),
    ),
    Plan(
        "meter-anomaly-alerts", "metering", "maryam.okafor",
        "Broken meters are found at the yearly reading, when the bill is already wrong.",
        "To which meter a technician drives.",
        began=540, sponsor="miguel.santos", team=("maryam.okafor:data_science", "eilidh.macrae:business", "priya.raghunathan:data_engineering"),
        techniques=("anomaly detection", "random forest"), domains=("metering",), delivery="streaming", effort=3, value=3, annual_value=520_000, risk="low",
        moves=(Move("exploration", 490, "Smart meters of one city"), Move("pilot", 376, "Technicians of one city drive by the list")),
        words=(Word(70, "off_track", "Technicians complain of false alarms since the firmware update."), Word(24, "at_risk", "We judge it by the best of the last three months until the new firmware is understood.")),
    ),
    Plan(
        "solar-yield-forecast", "renewables", "tariq.aziz",
        "The output of the solar parks is sold by the plant maker's clear-sky figure.",
        "How much solar power is offered a day ahead.",
        began=640, sponsor="lucia.herrera", stakeholders=("amara.okoye",),
        team=("tariq.aziz:data_science", "lucia.herrera:business", "yuki.tanaka:ml_operations"),
        techniques=("regression",), domains=("trading", "renewables"), delivery="batch", effort=2, value=4, annual_value=880_000, risk="low",
        moves=(
            Move("exploration", 590, "Ten parks have weather stations"),
            Move("pilot", 510, "Offers of two parks"),
            Move("production", 390, "All parks; penalties are down by a third", by="lead"),
        ),
        words=(Word(140, "on_track", "Good summer."), Word(9, "off_track", "The last retraining came out as **not a number**: a station now reports in other units. The desk uses the former model.")),
    ),
    Plan(
        "cable-failure-risk", "networks", "miguel.santos",
        "Cables are replaced by age, though old ones are often sound.",
        "Which cables are replaced next year.",
        name="Cable failure risk", summary="Ranks buried cables by the chance of a failure, for the yearly replacement plan.",
        began=450, sponsor="astrid.halvorsen", team=("maryam.okafor:data_science", "dmitri.volkov:business"), techniques=("survival analysis",), domains=("networks",), delivery="bi", effort=3, value=4, annual_value=1_050_000, risk="medium",
        moves=(Move("exploration", 370, "Failures since 2004 are on the map now"), Move("pilot", 155, "The plan of one region is made with it")),
        words=(Word(48, "on_track", "The region moved 14 km of cable up in its plan."),),
    ),
    Plan(
        "wind-farm-icing", "renewables", "tariq.aziz",
        "Turbines stop for ice that is not there.",
        "When a turbine is stopped for ice.",
        name="Wind farm icing", summary="Tells ice on the blades from other causes of lost power.",
        began=280, sponsor="lucia.herrera", techniques=("classification", "sensor data"), domains=("renewables",), delivery="streaming", effort=4, value=3, annual_value=460_000, risk="high",
        moves=(Move("exploration", 200, "Two winters of one farm"),),
        words=(Word(55, "at_risk", "We need the maker's leave to read the controller."),),
    ),
    Plan(
        "tariff-advice", "metering", "eilidh.macrae",
        "Customers stay in tariffs that do not fit them and then leave.",
        "Which tariff a customer is offered in the yearly letter.",
        name="Tariff advice", summary="Offers each household the tariff that would have been cheapest for it last year.",
        began=120, techniques=("segmentation",), domains=("customers",), effort=2, value=3, annual_value=350_000, risk="medium",
    ),
    Plan(
        "outage-call-forecast", "networks", "dmitri.volkov",
        "After a storm the hotline was always short of people.",
        "How many people the hotline called in after a storm warning.",
        name="Outage call forecast", summary="Forecast calls to the outage hotline; the hotline has since been outsourced.",
        began=733, techniques=("time series",), domains=("customers",), delivery="bi", effort=1, value=2, annual_value=70_000, risk="low",
        moves=(Move("exploration", 700, "Calls of five storms"), Move("pilot", 640, "One winter"), Move("retired", 350, "The hotline is run by a contractor now")),
    ),
)  # fmt: skip

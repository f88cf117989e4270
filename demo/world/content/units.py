"""The verticals of the Larkfield Group and their parts."""

from demo.world.shape import Unit

GROUP = "Larkfield Group"
DOMAIN = "larkfield.example"

UNITS: tuple[Unit, ...] = (
    Unit("health", "Health"),
    Unit("hospitals", "Hospitals", "health"),
    Unit("diagnostics", "Diagnostics", "health"),
    Unit("outpatient", "Outpatient care", "health"),
    Unit("retail", "Retail"),
    Unit("stores", "Stores", "retail"),
    Unit("online", "Online shop", "retail"),
    Unit("loyalty", "Loyalty", "retail"),
    Unit("pricing", "Pricing", "retail"),
    Unit("logistics", "Logistics"),
    Unit("parcel", "Parcel", "logistics"),
    Unit("depots", "Depots", "logistics"),
    Unit("freight", "Freight", "logistics"),
    Unit("energy", "Energy"),
    Unit("networks", "Networks", "energy"),
    Unit("renewables", "Renewables", "energy"),
    Unit("metering", "Metering", "energy"),
    Unit("finance", "Finance"),
    Unit("payments", "Payments", "finance"),
    Unit("lending", "Lending", "finance"),
    Unit("shared-services", "Shared services", "finance"),
    Unit("manufacturing", "Manufacturing"),
    Unit("stamping", "Stamping", "manufacturing"),
    Unit("assembly", "Assembly", "manufacturing"),
)

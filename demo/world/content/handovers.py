"""Which versions of which models were handed over, month by month of the training's year, and what waits now."""

from demo.world.shape import HandoverPlan, Pending

_TOMAS, _YUKI = "tomas.vega", "yuki.tanaka"

HANDOVERS: tuple[HandoverPlan, ...] = (
    HandoverPlan("tumour-triage-support", "tumour-triage", _TOMAS, (0, 3, 6, 9), pending=Pending(11, "in_review")),
    HandoverPlan("readmission-risk", "readmission-risk", _TOMAS, (0, 3, 7, 11)),
    HandoverPlan("customer-churn", "customer-churn", _TOMAS, (0, 3, 6, 9, 11), twice=9, withdrawn=10),
    HandoverPlan("store-demand-forecast", "store-demand", _YUKI, (0, 3, 6, 9), pending=Pending(11, "late")),
    HandoverPlan("parcel-volume-forecast", "parcel-volume", _TOMAS, (0, 5, 8, 11)),
    HandoverPlan("delivery-time-estimate", "delivery-time", _YUKI, (3, 7, 11)),
    HandoverPlan("load-forecast", "load-forecast", _TOMAS, (0, 4, 8, 11)),
    HandoverPlan("solar-yield-forecast", "solar-yield", _YUKI, (1, 4, 7, 10), pending=Pending(11, "returned")),
    HandoverPlan("card-fraud-detection", "card-fraud", _TOMAS, (0, 3, 7, 9, 11), twice=7, withdrawn=8),
    HandoverPlan("credit-default-risk", "credit-default", _YUKI, (0, 3, 6, 9), twice=0, pending=Pending(10, "in_review")),
    HandoverPlan("invoice-matching", "invoice-matching", _TOMAS, (0, 4, 8, 11)),
    HandoverPlan("defect-detection", "part-mark-reader", _TOMAS, (0, 3, 6, 9, 11)),
    HandoverPlan("predictive-maintenance", "press-stop-risk", _TOMAS, (0, 3, 6, 9), pending=Pending(11, "submitted")),
)  # fmt: skip
# The projects that go into production with their first accepted handoff.
HANDED_OVER = frozenset(plan.project for plan in HANDOVERS)

# A first model under a name that said nothing to anybody, taken out of use when its successor was in production.
RETIRED_MODEL = HandoverPlan("delivery-time-estimate", "eta-v1", _YUKI, (0,))
RETIRED_IN = 4

# Pilots: project, model, and how far the handoff of the newest version is.
PILOT = HandoverPlan("diabetes-progression", "diabetes-progression", _TOMAS, ())
# Its team logs no signature, so the check fails until it does: the draft stays a draft.
PILOT_IN_DRAFT = HandoverPlan("address-quality", "address-quality", _YUKI, ())

# The model whose alias somebody moved on the server itself.
DRIFTED = "solar-yield"
# The model that gets one more version when the year is told, which opens a draft by itself.
NEW_VERSION_OF = "customer-churn"

"""What people decided about the names of metrics, and which of them beside the main one they bound to a KPI."""

from demo.world.shape import Bound, Goal

# By which KPI each project with a model is judged.
MAIN: dict[str, str] = {
    "tumour-triage-support": "auc",
    "readmission-risk": "auc",
    "diabetes-progression": "rmse",
    "customer-churn": "auc",
    "store-demand-forecast": "mape",
    "price-elasticity": "r-squared",
    "parcel-volume-forecast": "mape",
    "delivery-time-estimate": "mae",
    "address-quality": "f1",
    "load-forecast": "mape",
    "meter-anomaly-alerts": "average-precision",
    "solar-yield-forecast": "rmse",
    "card-fraud-detection": "auc",
    "credit-default-risk": "auc",
    "invoice-matching": "f1",
    "defect-detection": "f1",
    "predictive-maintenance": "auc",
    "weld-seam-inspection": "auc",
}
# No alias can be moved in the past, so what stands behind one is known from the first sync on. These two projects had the
# values of all their versions bound before they had an alias, and kept it so: their year can be seen.
MAIN_SELECTORS = {"tumour-triage-support": "latest", "customer-churn": "latest"}

MAPPED: dict[str, str] = {
    "auc": "auc",
    "roc_auc": "auc",
    "val_auc": "auc",
    "test_auc_score": "auc",
    "f1": "f1",
    "f1_score": "f1",
    "f1_macro": "f1",
    "average_precision": "average-precision",
    "pr_auc": "average-precision",
    "mape": "mape",
    "mape_pct": "mape",
    "MAPE_test": "mape",
    "rmse": "rmse",
    "rmse_mw": "rmse",
    "mae": "mae",
    "mae_units": "mae",
    "MAE_test": "mae",
    "accuracy": "accuracy",
    "r2": "r-squared",
    "R2": "r-squared",
    "r2_score": "r-squared",
}
# They say how long or how large, not how good.
IGNORED = (
    "fit_seconds", "fit_s", "train_time", "secs_fit", "wallclock_fit", "n_rows", "rows", "txn_count", "tours",
    "patients_in_train", "images_seen", "hours_of_history", "model_kb",
)  # fmt: skip
# Everything else waits: nobody has decided yet.

# The score of the rule that was in use before is the baseline of each, as it is of the main ones.
BESIDE: tuple[Bound, ...] = (
    Bound("customer-churn", "f1", "f1", 0.55, "Every second call should be worth it"),
    Bound("readmission-risk", "average-precision", "pr_auc", 0.58, "As in the two wards of the trial"),
    Bound("card-fraud-detection", "average-precision", "ap", 0.30, "What two investigators can work through"),
    Bound("credit-default-risk", "f1", "f1_score", 0.40, "Asked for by the branches"),
    Bound("store-demand-forecast", "mae", "mae_units", 7.5, "Less than one crate"),
    Bound("delivery-time-estimate", "rmse", "rmse", 12.0, "Hardly a tour more than half an hour late"),
    Bound("diabetes-progression", "r-squared", "r2", 0.50, "Half of what varies"),
    Bound("defect-detection", "accuracy", "accuracy", 0.92, "As good as a second pair of eyes", selector="latest"),
)

# What was aimed at first, where the target that is in force now is higher: (first target, its ground, when it was raised).
FIRST_TARGETS: dict[str, Goal] = {
    "defect-detection": Goal(0.85, 150, "As good as the best reader on the market; raised when line 4 asked for it"),
}

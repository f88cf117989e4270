"""What people decided about the names of metrics, and which of them beside the main one they bound to a KPI."""

from demo.world.shape import Bound, Goal

# The measure by which a team judges its model, and the KPI that it is.
KPI_OF_MEASURE = {
    "auc": "auc",
    "f1": "f1",
    "f1_macro": "f1",
    "average_precision": "average-precision",
    "mape": "mape",
    "mape_percent": "mape",
    "rmse": "rmse",
    "mae": "mae",
    "r2": "r-squared",
    "accuracy": "accuracy",
}

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
    Bound("defect-detection", "accuracy", "accuracy", 0.92, "As good as a second pair of eyes"),
)

# What was aimed at first, where the target that is in force now is higher: (first target, its ground, when it was raised).
FIRST_TARGETS: dict[str, Goal] = {
    "defect-detection": Goal(0.85, 150, "As good as the best reader on the market; raised when line 4 asked for it"),
}

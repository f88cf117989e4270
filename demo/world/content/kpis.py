"""What the group measures. The order is the order of columns on the scoreboard."""

from demo.world.shape import KpiPlan

KPIS: tuple[KpiPlan, ...] = (
    KpiPlan("auc", "AUC", "How often the model puts a true case above a false one; a coin would reach 0.5.", "model_quality", "ratio", "higher", "median", 45, 0.0, 1.0),
    KpiPlan("f1", "F1", "One figure for finding the cases and being right about them; 1 is without error.", "model_quality", "ratio", "higher", "median", 45, 0.0, 1.0),
    KpiPlan("average-precision", "Average precision", "How many alerts are right, over all thresholds, where true cases are rare.", "model_quality", "ratio", "higher", "median", 95, 0.0, 1.0),
    KpiPlan("mape", "Forecast error (MAPE)", "By how much of the true amount a forecast is wrong, on average.", "model_quality", "ratio", "lower", "median", 45, 0.0, 5.0),
    KpiPlan("rmse", "Typical error (RMSE)", "How far off an estimate typically is, in the project's own unit; large misses weigh more.", "model_quality", "score", "lower", "worst", 45, 0.0, None),
    KpiPlan("mae", "Average miss (MAE)", "How far off an estimate is on average, in the project's own unit.", "model_quality", "score", "lower", "median", 45, 0.0, None),
    KpiPlan("accuracy", "Accuracy", "The share of cases that the model gets right.", "model_quality", "ratio", "higher", "mean", 45, 0.0, 1.0),
    KpiPlan("r-squared", "Share explained (R²)", "How much of what varies the model explains; 1 is all of it, 0 is no better than the average.", "model_quality", "ratio", "higher", "median", 45, None, 1.0),
    KpiPlan("realised-value", "Realised value a year", "What the project brought in or saved over the last twelve months, as finance counts it.", "business_value", "currency", "higher", "sum", 45, 0.0, None),
    KpiPlan("hours-saved", "Hours saved a month", "Working hours a month that people no longer spend on the task.", "business_value", "count", "higher", "sum", 45, 0.0, None),
    KpiPlan("adoption", "Use by intended users", "The share of the people it was made for who used it in the month.", "adoption", "percent", "higher", "weighted_mean", 45, 0.0, 100.0),
    KpiPlan("runs-on-time", "Runs on time", "The share of scheduled runs whose result was there when people needed it.", "reliability", "percent", "higher", "mean", 45, 0.0, 100.0),
    KpiPlan("score-latency", "Answer time", "The time within which 95 of 100 requests are answered, in milliseconds.", "reliability", "score", "lower", "worst", 45, 0.0, None),
    KpiPlan("documentation", "Documentation complete", "The share of the documents that the risk tier asks for that exist and are current.", "responsibility", "percent", "higher", "mean", 100, 0.0, 100.0),
)  # fmt: skip

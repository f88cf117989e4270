"""Answers that were there already: days ago, who found it, the topic, and the guide's address or the thread's goal."""

SERVED: tuple[tuple[int, str, str, str], ...] = (
    (201, "hana.dvorak", "leakage", "put-a-hold-out-aside"),
    (160, "tevita.fonua", "leakage", "Find features that know the future"),
    (140, "grace.mwangi", "baseline", "choose-a-baseline"),
    (121, "zeynep.aydin", "mlflow", "log-a-run"),
    (97, "rashid.karimov", "evaluation", "Keep a hold-out that nobody peeks into"),
    (83, "tariq.aziz", "thresholds", "Give the press alarm a threshold that the foremen accept"),
    (62, "hana.dvorak", "kpis", "set-a-target"),
    (48, "tevita.fonua", "mlflow", "Log the data version with every run"),
    (31, "sadia.rahman", "drift", "a-model-drifts"),
    (19, "wanjiru.kamau", "first steps", "propose-a-project"),
    (12, "grace.mwangi", "calibration", "Make the fraud score mean a probability again"),
    (9, "bjorn.eklund", "kpis", "choose-a-baseline"),
    (3, "wanjiru.kamau", "evaluation", "Rank search results without clicks on page two"),
)

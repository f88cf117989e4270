"""Pictures in guides, drawn of what they speak of."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from demo.training.fitting import holdout_rows, predict, train
from demo.training.portfolio import CASES, SEED
from demo.training.shape import Case

_GREEN, _GREY, _INK = "#1f6f5c", "#8a8f98", "#22262b"
BANDS = (0, 10, 20, 40, 60, 80, 101)


def draw(what: str, about: str) -> bytes:
    """A PNG by the name that the head of a text gives it. Raises `KeyError` for a name that nobody draws."""
    return {"bands": _bands, "index": _index, "channel": _channel}[what](about)


def rates(case: Case, month: int) -> list[tuple[str, int, float]]:
    """By bands of scores from 0 to 100: their name, how many of the hold-out are in them, how many in 100 were a yes.

    The model is fitted again as in that month: same rows, same settings, so the same model.
    """
    frame = holdout_rows(case, SEED, month)
    # Several threads would wait for each other longer than so small a fit takes.
    with threadpool_limits(1):
        scores = 100 * predict(case, train(case, SEED, month).model, frame)
    truth = frame[case.recipe.target].to_numpy(dtype=float)
    found = []
    for low, high in pairwise(BANDS):
        chosen = (scores >= low) & (scores < high)
        found.append((f"{low} to {min(high - 1, 100)}", int(chosen.sum()), 100 * float(truth[chosen].mean())))
    return found


def _bands(model: str) -> bytes:
    case = next(one for one in CASES if one.model == model)
    found = rates(case, 11)
    figure, axes = _figure(3.2)
    bars = axes.bar([name for name, _, _ in found], [rate for _, _, rate in found], color=_GREEN, width=0.7)
    axes.bar_label(bars, [f"{rate:.0f}" for _, _, rate in found], fontsize=9, color=_INK)
    axes.set_ylabel("of 100", fontsize=9)
    axes.set_xlabel("score", fontsize=9)
    axes.set_title("Of the card holders in each band of scores, how many left", loc="left", fontsize=10)
    return _png(figure)


def _index(_about: str) -> bytes:
    figure, axes = _figure(1.7)
    axes.plot([-30, 130], [0, 0], color=_GREY, linewidth=2)
    for value, name in ((0, "baseline"), (100, "target")):
        axes.plot([value], [0], marker="o", markersize=11, color=_GREY)
        axes.annotate(f"{value}\n{name}", (value, 0), (0, -34), textcoords="offset points", ha="center", fontsize=9)
    axes.plot([66], [0], marker="D", markersize=11, color=_GREEN)
    axes.annotate("66: two thirds of the way", (66, 0), (0, 14), textcoords="offset points", ha="center", fontsize=9)
    axes.annotate("worse than before", (-16, 0), (0, 14), textcoords="offset points", ha="center", fontsize=8)
    axes.annotate("past the target", (118, 0), (0, 14), textcoords="offset points", ha="center", fontsize=8)
    axes.set_ylim(-1, 1)
    axes.axis("off")
    return _png(figure)


def _channel(_about: str) -> bytes:
    figure, axes = _figure(1.7)
    steps = ("your team", "MLflow", "Cairn", "the business")
    for place, name in enumerate(steps):
        box = {"boxstyle": "round,pad=0.6", "facecolor": "white", "edgecolor": _GREEN}
        axes.text(place, 0, name, ha="center", va="center", fontsize=10, bbox=box)
    for place, word in enumerate(("logs", "is read", "shows")):
        arrow = {"arrowstyle": "->", "color": _GREY}
        axes.annotate("", (place + 0.68, 0), (place + 0.34, 0), arrowprops=arrow)
        axes.text(place + 0.5, 0.25, word, ha="center", fontsize=8, color=_INK)
    axes.set_xlim(-0.5, len(steps) - 0.5)
    axes.set_ylim(-1, 1)
    axes.axis("off")
    return _png(figure)


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.8, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    return figure, axes


def _png(figure: Figure) -> bytes:
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()

"""The pictures of seconds_per_10k and client_cost: where matplotlib is installed."""

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from contest import MAKERS
from contest_scores import Scores
from contest_writers import Writer
from scores import SECONDS_ALLOWED, TIME_BOUND, Score

_MARKERS: Final = "osD^v"


def plot(
    path: Path, scores: Sequence[Score], *, published: tuple[float, float]
) -> bool:
    """Draw the scores; return False where there is no matplotlib to do it.

    Args:
        path: the PNG file.
        scores: of all workloads and writers.
        published: rate and seconds of the course guide's script.
    """
    if find_spec("matplotlib") is None:
        return False
    import matplotlib as mpl  # noqa: PLC0415 -- an optional extra, and slow to import

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 -- after the choice of backend

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.2))
    _seconds(left, [score for score in scores if score.workload == "users"], published)
    _efficiency(right, [score for score in scores if score.writer == "ddbbulk"])
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return True


def _seconds(
    axes: Any,  # noqa: ANN401 -- matplotlib is not there for every type check
    scores: Sequence[Score],
    published: tuple[float, float],
) -> None:
    for marker, (writer, group) in zip(_MARKERS, _by(scores, "writer"), strict=False):
        rates = [score.wcu for score in group]
        seconds = [score.seconds_per_10k for score in group]
        axes.plot(rates, seconds, marker=marker, label=writer)
        if writer == "ddbbulk":
            floors = [score.floor_per_10k for score in group]
            axes.plot(rates, floors, "k--", linewidth=1, label="floor: units / WCU")
    axes.plot(*published, "k*", markersize=13, label="a course guide's script")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="WCU of the table",
        ylabel="seconds",
        title="Seconds per 10,000 users",
    )
    _label_rates(axes, {score.wcu for score in scores})
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()


def _efficiency(axes: Any, scores: Sequence[Score]) -> None:  # noqa: ANN401 -- matplotlib is not there for every type check
    for marker, (workload, group) in zip(
        _MARKERS, _by(scores, "workload"), strict=False
    ):
        rates = [score.wcu for score in group]
        shares = [score.elapsed_seconds / score.floor_seconds for score in group]
        axes.plot(rates, shares, marker=marker, label=workload)
    rates = sorted({score.wcu for score in scores})
    floor = min((score.floor_seconds for score in scores), default=1.0)
    bound = TIME_BOUND + SECONDS_ALLOWED / floor
    axes.plot(rates, [bound] * len(rates), "k--", linewidth=1, label="promised")
    axes.set(
        xscale="log",
        xlabel="WCU of the table",
        ylabel="elapsed / floor",
        title="ddbbulk: elapsed time by the floor",
    )
    _label_rates(axes, rates)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()


def _label_rates(axes: Any, rates: Iterable[int]) -> None:  # noqa: ANN401 -- matplotlib is not there for every type check
    ticks = sorted(rates)
    axes.set_xticks(ticks, [f"{wcu:,}" for wcu in ticks])
    axes.minorticks_off()


def _by(scores: Iterable[Score], name: str) -> Iterable[tuple[str, list[Score]]]:
    ordered = sorted(scores, key=lambda score: (getattr(score, name), score.wcu))
    for key, group in groupby(ordered, key=lambda score: str(getattr(score, name))):
        yield key, list(group)


def plot_contest(path: Path, scores: Scores, writers: Sequence[Writer]) -> bool:
    """Draw what each writer writes a second; return False where nothing can draw.

    Args:
        path: the PNG file.
        scores: of all workloads.
        writers: in the order of the bars.
    """
    if find_spec("matplotlib") is None:
        return False
    import matplotlib as mpl  # noqa: PLC0415 -- an optional extra, and slow to import

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 -- after the choice of backend

    figure, panels = plt.subplots(1, len(MAKERS), figsize=(16, 5.2), sharey=True)
    names = [writer.name for writer in reversed(writers)]
    colours = ["C0" if writer.is_ours else "C7" for writer in reversed(writers)]
    for axes, workload in zip(panels, MAKERS, strict=True):
        rates = [scores.rate(name, workload) or 0 for name in names]
        bars = axes.barh(names, rates, color=colours)
        labels = [f"{rate:,.0f}" if rate else "" for rate in rates]
        axes.bar_label(bars, labels=labels, padding=3, fontsize=8)
        axes.set(title=workload, xlabel="items/s on one core")
        axes.margins(x=0.25)
        axes.ticklabel_format(axis="x", style="plain")
        axes.tick_params(axis="x", labelsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return True

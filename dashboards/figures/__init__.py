"""Figures: pure functions from tables to Plotly figures, shared by the command line, notebooks and pages.

A figure that is asked for by name, as by ``plot()``, is a line of ``FIGURES`` and a function (``model/drawing.py``).
"""

FIGURES = {
    "calibration": "detente.dashboards.figures.calibration:calibration_figure",
    "card": "detente.dashboards.figures.card:card_figure",
    "compare": "detente.dashboards.figures.compare:compare_figure",
    "comparison-portrait": "detente.dashboards.figures.portrait:comparison_portrait",
    "ensemble-portrait": "detente.dashboards.figures.portrait:ensemble_portrait",
    "lessons": "detente.dashboards.figures.lessons:lessons_figure",
    "parallel": "detente.dashboards.figures.parallel:parallel_figure",
    "process-portrait": "detente.dashboards.figures.portrait:process_portrait",
    "run": "detente.dashboards.figures.run:run_figure",
    "run-portrait": "detente.dashboards.figures.portrait:run_portrait",
    "score": "detente.dashboards.figures.score:score_figure",
    "sensitivity": "detente.dashboards.figures.sensitivity:sensitivity_figure",
    "survival": "detente.dashboards.figures.survival:survival_figure",
    "theories": "detente.dashboards.figures.theories:theories_figure",
    "transfer": "detente.dashboards.figures.transfer:transfer_figure",
}
"""Figure name -> the function that draws it, loaded when it is first asked for."""

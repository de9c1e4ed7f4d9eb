"""Pages from results: one self-contained HTML file each, that opens without a network.

`run_report` the report of one run; `sweep_report` the page of a sweep; `comparison_report` the page of several runs.
`page_frame` the page around the sections, with its style and scripts, and how it is written; `page_data` the numbers a
run's page draws; `run_view` what its sections look at; `figures` numbers as text; `markup` escaped HTML; `svg_marks`
the marks of small pictures; `time_bar` the window in time; `packed_columns` numbers as short text; `level_of_detail`
fewer points for the same picture.
Sections: `headline`, `statistics_section`, `monthly_section`, `symbol_section`, `drawdown_section`, `cost_section`,
`trade_section`, `trade_sketches`, `gap_section`, `manifest_section`, and for sweeps `sweep_sketch`.
`page/` holds the style, our scripts and uPlot.
"""

from tickwright.adapters.reports.comparison_report import ComparedRun, write_comparison_report
from tickwright.adapters.reports.run_report import write_report
from tickwright.adapters.reports.sweep_report import write_sweep_report

__all__ = ["ComparedRun", "write_comparison_report", "write_report", "write_sweep_report"]

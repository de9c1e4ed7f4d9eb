"""Performance measures: one file per measure, pure functions over NumPy arrays.

Inputs: `returns` cuts an equity curve into returns, `periods` counts years and observations in a year, `fill_values`
turns fills into money, `trades` groups them from flat to flat.
Of the curve: `total_return`, `cagr`, `volatility`, `sharpe`, `rolling_sharpe`, `sortino`, `calmar`, `drawdown`,
`ulcer_index`, `omega`, `tail_ratio`, `value_at_risk`, `shape` (skewness, kurtosis), `stability`, `information_ratio`,
`exposure`, `turnover`, `monthly_returns`, `benchmark`.
Of the trades: `win_rate`, `profit_factor`, `expectancy`, `payoff_ratio`, `kelly`, `excursions`, `costs`, `by_symbol`.
Of luck: `probabilistic_sharpe`, `deflated_sharpe`, `autocorrelation`, `drawdown_law`, `arcsine_law`.
`distribution` gathers the finer measures of a run; `divergence` compares two runs decision by decision; `ledger` posts
every movement of money twice and proves the account.
`summary` puts them together as the statistics of a run, `sweep_table` as those of many trials; `labels` says how each
is called, written and defined.

Conventions, everywhere: fractions, not percent; money in whole units of the cash asset; NaN means undefined, never zero
and never infinite; a NaN observation is a missing one; annualised on 365 days.
"""

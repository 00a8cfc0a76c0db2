"""Benchmarks: figures that the project promises, measured beside its peers in the same run. `python -m bench [SECTION …]`.

* `rows`: what one figure is, its goal, the table and `bench/latest.json`.
* `timing`: side by side, in interleaved rounds, in processor time.
* `plots`: bars as plain SVG.
* `peers`: the implementations that are measured beside ours.
* one module for each section: `core`, `trust`, `qr`.
"""

"""The composition root: settings, wiring, commands, clock, key stores, the demonstration, migrations.

Only this package reads the environment and the clock, and only it knows all services. `comity init` creates what a
deployment keeps; `comity serve` never creates, and refuses an unknown schema version or an unsafe setting.
"""

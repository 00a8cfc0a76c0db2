"""What independent suites and vectors ask of Comity: `jose_cose` is a suite's command-line form, `vectors` runs every family."""

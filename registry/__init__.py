"""The states' house: parties, accreditations, rules, and the signed lists that carry them to every verifier."""

"""The employer's house: check a certificate, give one clear answer and what to do next. Nothing of a check is kept."""

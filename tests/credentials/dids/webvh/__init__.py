"""Logs of did:webvh, right and wrong, and what comes of each."""

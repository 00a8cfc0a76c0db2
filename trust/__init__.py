"""Who is accredited for what, and what each state recognises: pure functions over the signed lists.

`bundle.open_bundle` reads the partnership's lists (TUF metadata and targets) from bytes; `recognition.recognize` computes what a
dossier is worth in a state on a day, with its reasons. Nothing here reads a clock, a file or the network.
"""

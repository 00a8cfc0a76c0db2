"""What holds whatever the record, the format and the algorithm are."""

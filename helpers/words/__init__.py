"""Languages, numbers as people write them, and sentences that several notebooks share."""

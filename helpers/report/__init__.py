"""What a notebook shows and keeps, and the documents made of it."""

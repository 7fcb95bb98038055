"""The catalogue of publications: records, their files, and how machines read them."""

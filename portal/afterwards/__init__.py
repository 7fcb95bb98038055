"""The second form: who has a place is asked, and reminded until they have answered."""

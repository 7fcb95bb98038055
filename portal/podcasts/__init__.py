"""Podcasts: shows and episodes, what is said in them, and the feeds that programs listen to."""

"""A portal for events and peer-learning activities. A file is a tool, a folder is a part."""

"""The pages of the library's editors about topics, projects and ties."""

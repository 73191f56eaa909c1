"""Applications that load tables: each runs as a module, each is built on public names."""

"""Applications that load tables: each runs as a module, on public names only."""

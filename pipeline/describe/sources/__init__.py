"""Where candidates for fields come from: one module a source, none of which chooses."""

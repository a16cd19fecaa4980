"""The rules for texts: TOML files by kind, the rule book that loads and checks them, and the miner that proposes new ones."""

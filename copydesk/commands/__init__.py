"""One module a command of `copydesk`; `copydesk.cli` parses its options and calls it."""

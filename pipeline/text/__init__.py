"""Characters: their classes, their scripts, and the foldings under which words are compared."""

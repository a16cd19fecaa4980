"""Records as people read them: Markdown and HTML, made from blocks and spans. The text itself stays what it is."""

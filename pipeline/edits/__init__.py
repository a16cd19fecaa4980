"""The algebra of edits: composing them, laying out what they keep, and the state of a document between passes."""

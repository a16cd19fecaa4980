"""Which records of a build tell the same story: exact copies, near copies, rewritten agency stories. Records in, sidecar rows out."""

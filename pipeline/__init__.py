"""copydesk's cleaning pipeline: bytes in, canonical article records out."""

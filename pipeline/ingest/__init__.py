"""What comes in: raw documents, the containers they lie in, and what is known about them from outside."""

from pipeline.ingest.document import Meta, RawDocument, read_meta

__all__ = ["Meta", "RawDocument", "read_meta"]

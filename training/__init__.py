"""Rebuilds the model files from the annotated corpora and scores them out of fold."""

"""Training that was recorded elsewhere, as files of the importer."""

from .records import TrainingRecords

__all__ = ["TrainingRecords"]

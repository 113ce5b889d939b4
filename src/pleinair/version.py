"""The version, in code, so that a plain checkout without installed metadata knows it too."""

__version__ = "0.1.0"

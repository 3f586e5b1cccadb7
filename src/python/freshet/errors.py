"""What can go wrong. Each message says where, what is there, and what is expected."""

from __future__ import annotations


class FreshetError(Exception):
    """Any error of this package."""


class SnapshotError(FreshetError):
    """A root that cannot be read: missing, damaged, or of a format or model unknown here."""


class FeatureError(FreshetError, ValueError):
    """Features that the model's schema cannot hold; names the instance and the feature."""


class ServerError(FreshetError):
    """A server's refusal, or that there is no server.

    status is HTTP's, None where there was no response; the text is the server's own message.
    """

    def __init__(self, status: int | None, message: str) -> None:
        super().__init__(message if status is None else f"{status}: {message}")
        self.status = status
        self.message = message

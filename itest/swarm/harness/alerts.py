"""What libtorrent says while a session runs, kept as text."""

import libtorrent as lt

from .waiting import wait_until

ASKED_FOR = lt.alert.category_t.all_categories & ~(
    lt.alert.category_t.session_log_notification | lt.alert.category_t.torrent_log_notification
    | lt.alert.category_t.peer_log_notification | lt.alert.category_t.picker_log_notification
    | lt.alert.category_t.stats_notification | lt.alert.category_t.block_progress_notification)
NEVER = ("hash_failed_alert", "file_error_alert", "torrent_error_alert", "storage_moved_failed_alert")
DISCONNECTS = ("peer_error_alert", "peer_disconnected_alert")
BROKEN = ("invalid", "protocol", "too large", "sent_with", "unexpected", "corrupt", "malformed")


class Alerts:
    """The alerts of one session, as pairs of name and text, in their order."""

    def __init__(self, session):
        self._session = session
        self._heard = []

    def take(self):
        """New alerts themselves, which live until the next call; all else goes by what is kept of them."""
        new = self._session.pop_alerts() if self._session else []
        self._heard += [(type(a).__name__, a.message()) for a in new]
        return new

    def all(self):
        self.take()
        return self._heard

    def seen(self, name):
        return [text for kind, text in self.all() if kind == name]

    def wait(self, name, seconds=20):
        return wait_until(lambda: self.seen(name), seconds, f"alert {name}")

    def protocol_errors(self):
        """Disconnects that name a broken protocol, and whatever must never happen."""
        return [f"{kind}: {text}" for kind, text in self.all()
                if kind in NEVER or kind in DISCONNECTS and any(word in text.lower() for word in BROKEN)]

    def close(self):
        """The session is about to end; what was heard stays."""
        self.take()
        self._session = None

"""libtorrent sessions on loopback, with everything off that a test does not ask for."""

import libtorrent as lt

from . import evidence
from .alerts import ASKED_FOR, Alerts
from .waiting import wait_until

VERSION = "2.0.8.0"
assert lt.__version__ == VERSION, f"the suite is made for libtorrent {VERSION}, found {lt.__version__}"

ENCRYPTION_DISABLED = {"out_enc_policy": 2, "in_enc_policy": 2}
RC4_FORCED = {"out_enc_policy": 0, "in_enc_policy": 0, "allowed_enc_level": 2, "prefer_rc4": True}


class Session:
    """A libtorrent session that remembers its alerts."""

    def __init__(self, port, host="127.0.0.1", upload_rate_limit=0, **overrides):
        settings = {
            "listen_interfaces": f"{host}:{port}",
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "enable_outgoing_utp": False,
            "enable_incoming_utp": False,
            "allow_multiple_connections_per_ip": True,
            "alert_mask": ASKED_FOR,
            "alert_queue_size": 100_000,
            "min_reconnect_time": 1,
            "unchoke_slots_limit": -1,
            "unchoke_interval": 1,  # a session that has just begun unchokes nobody before its first round
            "optimistic_unchoke_interval": 2,
            "close_redundant_connections": False,
            "stop_tracker_timeout": 1,
        }
        settings.update(ENCRYPTION_DISABLED)
        settings.update(overrides)
        self.host = host
        self.port = port
        # Per torrent: libtorrent exempts local addresses from the limits of the session.
        self.upload_rate_limit = upload_rate_limit
        self.session = lt.session(settings)
        self.alerts = Alerts(self.session)
        self.handles = []
        # Both begin in a thread of the session; an engine that comes before is turned away, and comes again 15 s later.
        wait_until(self.session.is_listening, 20, "libtorrent listens", poll=0.01)
        evidence.remember(self)

    def add(self, torrent_file, directory, seed=False, peers=(), flags=0, info=None, magnet=None, lsd=False):
        if magnet:
            params = lt.parse_magnet_uri(magnet)
        else:
            params = lt.add_torrent_params()
            params.ti = info or lt.torrent_info(str(torrent_file))
        params.save_path = str(directory)
        params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        params.flags |= lt.torrent_flags.disable_pex | lt.torrent_flags.disable_dht | flags
        if not lsd:
            params.flags |= lt.torrent_flags.disable_lsd
        if seed:
            params.flags |= lt.torrent_flags.seed_mode
        handle = self.session.add_torrent(params)
        handle.set_upload_limit(self.upload_rate_limit)
        self.handles.append(handle)
        if seed:
            wait_until(lambda: handle.status().is_seeding, 20, "libtorrent seeds")
        for host, port in peers:
            handle.connect_peer((host, port))
        return handle

    def lift_limits(self):
        for handle in self.handles:
            handle.set_upload_limit(0)

    def seen(self, name):
        return self.alerts.seen(name)

    def wait_alert(self, name, seconds=20):
        return self.alerts.wait(name, seconds)

    def wait_complete(self, handle, seconds=60):
        wait_until(lambda: handle.status().is_seeding, seconds, f"libtorrent complete, is at {handle.status().progress}")

    def protocol_errors(self):
        return self.alerts.protocol_errors()

    @property
    def alive(self):
        return self.session is not None

    def speak(self):
        self.alerts.take()

    def testify(self, directory):
        (directory / f"alerts-{self.port}.txt").write_text("".join(f"{name}: {text}\n" for name, text in self.alerts.all()))

    def close(self):
        self.alerts.close()
        for handle in self.handles:
            if handle.is_valid():
                self.session.remove_torrent(handle)
        self.session.pause()
        self.session = None

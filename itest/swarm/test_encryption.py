"""What becomes of a link over TCP for each of our settings of encryption and each of libtorrent's, whoever dials (MSE/PE)."""

import libtorrent as lt
import pytest

from harness import payloads
from harness.libtorrent_utils import ENCRYPTION_DISABLED, RC4_FORCED
from harness.payloads import KIB, MIB
from harness.waiting import wait_until

SLOW = 10 * KIB  # so that the link can be looked at
EITHER = {"out_enc_policy": 1, "in_enc_policy": 1, "allowed_enc_level": 3, "prefer_rc4": True}
HIDDEN_FORCED = {"out_enc_policy": 0, "in_enc_policy": 0, "allowed_enc_level": 1, "prefer_rc4": False}
ANY_FORCED = HIDDEN_FORCED | {"allowed_enc_level": 3}
PLAIN, RC4, HIDDEN, NONE = "plain", "rc4", "plain after an encrypted handshake", "none"
# The link with a libtorrent that has no encryption, with one that has RC4 and nothing else, with one that takes what it is dialled with, with
# one that encrypts the handshake and nothing else, and with one that always encrypts that and then prefers plaintext.
OUTCOMES = {
    "disabled": (PLAIN, NONE, PLAIN, NONE, NONE),
    "enabled": (PLAIN, RC4, PLAIN, HIDDEN, HIDDEN),
    "preferred": (PLAIN, RC4, RC4, HIDDEN, HIDDEN),
    "required": (NONE, RC4, RC4, NONE, RC4),
}


class Dialled:
    """A seed that we dial."""

    tried = "incoming_connection_alert"

    def __init__(self, engine, session, payload, work):
        self.engine, self.session, self.payload = engine, session, payload
        self.handle = session.add(payload.torrent_file, payload.root, seed=True)
        self.handle.set_upload_limit(SLOW)
        self.torrent = engine.add(payload.torrent_file)
        engine.add_peer(self.torrent, session.port)

    def completes(self):
        self.handle.set_upload_limit(0)
        self.engine.wait_complete(self.torrent)
        assert self.payload.digests().items() <= self.payload.digests(self.engine.downloads).items()


class Dialling:
    """A leecher that dials us, to whom we are the seed."""

    tried = "peer_disconnected_alert"

    def __init__(self, engine, session, payload, work):
        self.engine, self.session, self.payload, self.target = engine, session, payload, work / f"{payload.name}.leech"
        self.torrent = engine.seed(payload.torrent_file, payload.root)
        engine.wait_state(self.torrent, "seeding")
        self.handle = session.add(payload.torrent_file, self.target)
        self.handle.set_download_limit(SLOW)
        self.handle.connect_peer(("127.0.0.1", engine.port))

    def completes(self):
        self.handle.set_download_limit(0)
        self.session.wait_complete(self.handle)
        self.payload.wait_equal(self.target)


def ours(link):
    """How we see it."""
    return {RC4 if peer["encrypted"] else PLAIN for peer in link.engine.status(link.torrent)["peers"]}


def theirs(link):
    """How libtorrent sees it, which tells apart how a link in plaintext began."""
    unfinished = lt.peer_info.connecting | lt.peer_info.handshake
    return {_form(peer.flags) for peer in link.handle.get_peer_info() if not peer.flags & unfinished}


def _form(flags):
    if flags & lt.peer_info.rc4_encrypted:
        return RC4
    return HIDDEN if flags & lt.peer_info.plaintext_encrypted else PLAIN


@pytest.mark.parametrize("policy", OUTCOMES)
def test_links_are_encrypted_as_both_sides_want(make_engine, make_session, work, seed, policy):
    engine = make_engine(encryption="enabled" if policy == "preferred" else policy)
    if policy == "preferred":
        engine.settings(encryption=policy)
    plain, rc4, either, hidden, chosen = OUTCOMES[policy]
    links = []
    for kind, settings, outcome in ((Dialled, ENCRYPTION_DISABLED, plain), (Dialled, RC4_FORCED, rc4), (Dialled, EITHER, either),
                                    (Dialled, HIDDEN_FORCED, hidden), (Dialled, ANY_FORCED, chosen),
                                    (Dialling, ENCRYPTION_DISABLED, plain), (Dialling, RC4_FORCED, rc4),
                                    (Dialling, HIDDEN_FORCED, hidden), (Dialling, ANY_FORCED, chosen)):
        payload = payloads.single(work / "seed", seed + len(links), MIB, name=f"{len(links)}.bin")
        session = make_session(errors_expected=outcome == NONE, **settings)
        links.append((kind(engine, session, payload, work), outcome))
    for link, outcome in links:
        if outcome == NONE:
            link.session.wait_alert(link.tried)
        else:
            what = f"{type(link).__name__} of {link.payload.name} has a link, {outcome}"
            wait_until(lambda: ours(link) == {RC4 if outcome == RC4 else PLAIN} and theirs(link) == {outcome}, 20, what)
    for link, outcome in links:
        if outcome != NONE:
            link.completes()
    for link, outcome in links:
        if outcome == NONE:
            assert ours(link) == theirs(link) == set(), "the others have had their time, this one is refused for good"
            status = engine.status(link.torrent)
            assert link.handle.status().total_payload_download == status["downloaded"] == status["uploaded"] == 0

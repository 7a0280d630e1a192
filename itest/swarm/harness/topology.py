"""Swarms of engines and libtorrent sessions around one torrent: who has it, who knows whom, how fast each may send."""

from .waiting import wait_until


class EngineNode:
    def __init__(self, engine, payload, seed, rate):
        self.engine = engine
        self.port = engine.port
        self.root = payload.root if seed else engine.downloads
        self.torrent = engine.seed(payload.torrent_file, payload.root) if seed else engine.add(payload.torrent_file)
        self.limit(rate)
        # Before that it lets no peer in.
        engine.wait_for(self.torrent, lambda s: s["state"] in ("downloading", "seeding"), "the engine has opened its files")

    def limit(self, rate):
        self.engine.options(self.torrent, upload_limit=rate)

    def dial(self, other):
        self.engine.add_peer(self.torrent, other.port)

    @property
    def progress(self):
        return self.engine.status(self.torrent)["progress"]

    @property
    def uploaded(self):
        return self.engine.status(self.torrent)["uploaded"]


class SessionNode:
    def __init__(self, session, payload, directory, seed, rate):
        self.session = session
        self.port = session.port
        self.root = payload.root if seed else directory
        self.handle = session.add(payload.torrent_file, self.root, seed=seed)
        self.limit(rate)

    def limit(self, rate):
        self.handle.set_upload_limit(rate)

    def dial(self, other):
        self.handle.connect_peer(("127.0.0.1", other.port))

    @property
    def progress(self):
        return self.handle.status().progress

    @property
    def uploaded(self):
        return self.handle.status().total_payload_upload


class Topology:
    """rate: bytes per second that a node sends at most, to all others together; 0 is no limit."""

    def __init__(self, payload, make_engine, make_session, work):
        self.payload = payload
        self.nodes = []
        self._make_engine = make_engine
        self._make_session = make_session
        self._work = work

    def engines(self, count, seed=False, rate=0, **options):
        return self._grow(EngineNode(self._make_engine(**options), self.payload, seed, rate) for _ in range(count))

    def sessions(self, count, seed=False, rate=0, **options):
        return self._grow(SessionNode(self._make_session(**options), self.payload, self._work / f"node{len(self.nodes)}", seed, rate)
                          for _ in range(count))

    def _grow(self, made):
        begin = len(self.nodes)
        for node in made:
            self.nodes.append(node)
        return self.nodes[begin:]

    @staticmethod
    def chain(*nodes):
        """Each knows the next one and nobody else."""
        for node, following in zip(nodes, nodes[1:]):
            node.dial(following)

    def lift_limits(self):
        for node in self.nodes:
            node.limit(0)

    def wait_complete(self, seconds=60):
        """Until every node has all of it, byte for byte."""
        wait_until(lambda: all(node.progress == 1 for node in self.nodes), seconds, f"all {len(self.nodes)} nodes are complete")
        for node in self.nodes:
            self.payload.wait_equal(node.root)

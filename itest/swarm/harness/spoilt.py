"""A libtorrent seed whose file has gone bad meanwhile."""

import pathlib


def seed(make_session, payload, directory, places):
    """The session; bytes at these places are wrong. It hashes a piece once, when it is first read: the damage comes after that."""
    root = pathlib.Path(directory)
    root.mkdir()
    data = bytearray((payload.root / payload.name).read_bytes())
    (root / payload.name).write_bytes(data)
    session = make_session(errors_expected=True)
    session.add(payload.torrent_file, root, seed=True)
    first = make_session()
    first.wait_complete(first.add(payload.torrent_file, root / "first", peers=[("127.0.0.1", session.port)]))
    for place in places:
        data[place] ^= 0xFF
    with open(root / payload.name, "r+b") as file:
        file.write(data)
    return session

"""What the tests stand on: engine clients, libtorrent sessions, payloads, trackers, hostile peers."""

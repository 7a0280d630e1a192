package org.bittern.foreign.internal;

import org.bittern.api.engine.AddTorrent;

/** A torrent as it was stored. */
public record Stored(AddTorrent request, long queuePosition) {}

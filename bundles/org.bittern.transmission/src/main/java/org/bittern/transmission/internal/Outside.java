package org.bittern.transmission.internal;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.UrlReader;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.paths.PathDesk;

/**
 * What the methods stand on.
 *
 * @param providers other bundles, as they come and go
 * @param protocol what is advertised at the moment
 * @param data where the session is kept; empty when it is not kept
 * @param blocklist the service, while it is there
 * @param urls the service, while it is there
 * @param paths looks at files that callers name
 * @param exit ends the process in good order
 */
record Outside(
        Engines engines,
        List<FieldProvider> providers,
        Supplier<Protocol> protocol,
        Optional<Path> data,
        Supplier<Optional<Blocklist>> blocklist,
        Supplier<Optional<UrlReader>> urls,
        PathDesk paths,
        InstantSource clock,
        Runnable exit) {}

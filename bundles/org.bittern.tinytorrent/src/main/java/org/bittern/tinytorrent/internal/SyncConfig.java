package org.bittern.tinytorrent.internal;

import java.time.Duration;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the WebSocket, PID {@value #PID}. */
@ObjectClassDefinition(name = "TinyTorrent's WebSocket")
@interface SyncConfig {
    /** Of ConfigAdmin. */
    String PID = "org.bittern.tinytorrent";

    @AttributeDefinition(
            description = "Milliseconds between two patches for a client at least (50-60000).")
    int patch_interval_millis() default 500;

    @AttributeDefinition(
            description =
                    "Seconds that a client may take for 32 KiB before it is told to come again"
                            + " later (1-3600).")
    int slow_client_seconds() default 30;

    @AttributeDefinition(description = "Clients at a time (1-10000); more are sent away.")
    int most_clients() default 250;

    /**
     * The same as values.
     *
     * @param interval between two patches for a client at least
     * @param patience how long a client may take for one part of a message
     * @param clients at a time
     */
    record Limits(Duration interval, Duration patience, int clients) {
        static Limits of(SyncConfig config) {
            return new Limits(
                    Duration.ofMillis(Math.clamp(config.patch_interval_millis(), 50, 60_000)),
                    Duration.ofSeconds(Math.clamp(config.slow_client_seconds(), 1, 3600)),
                    Math.clamp(config.most_clients(), 1, 10_000));
        }
    }
}

package org.bittern.tracker.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the trackers. */
@ObjectClassDefinition(name = "Bittern trackers", description = "Announces over HTTP and UDP.")
public @interface TrackerConfig {
    /** Where the configuration is kept. */
    String PID = "org.bittern.tracker";

    @AttributeDefinition(description = "What HTTP trackers are told that we are.")
    String user_agent() default "Bittern/0.1.0";

    @AttributeDefinition(description = "Seconds until a connection must stand (1-60).")
    int http_connect_seconds() default 10;

    @AttributeDefinition(
            description = "Seconds that an announce over HTTP may take with its redirects (1-300).")
    int http_exchange_seconds() default 30;

    @AttributeDefinition(
            description =
                    "Seconds to wait for a UDP reply before the first retry (1-60); doubled for"
                            + " each further one. BEP 15.")
    int udp_timeout_seconds() default 15;

    @AttributeDefinition(
            description = "Retries of a UDP announce before it counts as failed (0-8). BEP 15.")
    int udp_retries() default 2;
}

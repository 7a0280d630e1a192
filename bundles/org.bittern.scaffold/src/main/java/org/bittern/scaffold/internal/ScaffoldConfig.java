package org.bittern.scaffold.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What a client may take of the process. */
@ObjectClassDefinition(name = "Bittern scaffold", description = "Limits of the test plane.")
@interface ScaffoldConfig {
    /** Where the configuration is kept. */
    String PID = "org.bittern.scaffold";

    @AttributeDefinition(
            description =
                    "MiB that a body may have (1-64); what is larger is refused while it comes.")
    int body_limit_mebibytes() default 16;

    @AttributeDefinition(
            description = "Seconds that a body may take, however steadily it trickles (1-600).")
    int body_timeout_seconds() default 20;

    @AttributeDefinition(
            description = "Seconds of silence after which a connection is closed (1-600).")
    int idle_timeout_seconds() default 30;
}

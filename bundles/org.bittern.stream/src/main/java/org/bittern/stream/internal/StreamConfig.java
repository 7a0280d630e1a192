package org.bittern.stream.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the endpoint, PID {@code org.bittern.stream}. Changes act on new requests. */
@ObjectClassDefinition(name = "Bittern streaming endpoint")
@interface StreamConfig {
    @AttributeDefinition(
            description =
                    "Bytes that are asked for first (16384 to 67108864); the first byte goes out"
                            + " when they are there.")
    int window_first_bytes() default 65_536;

    @AttributeDefinition(
            description =
                    "Bytes that are asked for at a time once a client reads on (16384 to 67108864).")
    int window_bytes() default 1_048_576;

    @AttributeDefinition(
            description =
                    "Seconds after which headers are sent although the data is still missing (0 to"
                            + " 55): players give up after 60.")
    int commit_after_seconds() default 20;

    @AttributeDefinition(
            description = "Seconds without any progress after which a request fails (1 to 86400).")
    int max_wait_seconds() default 120;

    @AttributeDefinition(description = "Hours that a ticket is valid (1 to 168).")
    int ticket_hours() default 24;
}

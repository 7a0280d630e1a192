package org.bittern.net.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the loops. */
@ObjectClassDefinition(name = "Bittern network", description = "Event loops and buffers.")
public @interface NetConfig {
    /** Where the configuration is kept. */
    String PID = "org.bittern.net";

    @AttributeDefinition(
            description = "Event loops, one thread each (0-64). 0 = one per processor core.")
    int loops() default 0;

    @AttributeDefinition(
            description =
                    "MiB of direct memory for buffers at most (1-2047); never more than 3/4 of the"
                            + " heap's limit. What exceeds it closes the connection that asked.")
    int buffer_mebibytes() default 192;
}

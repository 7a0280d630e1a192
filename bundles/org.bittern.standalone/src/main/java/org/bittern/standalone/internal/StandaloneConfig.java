package org.bittern.standalone.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What the runtime consists of, PID {@code org.bittern.standalone}; its runtime.json says it. */
@ObjectClassDefinition(name = "Bittern standalone runtime")
@interface StandaloneConfig {
    @AttributeDefinition(description = "Start an engine; off: the runtime has none.")
    boolean engine() default false;

    @AttributeDefinition(description = "HTTP port unless one is typed, 0 for any free one.")
    int port() default 9091;

    @AttributeDefinition(
            description =
                    "A token that is typed is needed for everything, unless a password is typed"
                            + " too; off: the token opens everything, but is not needed for all.")
    boolean token_needed() default false;

    @AttributeDefinition(
            description = "Stream one torrent and print where; off: print RPC_PORT=<port>.")
    boolean stream() default false;
}

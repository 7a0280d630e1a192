package org.bittern.transmission.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the RPC, PID {@value #PID}. */
@ObjectClassDefinition(name = "Bittern as a Transmission daemon")
@interface TransmissionConfig {
    /** Of ConfigAdmin. */
    String PID = "org.bittern.transmission";

    @AttributeDefinition(
            description =
                    "Revision of the protocol that is advertised: 17 (Transmission 4.0) or 19"
                            + " (4.1.1). Both dialects are answered either way.")
    int rpc_version() default 17;
}

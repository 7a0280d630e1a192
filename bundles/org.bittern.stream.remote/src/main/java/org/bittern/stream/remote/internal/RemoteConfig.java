package org.bittern.stream.remote.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the control WebSocket, PID {@code org.bittern.stream.remote}. */
@ObjectClassDefinition(name = "Bittern streaming with a brain elsewhere")
@interface RemoteConfig {
    @AttributeDefinition(
            description =
                    "Absolute directories; files that a brain registers must lie below one. Empty:"
                            + " anywhere. The brain has the token.")
    String[] roots() default {};
}

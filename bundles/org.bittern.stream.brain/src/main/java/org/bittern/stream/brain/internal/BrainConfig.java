package org.bittern.stream.brain.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the brain, PID {@code org.bittern.stream.brain}. */
@ObjectClassDefinition(name = "Bittern streaming as the brain of an I/O side elsewhere")
@interface BrainConfig {
    @AttributeDefinition(
            description =
                    "Control WebSocket of the I/O side, such as ws://127.0.0.1:9092/control, or"
                            + " wss://. Empty: nothing is connected.")
    String url() default "";

    @AttributeDefinition(
            type = AttributeType.PASSWORD,
            description =
                    "Token of the I/O side. Empty: that of the environment variable"
                            + " BITTERN_STREAMER_TOKEN.")
    String token() default "";
}

package org.bittern.transmission.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the pages, PID {@value #PID}. */
@ObjectClassDefinition(name = "Web interface for Transmission")
@interface WebHomeConfig {
    /** Of ConfigAdmin. */
    String PID = "org.bittern.transmission.web";

    @AttributeDefinition(
            description =
                    "Folder with an index.html, served below /transmission/web/; empty: what the"
                            + " environment variable TRANSMISSION_WEB_HOME names, if anything.")
    String home() default "";
}

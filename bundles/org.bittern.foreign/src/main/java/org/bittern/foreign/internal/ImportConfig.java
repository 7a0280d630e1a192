package org.bittern.foreign.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of {@link ImportAtStart}. */
@ObjectClassDefinition(name = "Bittern import of another program's torrents")
public @interface ImportConfig {
    /** Key: {@code dir}. */
    @AttributeDefinition(
            description =
                    "Directory of Transmission's configuration or of *.fastresume; its torrents are"
                            + " added when an engine starts, those that are there already stay as"
                            + " they are. Empty: nothing is imported.")
    String dir() default "";
}

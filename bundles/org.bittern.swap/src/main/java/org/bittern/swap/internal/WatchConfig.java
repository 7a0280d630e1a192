package org.bittern.swap.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of {@link RebuiltJars}. */
@ObjectClassDefinition(name = "Bittern watch of rebuilt bundles")
public @interface WatchConfig {
    /** Key: {@code dir}. */
    @AttributeDefinition(
            description =
                    "Folder with a folder for each bundle, in whose target Maven puts the jar.")
    String dir();
}

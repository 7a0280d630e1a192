package org.bittern.swap.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of {@link SwapCommand}. */
@ObjectClassDefinition(name = "Bittern replacement of bundles")
public @interface SwapConfig {
    /** Key: {@code patience.seconds}. */
    @AttributeDefinition(
            description =
                    "Seconds that components may take to be satisfied after a swap, before it is"
                            + " taken back (1-600).")
    int patience_seconds() default 10;
}

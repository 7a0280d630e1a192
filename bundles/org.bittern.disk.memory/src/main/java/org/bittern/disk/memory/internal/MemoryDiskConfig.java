package org.bittern.disk.memory.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of {@link MemoryDiskStore}. */
@ObjectClassDefinition(name = "Bittern disk store in memory")
public @interface MemoryDiskConfig {
    /** Key: {@code limit.mib}. */
    @AttributeDefinition(
            description =
                    "MiB of heap for the pieces of all torrents (1-1048576). When they are used up,"
                            + " writes fail as on a full disk.")
    int limit_mib() default 128;
}

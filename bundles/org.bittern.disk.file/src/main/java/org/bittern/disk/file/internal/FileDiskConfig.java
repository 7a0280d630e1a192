package org.bittern.disk.file.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of {@link FileDiskStore}. */
@ObjectClassDefinition(name = "Bittern disk store in files")
public @interface FileDiskConfig {
    /** Key: {@code threads.per.device}. */
    @AttributeDefinition(
            description =
                    "Threads per device that read, write and hash (1-64). More help solid state"
                            + " disks and checks, not platters.")
    int threads_per_device() default 2;

    /** Key: {@code open.files}. */
    @AttributeDefinition(
            description =
                    "Files that are kept open (1-65536); stay below the process's limit of open"
                            + " files.")
    int open_files() default 256;
}

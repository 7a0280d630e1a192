package org.bittern.tinytorrent.fs.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the methods, PID {@value #PID}. Changes act on new calls. */
@ObjectClassDefinition(name = "Bittern fs-* methods")
@interface FsConfig {
    /** Of ConfigAdmin. */
    String PID = "org.bittern.tinytorrent.fs";

    @AttributeDefinition(
            description =
                    "Absolute paths of the directories that callers may see, with all below them;"
                            + " empty: all that the user of the process can read.")
    String[] roots() default {};

    @AttributeDefinition(
            description =
                    "Milliseconds that a call waits for a file system (100 to 60000); then it ends"
                            + " with \"path unreachable\".")
    int timeout_millis() default 5000;
}
